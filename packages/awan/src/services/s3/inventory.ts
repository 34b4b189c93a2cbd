/**
 * Inventory reports: at midnight UTC, every day or every seventh, a bucket's objects are listed in a compressed CSV file in
 * the destination bucket, with a manifest beside it ("Amazon S3 Inventory", User Guide).
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import { canonicalUserId } from "./access/acl.ts";
import { type Bucket, findBucket, readConfig } from "./bucket.ts";
import { malformedXml, s3Error } from "./errors.ts";
import type { ObjectRow, VersionRow } from "./keys.ts";
import { dayMs } from "./limits.ts";
import { versionRows } from "./operations/list-object-versions.ts";
import { bucketOfArn } from "./replication.ts";
import { s3Port } from "./s3-port.ts";

export interface InventoryConfig {
  readonly Id?: string | undefined;
  readonly IsEnabled?: boolean | undefined;
  readonly IncludedObjectVersions?: string | undefined;
  readonly OptionalFields?: readonly string[] | undefined;
  readonly Filter?: { readonly Prefix?: string | undefined } | undefined;
  readonly Schedule?: { readonly Frequency?: string | undefined } | undefined;
  readonly Destination?:
    | {
        readonly S3BucketDestination?:
          | {
              readonly Bucket?: string | undefined;
              readonly Format?: string | undefined;
              readonly Prefix?: string | undefined;
            }
          | undefined;
      }
    | undefined;
}

const encryptionNames = {
  AES256: "SSE-S3",
  "aws:kms": "SSE-KMS",
  "aws:kms:dsse": "DSSE-KMS",
  customer: "SSE-C",
} as const;

/** What each optional field says of an object, in the order of the report's columns. */
const fields: Readonly<Record<string, (row: ObjectRow) => string>> = {
  Size: (row) => String(row.sizeBytes),
  LastModifiedDate: (row) => new Date(row.modifiedAtMs).toISOString(),
  ETag: (row) => row.etag,
  StorageClass: (row) => row.storageClass,
  IsMultipartUploaded: (row) => String(row.partCount > 0),
  ReplicationStatus: (row) => row.replicationStatus ?? "",
  EncryptionStatus: (row) => encryptionNames[row.encryption.kind],
  ObjectLockRetainUntilDate: (row) =>
    row.retention === null ? "" : new Date(row.retention.untilMs).toISOString(),
  ObjectLockMode: (row) => row.retention?.mode ?? "",
  ObjectLockLegalHoldStatus: (row) => (row.legalHold === null ? "" : row.legalHold ? "ON" : "OFF"),
  IntelligentTieringAccessTier: (row) => (row.storageClass === "INTELLIGENT_TIERING" ? "FREQUENT" : ""),
  BucketKeyStatus: (row) => (row.encryption.bucketKey ? "ENABLED" : "DISABLED"),
  ChecksumAlgorithm: (row) => row.checksum?.algorithm ?? "",
  ObjectAccessControlList: () => "",
  ObjectOwner: (row) => canonicalUserId(row.ownerAccountId),
  LifecycleExpirationDate: () => "",
};

/** Refuses what is no inventory configuration, as recorded. */
export function checkInventory(config: InventoryConfig): void {
  const { Bucket: arn, Format: format = "" } = config.Destination?.S3BucketDestination ?? {};
  if (!["CSV", "ORC", "Parquet"].includes(format)) throw malformedXml();
  if (!["Daily", "Weekly"].includes(config.Schedule?.Frequency ?? "")) throw malformedXml();
  if (!["All", "Current"].includes(config.IncludedObjectVersions ?? "")) throw malformedXml();
  if (!(config.OptionalFields ?? []).every((field) => Object.hasOwn(fields, field))) throw malformedXml();
  if (arn === undefined || !/^arn:[^:]*:s3:::[^/]+$/.test(arn))
    throw s3Error("InvalidS3DestinationBucket", 400, "Invalid bucket ARN.");
}

export function scheduleInventory(bucket: Bucket, id: string, days = 1): void {
  const { call } = bucket;
  const midnight = Math.floor(call.nowMs / dayMs) * dayMs;
  call.schedule("s3.inventory", [bucket.name, id], midnight + days * dayMs);
}

export const unscheduleInventory = (bucket: Bucket, id: string): void =>
  bucket.call.unschedule("s3.inventory", [bucket.name, id]);

export const inventory: Duty = (call, [name, id]) => {
  const bucket = findBucket(call, name as string);
  const config: InventoryConfig | undefined = bucket && readConfig(bucket, "inventory", id as string);
  if (bucket === undefined || config === undefined) return;
  scheduleInventory(bucket, id as string, config.Schedule?.Frequency === "Weekly" ? 7 : 1);
  if (config.IsEnabled === true) report(call, bucket, id as string, config);
};

function report(call: Call, bucket: Bucket, id: string, config: InventoryConfig): void {
  const { Bucket: arn = "", Format: format, Prefix: prefix } = config.Destination?.S3BucketDestination ?? {};
  const target = findBucket(call, bucketOfArn(arn));
  // Other formats are stored, and produce nothing here.
  if (target === undefined || format !== "CSV") return;
  const writer = call.as({ kind: "service", arn: "s3.amazonaws.com", accountId: target.row.accountId });
  const put = (key: string, content: Buffer, contentType: string): void =>
    void s3Port.put(writer, { bucket: target.name, key, content, contentType });
  const folder = `${prefix === undefined || prefix === "" ? "" : `${prefix}/`}${bucket.name}/${id}`;
  const { schema, rows } = tableOf(bucket, config);
  const data = gzipSync(rows.map((row) => `${row.map(quoted).join(",")}\n`).join(""));
  const dataKey = `${folder}/data/${call.random.uuid()}.csv.gz`;
  put(dataKey, data, "application/octet-stream");
  const [date = "", clock = ""] = new Date(call.nowMs).toISOString().slice(0, 16).split("T");
  const minute = `${date}T${clock.replace(":", "-")}Z`;
  const manifest = JSON.stringify({
    sourceBucket: bucket.name,
    destinationBucket: arn,
    version: "2016-11-30",
    creationTimestamp: String(call.nowMs),
    fileFormat: "CSV",
    fileSchema: schema.join(", "),
    files: [{ key: dataKey, size: data.length, MD5checksum: md5Of(data) }],
  });
  put(`${folder}/${minute}/manifest.json`, Buffer.from(manifest), "application/json");
  put(`${folder}/${minute}/manifest.checksum`, Buffer.from(md5Of(manifest)), "application/octet-stream");
  const link = `${folder}/hive/dt=${date}-${clock.replace(":", "-")}/symlink.txt`;
  put(link, Buffer.from(`s3://${target.name}/${dataKey}\n`), "application/octet-stream");
}

const md5Of = (content: Uint8Array | string): string => createHash("md5").update(content).digest("hex");
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function tableOf(
  bucket: Bucket,
  config: InventoryConfig,
): { readonly schema: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const all = config.IncludedObjectVersions === "All";
  const optional = Object.keys(fields).filter((field) => config.OptionalFields?.includes(field) === true);
  const prefix = config.Filter?.Prefix ?? "";
  const rows: string[][] = [];
  let before: string | undefined;
  for (const { key, item } of versionRows(bucket, { from: [prefix] })) {
    if (!key.startsWith(prefix)) break;
    const { row } = item;
    const isLatest = key !== before;
    before = key;
    if (!all && (!isLatest || row.kind === "marker")) continue;
    rows.push([
      bucket.name,
      encodeURIComponent(key).replaceAll("%2F", "/"),
      ...(all ? versionColumns(row, isLatest) : []),
      ...optional.map((field) => (row.kind === "object" ? (fields[field]?.(row) ?? "") : "")),
    ]);
  }
  const versionSchema = all ? ["VersionId", "IsLatest", "IsDeleteMarker"] : [];
  return { schema: ["Bucket", "Key", ...versionSchema, ...optional], rows };
}

const versionColumns = (row: VersionRow, isLatest: boolean): string[] => [
  row.versionId === "null" ? "" : row.versionId,
  String(isLatest),
  String(row.kind === "marker"),
];
