/** AWS::Serverless::LayerVersion: a layer version whose logical id changes with its content, so that the old one can stay. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { isFunction } from "./intrinsics.ts";
import { hashedId } from "./logical-id.ts";
import { given } from "./python/text.ts";
import { Resource } from "./resource.ts";
import { codeLocation } from "./s3-location.ts";
import { resolved, type Sam, type SamResource } from "./sam.ts";

export function transformLayerVersion(sam: Sam, layer: SamResource): Resource[] {
  const { id, properties, attributes, shared, dependsOn } = layer;
  for (const name of ["LayerName", "LicenseInfo", "Description", "RetentionPolicy"]) {
    if (given(properties[name])) properties[name] = resolvedText(sam, layer, name);
  }
  const retention = retentionPolicy(id, properties["RetentionPolicy"]);
  const {
    DeletionPolicy: _deletion,
    UpdateReplacePolicy: _replace,
    Metadata: _metadata,
    ...hashed
  } = attributes;
  const content = new Resource(id, "AWS::Serverless::LayerVersion", {
    dependsOn,
    attributes: hashed,
    properties,
  });
  layer.id = hashedId(id, { [id]: content.toDict() });
  const made = new Resource(layer.id, "AWS::Lambda::LayerVersion", {
    dependsOn,
    attributes: {
      DeletionPolicy: "Retain",
      ...shared,
      ...(retention === undefined ? {} : { DeletionPolicy: retention }),
    },
    properties: {
      LayerName: given(properties["LayerName"]) ? properties["LayerName"] : id,
      Description: properties["Description"],
      Content: codeLocation(layer.id, "ContentUri", properties["ContentUri"]),
      CompatibleArchitectures: properties["CompatibleArchitectures"],
      CompatibleRuntimes: properties["CompatibleRuntimes"],
      LicenseInfo: properties["LicenseInfo"],
    },
  });
  checkArchitectures(made);
  return [made];
}

function resolvedText(sam: Sam, { id, properties }: SamResource, name: string): unknown {
  const value = resolved(sam, properties[name]);
  if (typeof value === "string" || isDict(value)) return value;
  throw new InvalidResource(id, `Could not resolve parameter for '${name}' or parameter is not a String.`);
}

const retentions = "['Retain', 'Delete']";

function retentionPolicy(id: string, value: unknown): string | undefined {
  if (isFunction(value)) {
    throw new InvalidResource(
      id,
      `'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: ${retentions}`,
    );
  }
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") {
    throw new InvalidResource(
      id,
      `Invalid 'RetentionPolicy' type, please use one of the following options: ${retentions}`,
    );
  }
  const option = ["Retain", "Delete"].find((each) => each.toLowerCase() === value.toLowerCase());
  if (option !== undefined) return option;
  throw new InvalidResource(id, `'RetentionPolicy' must be one of the following options: ${retentions}.`);
}

const isArchitecture = (each: unknown): boolean => isIntrinsic(each) || each === "arm64" || each === "x86_64";

function checkArchitectures({ id, properties }: { id: string; properties: Dict }): void {
  const architectures = properties["CompatibleArchitectures"];
  if (!given(architectures) || isIntrinsic(architectures)) return;
  if (!(architectures as unknown[]).every(isArchitecture)) {
    throw new InvalidResource(id, "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'");
  }
}
