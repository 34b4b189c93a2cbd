/** GetObject and HeadObject: a version's attributes and, for the first, its bytes without passing through memory. */
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { noSuchKey, s3Error } from "../errors.ts";
import { describe, isFrozen, targetOf } from "../object-answer.ts";
import { piecesOf } from "../read.ts";
import type { Input, Output } from "../types.ts";

export function getObject(call: Call, input: Input<"GetObject">): Answer<Output<"GetObject">> {
  const target = targetOf(call, input, { action: "s3:GetObject", permission: "READ", method: "GET" });
  const { bucket, row } = target;
  const { output, range } = describe(call, target, input);
  if (isFrozen(row)) {
    throw s3Error("InvalidObjectState", 403, "The operation is not valid for the object's storage class", {
      StorageClass: row.storageClass,
    });
  }
  const pieces = piecesOf(bucket, row.body, range);
  const [first] = pieces;
  if (first === undefined) return { ...output, Body: new Uint8Array() };
  if (pieces.length === 1) return { ...output, Body: first };
  return new Perform<Output<"GetObject">>("s3.open", { pieces }, (_call, body: never) => ({
    ...output,
    Body: body,
  }));
}

export function headObject(call: Call, input: Input<"HeadObject">): Output<"HeadObject"> {
  const target = targetOf(call, input, { action: "s3:GetObject", permission: "READ", method: "HEAD" });
  return describe(call, target, input).output;
}

/** S3 no longer offers torrents. */
export function getObjectTorrent(call: Call, input: Input<"GetObjectTorrent">): Output<"GetObjectTorrent"> {
  targetOf(call, input, { action: "s3:GetObjectTorrent", permission: "READ", method: "GET" });
  throw noSuchKey(input.Key);
}
