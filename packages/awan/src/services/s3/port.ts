/**
 * What other services may ask of S3 inside their transactions. Bytes are never handed over here: an object's content is
 * a list of pieces, which the effect `s3.load` reads (`{ pieces }` → bytes) and `s3.open` streams.
 */
import type { Call } from "../../host/call.ts";
import type { BlobRange } from "../../host/http.ts";

export interface S3ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export interface S3Object {
  /** The blob that is the whole object; undefined for small objects and those uploaded in parts. */
  readonly blob: string | undefined;
  /** For the effects `s3.load` and `s3.open`. */
  readonly pieces: readonly (BlobRange | Uint8Array)[];
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** `null` for the null version. */
  readonly versionId: string;
  readonly modifiedAtMs: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface S3Write {
  readonly bucket: string;
  readonly key: string;
  /** Small content, kept in the row; larger content comes as a blob that was written before. */
  readonly content: Uint8Array | { readonly blob: string; readonly sizeBytes: number; readonly md5: string };
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface S3PublicAccess {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface S3AccessPoint {
  readonly name: string;
  readonly arn: string;
  readonly alias: string;
  readonly bucket: string;
  readonly bucketAccountId: string;
  readonly createdAtMs: number;
  readonly vpcId: string | null;
  readonly policy: string | null;
  readonly publicAccess: S3PublicAccess;
}

export interface S3Port {
  /** An object the call's principal may read; throws NoSuchBucket, NoSuchKey, NoSuchVersion or AccessDenied as GetObject would. */
  object(call: Call, name: S3ObjectName): S3Object;
  /** Writes an object as PutObject would, events included. Throws as PutObject would. */
  put(call: Call, write: S3Write): { readonly etag: string; readonly versionId: string };
  /** Whether the bucket exists, and where. */
  bucket(call: Call, name: string): { readonly accountId: string; readonly region: string } | undefined;
  /** A blob named by a row of another service: counted, so that it is kept until it is released as often. */
  retainBlob(call: Call, blob: string): void;
  releaseBlob(call: Call, blob: string): void;

  /** S3 Control's side of S3. */
  readonly control: {
    accountPublicAccess(call: Call): S3PublicAccess | undefined;
    setAccountPublicAccess(call: Call, access: S3PublicAccess | undefined): void;
    createAccessPoint(
      call: Call,
      request: {
        readonly name: string;
        readonly bucket: string;
        readonly vpcId?: string | undefined;
        readonly publicAccess?: S3PublicAccess | undefined;
      },
    ): S3AccessPoint;
    accessPoint(call: Call, name: string): S3AccessPoint;
    accessPoints(call: Call, bucket: string | undefined): readonly S3AccessPoint[];
    isAccessPointPublic(call: Call, name: string): boolean;
    deleteAccessPoint(call: Call, name: string): void;
    setAccessPointPolicy(call: Call, name: string, policy: string | null): void;
    accessPointTags(call: Call, name: string): readonly (readonly [key: string, value: string])[];
    setAccessPointTags(
      call: Call,
      name: string,
      tags: readonly (readonly [key: string, value: string])[],
    ): void;
    bucketTags(call: Call, bucket: string): readonly (readonly [key: string, value: string])[];
    setBucketTags(call: Call, bucket: string, tags: readonly (readonly [key: string, value: string])[]): void;
  };
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly s3: S3Port;
  }
}
