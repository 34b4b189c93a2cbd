/** The Globals section: properties every resource of a kind has unless it says otherwise. */
import { type Dict, isDict, soleKey } from "../template/value.ts";
import { InvalidDocument } from "./errors.ts";
import { globalProperties } from "./global-properties.ts";
import type { Sam } from "./sam.ts";

/** Merges globals into the resources. */
export function applyGlobals(sam: Sam): void {
  const section = sam.template["Globals"];
  if (section === undefined || section === null) return;
  if (!isDict(section)) throw invalid("It must be a non-empty dictionary");
  const globals: Record<string, Dict> = {};
  for (const [kind, properties] of Object.entries(section)) {
    const supported = globalProperties[kind];
    if (supported === undefined) {
      const kinds = Object.keys(globalProperties)
        .map((each) => `'${each}'`)
        .join(", ");
      throw invalid(`'${kind}' is not supported. Must be one of the following values - [${kinds}]`);
    }
    if (!isDict(properties)) throw invalid(`Value of ${kind} must be a dictionary`);
    for (const name of Object.keys(properties)) {
      if (supported.includes(name)) continue;
      const names = supported.map((each) => `'${each}'`).join(", ");
      throw invalid(
        `'${name}' is not a supported property of '${kind}'. Must be one of the following values - [${names}]`,
      );
    }
    globals[kind] = properties;
  }
  for (const resource of Object.values(sam.resources)) {
    if (!isDict(resource)) continue;
    const kind = /^AWS::Serverless::(\w+)$/.exec(String(resource["Type"]))?.[1];
    const own = kind === undefined ? undefined : unlessIgnored(resource, globals[kind]);
    if (own === undefined) continue;
    resource["Properties"] = merge(own, isDict(resource["Properties"]) ? resource["Properties"] : {});
  }
}

const invalid = (message: string): InvalidDocument =>
  new InvalidDocument(`'Globals' section is invalid. ${message}`);

type Kind = "map" | "list" | "value";

const kindOf = (value: unknown): Kind => {
  if (Array.isArray(value)) return "list";
  if (!isDict(value)) return "value";
  const key = soleKey(value);
  return key !== undefined && (key === "Ref" || key === "Condition" || key.startsWith("Fn::"))
    ? "value"
    : "map";
};

/** Maps merge, lists join with the global's items first, everything else is the resource's own. */
function merge(global: unknown, local: unknown): unknown {
  const kind = kindOf(global);
  if (kind !== kindOf(local)) return local;
  if (kind === "list") return [...structuredClone(global as unknown[]), ...(local as unknown[])];
  if (kind !== "map") return local;
  const result: Dict = structuredClone(global as Dict);
  for (const [key, value] of Object.entries(local as Dict)) {
    result[key] = key in result ? merge(result[key], value) : value;
  }
  return result;
}

/** `IgnoreGlobals` names properties a resource does not want from the globals, or all of them. */
function unlessIgnored(resource: Dict, global: Dict | undefined): Dict | undefined {
  const ignored = resource["IgnoreGlobals"];
  if (ignored === undefined) return global;
  delete resource["IgnoreGlobals"];
  if (ignored === "*" || global === undefined) return undefined;
  const names = Array.isArray(ignored) ? ignored : [];
  return Object.fromEntries(Object.entries(global).filter(([name]) => !names.includes(name)));
}
