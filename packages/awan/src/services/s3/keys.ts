/**
 * S3's rows. A bucket's rows live in the scope of its owner's account and its region; only the names are global.
 * `object` holds what a plain listing shows: each key's current version unless that is a delete marker; every other
 * version is in `version`, newest first, so that no listing walks past what it does not show.
 */
import { table } from "../../store/table.ts";
import type { Algorithm, Checksum, ChecksumKind } from "./checksums/checksums.ts";

export type Permission = "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";

export interface Grant {
  /** A canonical user id, or a group's URI. */
  readonly grantee: string;
  readonly permission: Permission;
}

export interface PublicAccess {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export type ObjectOwnership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
export type RetentionMode = "GOVERNANCE" | "COMPLIANCE";

export interface BucketLock {
  readonly mode: RetentionMode | null;
  readonly days: number | null;
  readonly years: number | null;
}

/** Kinds of stored configuration: one row each, or one per id for the last four. */
export type ConfigKind =
  | "accelerate"
  | "abac"
  | "cors"
  | "encryption"
  | "lifecycle"
  | "logging"
  | "notification"
  | "replication"
  | "requestPayment"
  | "tagging"
  | "website"
  | "metadata"
  | "metadataTable"
  | "analytics"
  | "intelligentTiering"
  | "inventory"
  | "metrics";

export interface BucketRow {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** As it was asked for: `EU` is another name of eu-west-1. */
  readonly constraint: string | null;
  readonly createdAtMs: number;
  /** Null: nobody ever chose, or the choice was deleted. */
  readonly ownership: ObjectOwnership | null;
  /** Until somebody chooses, AWS's defaults are told but ACLs and public policies are not refused. */
  readonly defaultOwnership: boolean;
  readonly defaultPublicAccess: boolean;
  readonly versioning: "Off" | "Enabled" | "Suspended";
  readonly lock: BucketLock | null;
  readonly grants: readonly Grant[];
  readonly publicAccess: PublicAccess | null;
  readonly policy: string | null;
  /** Kinds of `config` rows that exist. */
  readonly configs: readonly ConfigKind[];
}

/** Where an object's bytes are: nowhere (empty), in `content`, in one blob, or in the parts `part` of this id. */
export type Body =
  | { readonly in: "empty" }
  | { readonly in: "row"; readonly id: string }
  | { readonly in: "blob"; readonly blob: string }
  | { readonly in: "parts"; readonly id: string };

/** System metadata under the names of the API's members. */
export interface SystemMetadata {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly WebsiteRedirectLocation?: string;
  /** As it was given. */
  readonly Expires?: string;
}

export interface Encryption {
  readonly kind: "AES256" | "aws:kms" | "aws:kms:dsse" | "customer";
  readonly keyId: string | null;
  readonly bucketKey: boolean;
  readonly context: string | null;
  /** SSE-C: base64 MD5 of the caller's key. */
  readonly customerKeyMd5: string | null;
}

export interface Retention {
  readonly mode: RetentionMode;
  readonly untilMs: number;
}

/** What travels with the bytes from CreateMultipartUpload, PutObject or CopyObject into the object. */
export interface ObjectAttributes {
  readonly system: SystemMetadata;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly storageClass: string;
  readonly encryption: Encryption;
  readonly grants: readonly Grant[];
  /** The account that wrote it, unless the bucket's owner owns all. */
  readonly ownerAccountId: string;
  readonly retention: Retention | null;
  /** Null: never set. */
  readonly legalHold: boolean | null;
}

export interface ObjectRow extends ObjectAttributes {
  readonly kind: "object";
  /** `null` for the null version. */
  readonly versionId: string;
  /** Greater is newer, among the versions of a key. */
  readonly order: number;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly body: Body;
  readonly checksum: Checksum | null;
  /** Zero unless uploaded in parts. */
  readonly partCount: number;
  /** Of archived objects: under way while `untilMs` is null, then a copy that can be read until then. */
  readonly restore: { readonly days: number; readonly untilMs: number | null } | null;
  readonly replicationStatus: "PENDING" | "COMPLETED" | "FAILED" | "REPLICA" | null;
  /** When it was replaced by a newer version; null while current. */
  readonly noncurrentSinceMs: number | null;
}

export interface MarkerRow {
  readonly kind: "marker";
  readonly versionId: string;
  readonly order: number;
  readonly modifiedAtMs: number;
  readonly ownerAccountId: string;
  readonly noncurrentSinceMs: number | null;
}

export type VersionRow = ObjectRow | MarkerRow;

export interface UploadRow extends ObjectAttributes {
  readonly startedAtMs: number;
  /** The key was written or deleted since: a conditional completion has lost its race. */
  readonly overtaken: boolean;
  readonly initiatorArn: string;
  readonly initiatorAccountId: string;
  readonly algorithm: Algorithm | null;
  readonly checksumKind: ChecksumKind | null;
  /** The caller named the algorithm, so every part must bring its checksum. */
  readonly checksumAsked: boolean;
}

export interface PartRow {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly body: Body;
  readonly checksum: Checksum | null;
}

export interface CompletedPartRow {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly body: Body;
  readonly checksum: Checksum | null;
}

/** Global: who owns a bucket's name. */
export const names = table<[bucket: string], { readonly accountId: string; readonly region: string }>(
  "s3",
  "name",
);
/** Per account, in region `aws-global`: its buckets, for ListBuckets. */
export const owned = table<[bucket: string], { readonly region: string; readonly createdAtMs: number }>(
  "s3",
  "owned",
);
export const buckets = table<[bucket: string], BucketRow>("s3", "bucket");
export const configs = table<[bucket: string, kind: ConfigKind, id: string], object>("s3", "config");
export const objects = table<[bucket: string, key: string], ObjectRow>("s3", "object");
/** Noncurrent versions and delete markers; `order` is negated, so the newest comes first. */
export const versions = table<[bucket: string, key: string, negativeOrder: number], VersionRow>(
  "s3",
  "version",
);
/** Where the null version is, when it is in `version`. */
export const nullVersions = table<[bucket: string, key: string], number>("s3", "null-version");
/** Small bodies. */
export const contents = table<[bucket: string, id: string], Uint8Array>("s3", "content");
export const uploads = table<[bucket: string, key: string, uploadId: string], UploadRow>("s3", "upload");
export const uploadParts = table<[bucket: string, uploadId: string, partNumber: number], PartRow>(
  "s3",
  "upload-part",
);
/** What a finished upload answers when it is completed again, and whether it was aborted: kept for a day. */
export const finishedUploads = table<
  [bucket: string, uploadId: string],
  { readonly key: string; readonly etag: string; readonly versionId: string }
>("s3", "finished-upload");
/** Parts of completed objects by where they start; `id` is the upload's. */
export const parts = table<[bucket: string, id: string, startByte: number], CompletedPartRow>("s3", "part");
export const partNumbers = table<[bucket: string, id: string, partNumber: number], number>(
  "s3",
  "part-number",
);
/** Lines of access logs that wait to be delivered. */
export const logLines = table<[bucket: string, atMs: number, requestId: string], string>("s3", "log-line");
/** Global: how many rows name a blob. */
export const blobReferences = table<[blob: string], BlobReferenceRow>("s3", "blob-references");
/** Per account, in region `aws-global`: S3 Control's account-wide block. */
export const accountPublicAccess = table<[], PublicAccess>("s3", "account-public-access");
export const accessPoints = table<[name: string], AccessPointRow>("s3", "access-point");

/** Global: the ARN of the access point with an alias. */
export const accessPointAliases = table<[alias: string], string>("s3", "access-point-alias");

export interface BlobReferenceRow {
  readonly count: number;
  /** `collecting`: its file is being deleted; `gone`: it was deleted, and a writer must look whether it is there again. */
  readonly state: "kept" | "collecting" | "gone";
}

export interface AccessPointRow {
  readonly name: string;
  readonly bucket: string;
  readonly bucketAccountId: string;
  readonly createdAtMs: number;
  readonly alias: string;
  readonly vpcId: string | null;
  readonly policy: string | null;
  readonly publicAccess: PublicAccess;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export { globalScope } from "../../host/call.ts";
