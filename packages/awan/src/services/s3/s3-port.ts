/** The implementation of what other services ask of S3. */
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { retainBlob, releaseBlob } from "./blob-references.ts";
import { deleteConfig, findBucket, openBucket, readConfig, writeConfig } from "./bucket.ts";
import { createChecksum } from "./checksums/checksums.ts";
import { s3Error } from "./errors.ts";
import {
  type AccessPointRow,
  accessPointAliases,
  accessPoints,
  accountPublicAccess,
  globalScope,
} from "./keys.ts";
import { targetOf } from "./object-answer.ts";
import { putStored } from "./operations/put-object.ts";
import { isPublicPolicy } from "./access/policy.ts";
import type { S3AccessPoint, S3Port } from "./port.ts";
import { piecesOf } from "./read.ts";
import type { Stored } from "./store.ts";
import type { Tags } from "./tags.ts";

const storedOf = (content: Parameters<S3Port["put"]>[1]["content"]): Stored => {
  if (!(content instanceof Uint8Array)) {
    return {
      bytes: null,
      blob: content.blob,
      sizeBytes: content.sizeBytes,
      md5: content.md5,
      algorithm: "SHA256",
      checksum: Buffer.from(content.blob, "hex").toString("base64"),
      checksumGiven: false,
      also: null,
    };
  }
  const crc = createChecksum("CRC64NVME");
  crc.update(content);
  return {
    bytes: content.length === 0 ? null : content,
    blob: null,
    sizeBytes: content.length,
    md5: createHash("md5").update(content).digest("hex"),
    algorithm: "CRC64NVME",
    checksum: Buffer.from(crc.digest()).toString("base64"),
    checksumGiven: false,
    also: null,
  };
};

const toldAccessPoint = (call: Call, row: AccessPointRow): S3AccessPoint => ({
  ...row,
  arn: `arn:${call.partition}:s3:${call.region}:${call.accountId}:accesspoint/${row.name}`,
});

function accessPointRow(call: Call, name: string): AccessPointRow {
  const row = accessPoints.get(call.tx, [name]);
  if (row === undefined)
    throw s3Error("NoSuchAccessPoint", 404, "The specified accesspoint does not exist", {
      AccessPointName: name,
    });
  return row;
}

const blockEverything = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

const control: S3Port["control"] = {
  accountPublicAccess: (call) => accountPublicAccess.get(call.in({ region: "aws-global" }).tx, []),
  setAccountPublicAccess: (call, access) => {
    const { tx } = call.in({ region: "aws-global" });
    if (access === undefined) accountPublicAccess.delete(tx, []);
    else accountPublicAccess.set(tx, [], access);
  },
  createAccessPoint: (call, { name, bucket, vpcId, publicAccess }) => {
    const target = openBucket(call, { Bucket: bucket });
    if (accessPoints.has(call.tx, [name])) {
      throw s3Error(
        "AccessPointAlreadyOwnedByYou",
        409,
        "Your previous request to create the named accesspoint succeeded and you already own it.",
        { AccessPointName: name },
      );
    }
    const alias = `${name.slice(0, 20)}-${call.random.text(24, "abcdefghijklmnopqrstuvwxyz0123456789")}-s3alias`;
    const row: AccessPointRow = {
      name,
      bucket,
      bucketAccountId: target.row.accountId,
      createdAtMs: call.nowMs,
      alias,
      vpcId: vpcId ?? null,
      policy: null,
      publicAccess: publicAccess ?? blockEverything,
      tags: [],
    };
    accessPoints.set(call.tx, [name], row);
    const told = toldAccessPoint(call, row);
    accessPointAliases.set(call.in(globalScope).tx, [alias], told.arn);
    return told;
  },
  accessPoint: (call, name) => toldAccessPoint(call, accessPointRow(call, name)),
  accessPoints: (call, bucket) =>
    [...accessPoints.scan(call.tx, [])]
      .filter(({ value }) => bucket === undefined || value.bucket === bucket)
      .map(({ value }) => toldAccessPoint(call, value)),
  isAccessPointPublic: (call, name) => {
    const { policy, publicAccess } = accessPointRow(call, name);
    return policy !== null && !publicAccess.restrictPublicBuckets && isPublicPolicy(policy);
  },
  deleteAccessPoint: (call, name) => {
    const row = accessPointRow(call, name);
    accessPoints.delete(call.tx, [name]);
    accessPointAliases.delete(call.in(globalScope).tx, [row.alias]);
  },
  setAccessPointPolicy: (call, name, policy) => {
    const row = accessPointRow(call, name);
    if (policy !== null && row.publicAccess.blockPublicPolicy && isPublicPolicy(policy))
      throw s3Error("AccessDenied", 403, "Access Denied");
    accessPoints.set(call.tx, [name], { ...row, policy });
  },
  accessPointTags: (call, name) => accessPointRow(call, name).tags,
  setAccessPointTags: (call, name, tags) => {
    const row = accessPointRow(call, name);
    accessPoints.set(call.tx, [name], { ...row, tags });
  },
  bucketTags: (call, bucket) => {
    const config = readConfig(openBucket(call, { Bucket: bucket }), "tagging") as
      | { readonly tags: Tags }
      | undefined;
    return config?.tags ?? [];
  },
  setBucketTags: (call, bucket, tags) => {
    const found = openBucket(call, { Bucket: bucket });
    if (tags.length === 0) deleteConfig(found, "tagging");
    else writeConfig(found, "tagging", { tags });
  },
};

export const s3Port: S3Port = {
  object: (call, { bucket, key, versionId }) => {
    const target = targetOf(
      call,
      { Bucket: bucket, Key: key, VersionId: versionId },
      { action: "s3:GetObject", permission: "READ", method: "GET" },
    );
    const { row } = target;
    return {
      blob: row.body.in === "blob" ? row.body.blob : undefined,
      pieces: piecesOf(target.bucket, row.body, { start: 0, end: row.sizeBytes }),
      sizeBytes: row.sizeBytes,
      etag: row.etag,
      versionId: row.versionId,
      modifiedAtMs: row.modifiedAtMs,
      contentType: row.system.ContentType ?? "binary/octet-stream",
      metadata: row.metadata,
    };
  },
  put: (call, { bucket, key, content, contentType, contentEncoding, metadata }) => {
    const row = putStored(
      call,
      {
        Bucket: bucket,
        Key: key,
        ...(contentType === undefined ? {} : { ContentType: contentType }),
        ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
        ...(metadata === undefined ? {} : { Metadata: { ...metadata } }),
      },
      storedOf(content),
      "s3:ObjectCreated:Put",
    );
    return { etag: row.etag, versionId: row.versionId };
  },
  bucket: (call, name) => {
    const row = findBucket(call, name)?.row;
    return row === undefined ? undefined : { accountId: row.accountId, region: row.region };
  },
  retainBlob,
  releaseBlob,
  control,
};
