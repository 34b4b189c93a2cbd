/** AutoPublishAlias: a version whose logical id changes with the code, and an alias that points to it. */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { hashedId } from "./logical-id.ts";
import {
  derivedAttributes,
  getAtt,
  logicalIdIn,
  make,
  type Made,
  ref,
  resolveParameters,
  type Sam,
  type SamResource,
} from "./sam.ts";

/** Adds version and alias to `made`; answers the alias, when there is one. */
export function publish(sam: Sam, resource: SamResource, lambda: Made, made: Made[]): Made | undefined {
  const { id, raw, properties } = resource;
  if (properties["ProvisionedConcurrencyConfig"] && !properties["AutoPublishAlias"]) {
    throw new InvalidResource(
      id,
      "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function",
    );
  }
  if (!properties["AutoPublishAlias"]) return undefined;
  const name = resolveParameters(sam, properties["AutoPublishAlias"]);
  if (typeof name !== "string") {
    throw new InvalidResource(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
  }
  const body = lambda.resource["Properties"] as Dict;
  const hash = codeHash(sam, resource, body);
  const version = make(
    hash === undefined
      ? hashedId(`${id}Version`, versionData(sam, resource, body))
      : `${id}Version${hash.slice(0, 10)}`,
    "AWS::Lambda::Version",
    {
      FunctionName: ref(id),
      Description: properties["VersionDescription"],
      FunctionScalingConfig: properties["CapacityProviderConfig"]
        ? properties["FunctionScalingConfig"]
        : undefined,
    },
    {
      DeletionPolicy:
        properties["VersionDeletionPolicy"] ?? (properties["CapacityProviderConfig"] ? "Delete" : "Retain"),
      ...derivedAttributes(raw),
    },
  );
  checkAlias(id, name);
  const alias = make(
    `${id}Alias${name.replaceAll("-", "D").replaceAll("_", "U")}`,
    "AWS::Lambda::Alias",
    {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(version.id, "Version"),
      ProvisionedConcurrencyConfig: properties["ProvisionedConcurrencyConfig"],
    },
    derivedAttributes(raw),
  );
  made.push(version, alias);
  sam.references.set(`${id}.Version`, version.id);
  sam.references.set(`${id}.Alias`, alias.id);
  return alias;
}

function checkAlias(id: string, name: string): void {
  if (name === "") throw new InvalidResource(id, "Alias name is required to create an alias");
  if (!/^(?!^[0-9]+$)([a-zA-Z0-9\-_]+)$/.test(name)) {
    throw new InvalidResource(
      id,
      `AutoPublishAlias name ('${name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.`,
    );
  }
}

/** A hash the user gives; it is also written into the description, so that the function itself changes. */
function codeHash(sam: Sam, { id, properties }: SamResource, body: Dict): string | undefined {
  if (!properties["AutoPublishCodeSha256"]) return undefined;
  const hash = resolveParameters(sam, properties["AutoPublishCodeSha256"]);
  if (typeof hash !== "string") throw new InvalidResource(id, "AutoPublishCodeSha256 must be a string");
  const description = resolveParameters(sam, properties["Description"]);
  body["Description"] = !description
    ? hash
    : typeof description === "string"
      ? `${description} ${hash}`
      : { "Fn::Join": [" ", [description, hash]] };
  return hash;
}

function versionData(sam: Sam, { properties }: SamResource, body: Dict): Dict {
  if (properties["AutoPublishAliasAllProperties"] === true) return allProperties(sam, body);
  const data: Dict = { ...(resolveParameters(sam, body["Code"]) as Dict) };
  if (isDict(body["Environment"])) Object.assign(data, body["Environment"]);
  if (body["MemorySize"]) data["MemorySize"] = body["MemorySize"];
  const snapStart = body["SnapStart"];
  if (isDict(snapStart) && (snapStart["ApplyOn"] ?? "None") !== "None") data["SnapStart"] = snapStart;
  return data;
}

/** All of the function, and the layers that ask to be followed. */
function allProperties(sam: Sam, body: Dict): Dict {
  const data: Dict = { ...body };
  for (const layer of Array.isArray(body["Layers"]) ? body["Layers"] : []) {
    const layerId = logicalIdIn(layer);
    const properties = layerId === undefined ? undefined : sam.resources[layerId]?.["Properties"];
    if (layerId !== undefined && isDict(properties) && properties["PublishLambdaVersion"])
      data[layerId] = properties;
  }
  return data;
}
