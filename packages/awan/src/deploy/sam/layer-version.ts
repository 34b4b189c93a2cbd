/** AWS::Serverless::LayerVersion: a layer whose logical id changes with its content, so that old versions can be kept. */
import { isDict, textOf } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { hashedId } from "./logical-id.ts";
import { codeLocation } from "./s3-location.ts";
import { make, type Made, ownAttributes, resolveParameters, type Sam, type SamResource } from "./sam.ts";

export function transformLayerVersion(sam: Sam, { id, raw, properties }: SamResource): Made[] {
  const policy = resolveParameters(sam, properties["RetentionPolicy"]);
  const name = resolveParameters(sam, properties["LayerName"] || id);
  const source = properties["ContentUri"];
  if (source === undefined) throw new InvalidResource(id, "Missing required property 'ContentUri'.");
  const content = codeLocation(id, resolveParameters(sam, source), "ContentUri");
  const { ContentUri: _uri, RetentionPolicy: _policy, PublishLambdaVersion: _publish, ...rest } = properties;
  const { DeletionPolicy: _deletion, UpdateReplacePolicy: _replace, Metadata: _metadata, ...hashed } = raw;
  const layerId = hashedId(id, { [id]: hashed });
  if (layerId !== id) sam.references.set(id, layerId);
  const keep = policy === undefined ? (raw["DeletionPolicy"] ?? "Retain") : deletionPolicy(id, policy);
  return [
    make(
      layerId,
      "AWS::Lambda::LayerVersion",
      { ...rest, LayerName: name, Content: content },
      {
        ...ownAttributes(raw),
        ...(isDict(keep) || typeof keep === "string" ? { DeletionPolicy: keep } : {}),
      },
    ),
  ];
}

function deletionPolicy(id: string, policy: unknown): string {
  if (policy === undefined || policy === null) return "Retain";
  const text = textOf(policy).toLowerCase();
  if (text === "retain") return "Retain";
  if (text === "delete") return "Delete";
  throw new InvalidResource(
    id,
    "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].",
  );
}
