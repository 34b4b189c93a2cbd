/** Get, Put and DeleteObjectTagging. */
import type { Call } from "../../../host/call.ts";
import { announce } from "../notifications.ts";
import { type Target, targetOf } from "../object-answer.ts";
import { tagsOfDocument, toldTags } from "../tags.ts";
import type { Input, Output } from "../types.ts";
import { rewriteVersion } from "../versions.ts";

const versionOf = ({ bucket, row }: Target): { VersionId?: string } =>
  bucket.row.versioning === "Off" ? {} : { VersionId: row.versionId };

export function getObjectTagging(call: Call, input: Input<"GetObjectTagging">): Output<"GetObjectTagging"> {
  const target = targetOf(call, input, {
    action: "s3:GetObjectTagging",
    permission: undefined,
    method: "GET",
  });
  return { TagSet: toldTags(target.row.tags), ...versionOf(target) };
}

export function putObjectTagging(call: Call, input: Input<"PutObjectTagging">): Output<"PutObjectTagging"> {
  const tags = tagsOfDocument(input.Tagging.TagSet, "object");
  const context = Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value]));
  const target = targetOf(call, input, {
    action: "s3:PutObjectTagging",
    permission: undefined,
    method: "PUT",
    context,
  });
  const row = { ...target.row, tags };
  rewriteVersion(target.bucket, target.key, row);
  announce(call, target.bucket, { event: "s3:ObjectTagging:Put", key: target.key, row });
  return versionOf(target);
}

export function deleteObjectTagging(
  call: Call,
  input: Input<"DeleteObjectTagging">,
): Output<"DeleteObjectTagging"> {
  const target = targetOf(call, input, {
    action: "s3:DeleteObjectTagging",
    permission: undefined,
    method: "DELETE",
  });
  const row = { ...target.row, tags: [] };
  rewriteVersion(target.bucket, target.key, row);
  announce(call, target.bucket, { event: "s3:ObjectTagging:Delete", key: target.key, row });
  return versionOf(target);
}
