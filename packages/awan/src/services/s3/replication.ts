/** Replication between buckets: a rule's copies are written in the transaction of the write itself, under the same version id. */
import type { Call } from "../../host/call.ts";
import { privateGrants } from "./access/acl.ts";
import { type Bucket, findBucket, readConfig } from "./bucket.ts";
import type { ObjectRow } from "./keys.ts";
import { ruleCovers } from "./lifecycle-rules.ts";
import { addObject, copyParts, deleteCurrent, rewriteVersion, shareBody } from "./versions.ts";

interface ReplicationFilter {
  readonly Prefix?: string | undefined;
  readonly Tag?: { readonly Key?: string | undefined; readonly Value?: string | undefined } | undefined;
  readonly And?:
    | {
        readonly Prefix?: string | undefined;
        readonly Tags?:
          | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
          | undefined;
      }
    | undefined;
}

export interface ReplicationRule {
  readonly ID?: string | undefined;
  readonly Status?: string | undefined;
  readonly Priority?: number | undefined;
  readonly Prefix?: string | undefined;
  readonly Filter?: ReplicationFilter | undefined;
  readonly DeleteMarkerReplication?: { readonly Status?: string | undefined } | undefined;
  readonly SourceSelectionCriteria?:
    | { readonly SseKmsEncryptedObjects?: { readonly Status?: string | undefined } | undefined }
    | undefined;
  readonly Destination?:
    | {
        readonly Bucket?: string | undefined;
        readonly Account?: string | undefined;
        readonly StorageClass?: string | undefined;
        readonly AccessControlTranslation?: { readonly Owner?: string | undefined } | undefined;
      }
    | undefined;
}

export interface ReplicationConfig {
  readonly Role?: string | undefined;
  readonly Rules?: readonly ReplicationRule[] | undefined;
}

/** `arn:aws:s3:::name`, or the name itself. */
export const bucketOfArn = (arn: string): string => arn.replace(/^arn:[^:]*:s3:::/, "");

/** Of several rules for one destination the one of the highest priority counts. */
function rulesFor(
  bucket: Bucket,
  key: string,
  row: Pick<ObjectRow, "tags" | "sizeBytes">,
): readonly ReplicationRule[] {
  const config: ReplicationConfig | undefined = readConfig(bucket, "replication");
  const byDestination = new Map<string, ReplicationRule>();
  for (const rule of config?.Rules ?? []) {
    const destination = rule.Destination?.Bucket;
    if (destination === undefined || !ruleCovers(rule, key, row)) continue;
    const other = byDestination.get(destination);
    if (other === undefined || (rule.Priority ?? 0) > (other.Priority ?? 0))
      byDestination.set(destination, rule);
  }
  return [...byDestination.values()];
}

/** Copies a version just written to where the rules say; the row as it is then. */
export function replicate(call: Call, bucket: Bucket, key: string, row: ObjectRow): ObjectRow {
  if (!bucket.row.configs.includes("replication") || row.encryption.kind === "customer") return row;
  let status: ObjectRow["replicationStatus"] = null;
  for (const rule of rulesFor(bucket, key, row)) {
    const kms = row.encryption.kind !== "AES256";
    if (kms && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== "Enabled") continue;
    const copied = copyTo(call, bucket, key, row, rule);
    status = copied && status !== "FAILED" ? "COMPLETED" : "FAILED";
  }
  if (status === null) return row;
  const changed = { ...row, replicationStatus: status };
  rewriteVersion(bucket, key, changed);
  return changed;
}

function copyTo(call: Call, bucket: Bucket, key: string, row: ObjectRow, rule: ReplicationRule): boolean {
  const target = findBucket(call, bucketOfArn(rule.Destination?.Bucket ?? ""));
  if (target === undefined || target.row.versioning !== "Enabled") return false;
  const { kind: _kind, versionId, order, noncurrentSinceMs: _since, ...object } = row;
  const translated = rule.Destination?.AccessControlTranslation?.Owner === "Destination";
  addObject(
    target,
    key,
    {
      ...object,
      body:
        row.body.in === "parts"
          ? copyParts(bucket, row.body.id, target)
          : shareBody(bucket, row.body, target),
      storageClass: rule.Destination?.StorageClass ?? row.storageClass,
      replicationStatus: "REPLICA",
      ...(translated
        ? { ownerAccountId: target.row.accountId, grants: privateGrants(target.row.accountId) }
        : {}),
    },
    { versionId, order },
  );
  return true;
}

/** Delete markers follow where a rule says so; rules of the old form (a prefix, no filter) always do. */
export function replicateMarker(call: Call, bucket: Bucket, key: string): void {
  if (!bucket.row.configs.includes("replication")) return;
  for (const rule of rulesFor(bucket, key, { tags: [], sizeBytes: 0 })) {
    const wanted =
      rule.DeleteMarkerReplication?.Status === "Enabled" ||
      (rule.Filter === undefined && rule.DeleteMarkerReplication === undefined);
    const target = wanted ? findBucket(call, bucketOfArn(rule.Destination?.Bucket ?? "")) : undefined;
    if (target?.row.versioning === "Enabled") deleteCurrent(target, key, target.row.accountId);
  }
}
