/** `AutoPublishAlias`: a version whose logical id changes with the code, and the alias that follows it. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { getAtt, logicalIdIn, ref } from "../intrinsics.ts";
import { hashedId } from "../logical-id.ts";
import { copyOf, update } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import { resolved, type Sam, type SamResource } from "../sam.ts";

/** The alias's name once parameters are resolved. */
export function aliasNameOf(sam: Sam, { id, properties }: SamResource): string {
  const name = resolved(sam, properties["AutoPublishAlias"]);
  if (typeof name === "string") return name;
  throw new InvalidResource(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
}

/** The hash the author gives of the code; it is added to the function's description, so that a version is published. */
export function codeHashOf(sam: Sam, { id, properties }: SamResource, made: Dict): string | undefined {
  if (!given(properties["AutoPublishCodeSha256"])) return undefined;
  const hash = resolved(sam, properties["AutoPublishCodeSha256"]);
  if (typeof hash !== "string") throw new InvalidResource(id, "AutoPublishCodeSha256 must be a string");
  const description = resolved(sam, properties["Description"]);
  if (!given(description)) made["Description"] = hash;
  else if (typeof description === "string") made["Description"] = `${description} ${hash}`;
  else made["Description"] = { "Fn::Join": [" ", [description, hash]] };
  return hash;
}

export function versionOf(
  sam: Sam,
  owner: SamResource,
  { made, hash }: { made: Resource; hash: string | undefined },
): Resource {
  const { id, properties, shared } = owner;
  const prefix = `${id}Version`;
  const code = resolved(sam, made.properties["Code"]) as Dict;
  const content = given(properties["AutoPublishAliasAllProperties"])
    ? allProperties(sam, made)
    : codeAndSettings(code, made.properties);
  const byKind = isDict(properties["CapacityProviderConfig"]) ? "Delete" : "Retain";
  const scaling = properties["FunctionScalingConfig"] ?? undefined;
  return new Resource(
    hash === undefined || hash === "" ? hashedId(prefix, content) : prefix + hash.slice(0, 10),
    "AWS::Lambda::Version",
    {
      attributes: { DeletionPolicy: properties["VersionDeletionPolicy"] ?? byKind, ...shared },
      properties: {
        FunctionName: ref(id),
        Description: properties["VersionDescription"],
        ...(byKind === "Delete" && scaling !== undefined ? { FunctionScalingConfig: scaling } : {}),
      },
    },
  );
}

function codeAndSettings(code: Dict, made: Dict): Dict {
  const content = copyOf(code);
  if (given(made["Environment"])) update(content, made["Environment"] as Dict);
  if (given(made["MemorySize"])) content["MemorySize"] = made["MemorySize"];
  const snapStart = made["SnapStart"];
  if (
    isDict(snapStart) &&
    given(snapStart) &&
    ("ApplyOn" in snapStart ? snapStart["ApplyOn"] : "None") !== "None"
  ) {
    content["SnapStart"] = snapStart;
  }
  return content;
}

/** Every property, and those of layers in the template that publish a version when they change. */
function allProperties(sam: Sam, made: Resource): Dict {
  const content = made.toDict()["Properties"] as Dict;
  const layers = content["Layers"];
  for (const layer of Array.isArray(layers) ? (layers as unknown[]) : []) {
    const layerId = logicalIdIn(layer);
    const resource = layerId === undefined ? undefined : sam.made[layerId];
    const properties = isDict(resource?.["Properties"]) ? resource["Properties"] : {};
    if (layerId !== undefined && given(properties["PublishLambdaVersion"])) content[layerId] = properties;
  }
  return content;
}

export function aliasOf({ id, properties, shared }: SamResource, name: string, version: Resource): Resource {
  if (name === "") throw new InvalidResource(id, "Alias name is required to create an alias");
  if (!/^(?!^[0-9]+$)([a-zA-Z0-9\-_]+)$/.test(name)) {
    throw new InvalidResource(
      id,
      `AutoPublishAlias name ('${name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.`,
    );
  }
  const part = name.replaceAll("-", "D").replaceAll("_", "U");
  return new Resource(`${id}Alias${part}`, "AWS::Lambda::Alias", {
    attributes: shared,
    properties: {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(version.id, "Version"),
      ...(given(properties["ProvisionedConcurrencyConfig"])
        ? { ProvisionedConcurrencyConfig: properties["ProvisionedConcurrencyConfig"] }
        : {}),
    },
  });
}
