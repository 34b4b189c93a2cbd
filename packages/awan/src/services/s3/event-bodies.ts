/** The bodies of S3's events: records for queues, topics and functions ("Event message structure"), and EventBridge's form. */
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { sourceIpOf } from "./access/authorize.ts";
import type { Bucket } from "./bucket.ts";
import type { BucketEvent } from "./notifications.ts";

const hostIdOf = (requestId: string): string => Buffer.from(`${requestId}/${requestId}`).toString("base64");

/** Keys in records are percent-encoded as in forms. */
const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** Grows with every change of a key. */
const sequencerOf = (order: number): string => order.toString(16).toUpperCase().padStart(18, "0");

function versionOf(event: string): string {
  if (/^s3:(LifecycleExpiration|LifecycleTransition|IntelligentTiering|ObjectAcl|ObjectTagging)/.test(event))
    return "2.3";
  return event.startsWith("s3:Replication") ? "2.2" : "2.1";
}

const idOf = (prefix: string, text: string, length: number): string =>
  prefix + createHash("sha256").update(text).digest("hex").toUpperCase().slice(0, length);

const principalOf = (call: Call): string =>
  call.principal.kind === "anonymous" ? "Anonymous" : `AWS:${idOf("AIDA", call.principal.arn, 17)}`;

export function eventRecord(
  call: Call,
  bucket: Bucket,
  { event, key, row }: BucketEvent,
  configurationId: string,
) {
  const versioned = row.versionId === "null" ? {} : { versionId: row.versionId };
  const isRemoval =
    event.startsWith("s3:ObjectRemoved:Delete") || event.startsWith("s3:LifecycleExpiration:Delete");
  const content =
    isRemoval && !event.endsWith("MarkerCreated")
      ? {}
      : row.kind === "object"
        ? { size: row.sizeBytes, eTag: row.etag }
        : { eTag: "d41d8cd98f00b204e9800998ecf8427e" };
  const isSizeless = event.startsWith("s3:ObjectTagging") || event.startsWith("s3:ObjectAcl");
  const { size, ...sizeless } = content as { readonly size?: number };
  return {
    eventVersion: versionOf(event),
    eventSource: "aws:s3",
    awsRegion: bucket.row.region,
    eventTime: new Date(call.nowMs).toISOString(),
    eventName: event.replace(/^s3:/, ""),
    userIdentity: { principalId: principalOf(call) },
    requestParameters: { sourceIPAddress: sourceIpOf(call) },
    responseElements: { "x-amz-request-id": call.requestId, "x-amz-id-2": hostIdOf(call.requestId) },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: idOf("A", bucket.row.accountId, 13) },
        arn: `arn:${call.partition}:s3:::${bucket.name}`,
      },
      object: {
        key: encodeKey(key),
        ...(size === undefined || isSizeless ? {} : { size }),
        ...sizeless,
        ...versioned,
        ...(isSizeless ? {} : { sequencer: sequencerOf(Math.max(row.order, call.nowMs * 1000)) }),
      },
    },
  };
}

export function testEvent(call: Call, bucket: Bucket) {
  return {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(call.nowMs).toISOString(),
    Bucket: bucket.name,
    RequestId: call.requestId,
    HostId: hostIdOf(call.requestId),
  };
}

const reasons: Readonly<Record<string, readonly [detailType: string, reason?: string]>> = {
  "s3:ObjectCreated:Put": ["Object Created", "PutObject"],
  "s3:ObjectCreated:Post": ["Object Created", "POST Object"],
  "s3:ObjectCreated:Copy": ["Object Created", "CopyObject"],
  "s3:ObjectCreated:CompleteMultipartUpload": ["Object Created", "CompleteMultipartUpload"],
  "s3:ObjectRemoved:Delete": ["Object Deleted", "DeleteObject"],
  "s3:ObjectRemoved:DeleteMarkerCreated": ["Object Deleted", "DeleteObject"],
  "s3:LifecycleExpiration:Delete": ["Object Deleted", "Lifecycle Expiration"],
  "s3:LifecycleExpiration:DeleteMarkerCreated": ["Object Deleted", "Lifecycle Expiration"],
  "s3:LifecycleTransition": ["Object Storage Class Changed"],
  "s3:ObjectTagging:Put": ["Object Tags Added"],
  "s3:ObjectTagging:Delete": ["Object Tags Deleted"],
  "s3:ObjectAcl:Put": ["Object ACL Updated"],
  "s3:ObjectRestore:Post": ["Object Restore Initiated"],
  "s3:ObjectRestore:Completed": ["Object Restore Completed"],
  "s3:ObjectRestore:Delete": ["Object Restore Expired"],
};

export interface BusEntry {
  readonly timeMs: number;
  readonly [member: string]: unknown;
}

/** An entry of PutEvents, its time still a number; undefined for events the bus does not get. */
export function bridgeEvent(
  call: Call,
  bucket: Bucket,
  { event, key, row }: BucketEvent,
): BusEntry | undefined {
  const [detailType, reason] = reasons[event] ?? [];
  if (detailType === undefined) return undefined;
  const deletion =
    detailType === "Object Deleted"
      ? {
          "deletion-type": event.endsWith("DeleteMarkerCreated")
            ? "Delete Marker Created"
            : "Permanently Deleted",
        }
      : {};
  const created = detailType === "Object Created";
  const detail = {
    version: "0",
    bucket: { name: bucket.name },
    object: {
      key,
      ...(row.kind === "object" && (created || detailType.startsWith("Object Restore"))
        ? { size: row.sizeBytes }
        : {}),
      ...(row.kind === "object" && detailType !== "Object Deleted" ? { etag: row.etag } : {}),
      ...(row.versionId === "null" ? {} : { "version-id": row.versionId }),
      ...(created || detailType === "Object Deleted"
        ? { sequencer: sequencerOf(Math.max(row.order, call.nowMs * 1000)) }
        : {}),
    },
    "request-id": call.requestId,
    requester: call.principal.kind === "anonymous" ? "anonymous" : call.principal.accountId,
    ...(reason === "Lifecycle Expiration" ? {} : { "source-ip-address": sourceIpOf(call) }),
    ...(reason === undefined ? {} : { reason }),
    ...deletion,
    ...(detailType === "Object Storage Class Changed" && row.kind === "object"
      ? { "destination-storage-class": row.storageClass }
      : {}),
  };
  return {
    Source: "aws.s3",
    DetailType: detailType,
    Resources: [`arn:${call.partition}:s3:::${bucket.name}`],
    timeMs: call.nowMs,
    Detail: JSON.stringify(detail),
  };
}
