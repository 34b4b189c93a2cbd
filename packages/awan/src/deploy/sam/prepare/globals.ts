/** `Globals`: properties that every resource of a type has unless it says otherwise. */
import { type Dict, isDict, isIntrinsic } from "../../template/value.ts";
import { InvalidDocument, InvalidGlobals, InvalidResource } from "../errors.ts";
import { isVersion3 } from "../api/document.ts";
import { byteString, byteStrings, isDecimal } from "../python/byte-string.ts";
import { at, copyOf, deepCopy, entriesOf, keysOf, put, remove } from "../python/dictionary.ts";
import { given, printed, shown } from "../python/text.ts";
import { globalProperties } from "./global-properties.ts";

const prefix = "AWS::Serverless::";

export function applyGlobals(template: Dict): void {
  const sections = "Globals" in template ? readGlobals(template["Globals"]) : new Map<string, Dict>();
  const resources = template["Resources"] as Record<string, Dict>;
  for (const [id, resource] of entriesOf(resources) as [string, Dict][]) {
    const type = resource["Type"];
    if (typeof type !== "string" || !Object.hasOwn(globalProperties, type.replace(prefix, ""))) continue;
    const section = type.startsWith(prefix) ? sections.get(type) : undefined;
    const properties = ("Properties" in resource ? resource["Properties"] : {}) as Dict;
    if (section === undefined) {
      resource["Properties"] = properties;
      continue;
    }
    resource["Properties"] = mergeMaps(withoutIgnored(id, section, resource["IgnoreGlobals"]), properties);
  }
  delete template["Globals"];
  for (const resource of Object.values(resources)) settleVersion(resource);
}

const refuse = (message: string): never => {
  throw new InvalidDocument([new InvalidGlobals(message)]);
};

const listed = (names: readonly string[]): string => printed(byteStrings(names));

function readGlobals(globals: unknown): Map<string, Dict> {
  if (!isDict(globals)) return refuse("It must be a non-empty dictionary");
  const sections = new Map<string, Dict>();
  for (const [name, properties] of entriesOf(globals)) {
    const supported = Object.hasOwn(globalProperties, name) ? globalProperties[name] : undefined;
    if (supported === undefined || supported.length === 0) {
      const names = Object.keys(globalProperties).filter((each) => globalProperties[each]?.length !== 0);
      return refuse(
        `'${name}' is not supported. Must be one of the following values - ${listed(names.toSorted())}`,
      );
    }
    if (!isDict(properties)) return refuse("Value of ${section} must be a dictionary");
    for (const key of keysOf(properties)) {
      if (!supported.includes(key)) {
        refuse(
          `'${key}' is not a supported property of '${name}'. Must be one of the following values - ${listed(supported)}`,
        );
      }
    }
    sections.set(prefix + name, properties);
  }
  return sections;
}

function withoutIgnored(id: string, section: Dict, ignored: unknown): Dict {
  if (!given(ignored)) return section;
  if (ignored === "*") return {};
  const attribute = `Resource ${id} has invalid resource attribute 'IgnoreGlobals'`;
  if (!Array.isArray(ignored)) throw new InvalidDocument([new InvalidResource(id, `${attribute}.`)]);
  const rest = deepCopy(section);
  for (const key of ignored as unknown[]) {
    if (typeof key !== "string" || !(key in rest)) {
      throw new InvalidDocument([new InvalidResource(id, `${attribute} on item '${shown(key)}'.`)]);
    }
    remove(rest, key);
  }
  return rest;
}

const kindOf = (value: unknown): "map" | "list" | "primitive" =>
  Array.isArray(value) ? "list" : isDict(value) && !isIntrinsic(value) ? "map" : "primitive";

/** Maps are merged, lists joined; of everything else the local one counts. */
function merge(global: unknown, local: unknown): unknown {
  const kind = kindOf(local);
  if (kind !== kindOf(global) || kind === "primitive") return local;
  return kind === "list"
    ? [...(global as unknown[]), ...(local as unknown[])]
    : mergeMaps(global as Dict, local as Dict);
}

function mergeMaps(global: Dict, local: Dict): Dict {
  const merged = copyOf(global);
  for (const key of keysOf(local))
    put(merged, key, key in merged ? merge(merged[key], local[key]) : local[key]);
  return merged;
}

/** The document SAM manages takes on the version the API asks for. */
function settleVersion(resource: Dict): void {
  if (resource["Type"] !== "AWS::Serverless::Api") return;
  const properties = resource["Properties"] as Dict;
  if (!("OpenApiVersion" in properties) || !("__MANAGE_SWAGGER" in properties)) return;
  if (!isVersion3(properties["OpenApiVersion"])) return;
  const version = properties["OpenApiVersion"];
  if (typeof version !== "string" || isDecimal(version))
    properties["OpenApiVersion"] = byteString(shown(version));
  const body = properties["DefinitionBody"];
  if (!isDict(body)) return;
  put(body, byteString("openapi"), properties["OpenApiVersion"]);
  if (given(at(body, "swagger"))) remove(body, "swagger");
}
