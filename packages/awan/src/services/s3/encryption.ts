/**
 * Server-side encryption as callers see it: which headers go together, what a bucket's default adds, and the key that
 * must come again with every read of an SSE-C object. Bytes are stored as they are.
 */
import { createHash } from "node:crypto";
import type { Bucket } from "./bucket.ts";
import { readConfig } from "./bucket.ts";
import { accessDenied, invalidArgument, invalidRequest, s3Error } from "./errors.ts";
import type { Call } from "../../host/call.ts";
import type { Encryption } from "./keys.ts";

export interface EncryptionHeaders {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
  /** Every header of the request, where it came over HTTP. */
  readonly $headers?: Readonly<Record<string, string>> | undefined;
}

export interface EncryptionConfig {
  readonly Rules?: readonly {
    readonly ApplyServerSideEncryptionByDefault?:
      | { readonly SSEAlgorithm?: string | undefined; readonly KMSMasterKeyID?: string | undefined }
      | undefined;
    readonly BucketKeyEnabled?: boolean | undefined;
  }[];
}

export const managedEncryption: Encryption = {
  kind: "AES256",
  keyId: null,
  bucketKey: false,
  context: null,
  customerKeyMd5: null,
};

const kinds = new Set(["AES256", "aws:kms", "aws:kms:dsse"]);

/** The encryption of an object written with these headers. */
export function encryptionFor(bucket: Bucket, input: EncryptionHeaders): Encryption {
  const asked = input.ServerSideEncryption;
  if (asked !== undefined && input.SSECustomerAlgorithm !== undefined) throw incompatible(asked);
  const customer = customerKeyOf(input);
  if (customer !== undefined) {
    if (asked !== undefined) throw incompatible(asked);
    return { kind: "customer", keyId: null, bucketKey: false, context: null, customerKeyMd5: customer };
  }
  if (asked !== undefined && !kinds.has(asked)) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      asked,
      "The encryption method specified is not supported",
    );
  }
  if (asked === undefined && input.SSEKMSKeyId !== undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      "null",
      "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
    );
  }
  if (asked === "AES256" && input.SSEKMSKeyId !== undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      asked,
      "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
    );
  }
  if (asked === undefined) return defaultEncryption(bucket, input.BucketKeyEnabled);
  if (asked === "AES256") return managedEncryption;
  const fallback = defaultEncryption(bucket, undefined);
  return {
    kind: asked as Encryption["kind"],
    keyId: kmsKey(
      bucket,
      input.SSEKMSKeyId ?? (fallback.kind === asked ? (fallback.keyId ?? undefined) : undefined),
    ),
    bucketKey: input.BucketKeyEnabled ?? fallback.bucketKey,
    context: input.SSEKMSEncryptionContext ?? null,
    customerKeyMd5: null,
  };
}

const incompatible = (asked: string): Error =>
  invalidArgument(
    "x-amz-server-side-encryption",
    asked,
    "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
  );

function defaultEncryption(bucket: Bucket, bucketKey: boolean | undefined): Encryption {
  const config: EncryptionConfig | undefined = readConfig(bucket, "encryption");
  const rule = config?.Rules?.[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (byDefault?.SSEAlgorithm === undefined || byDefault.SSEAlgorithm === "AES256") return managedEncryption;
  return {
    kind: byDefault.SSEAlgorithm as Encryption["kind"],
    keyId: kmsKey(bucket, byDefault.KMSMasterKeyID),
    bucketKey: bucketKey ?? rule?.BucketKeyEnabled ?? false,
    context: null,
    customerKeyMd5: null,
  };
}

/** A key's ARN; AWS's own key for S3 when none is named. */
function kmsKey(bucket: Bucket, key: string | undefined): string {
  const isKnownForm =
    key === undefined || /^(alias\/.+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/.test(key);
  if (!isKnownForm) return key;
  const { accountId, region, partition } = bucket.call;
  if (key === undefined) {
    const hex = createHash("md5").update(`aws/s3 ${accountId} ${region}`).digest("hex");
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
      "-",
    );
    return `arn:${partition}:kms:${region}:${accountId}:key/${id}`;
  }
  return `arn:${partition}:kms:${region}:${accountId}:${key.startsWith("alias/") ? key : `key/${key}`}`;
}

/** Base64 MD5 of the customer's key, checked; undefined when the request brings none. */
export function customerKeyOf(input: EncryptionHeaders): string | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (algorithm === undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      undefined,
      "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.",
    );
  }
  if (algorithm !== "AES256") {
    throw s3Error(
      "InvalidEncryptionAlgorithmError",
      400,
      "The Encryption request you specified is not valid. Supported value: AES256.",
      {
        ArgumentName: "x-amz-server-side-encryption",
        ArgumentValue: algorithm,
      },
    );
  }
  if (key === undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      undefined,
      "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.",
    );
  }
  const bytes = Buffer.from(key, "base64");
  if (bytes.length !== 32)
    throw invalidArgument(
      "x-amz-server-side-encryption",
      undefined,
      "The secret key was invalid for the specified algorithm.",
    );
  const computed = createHash("md5").update(bytes).digest("base64");
  if (md5 === undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      undefined,
      "The secret key was invalid for the specified algorithm.",
    );
  }
  if (md5 !== computed)
    throw invalidArgument(
      "x-amz-server-side-encryption",
      undefined,
      "The calculated MD5 hash of the key did not match the hash that was provided.",
    );
  return computed;
}

/** Refuses to read an object without the key it was written with, or with a key it was not. */
export function checkReadKey(encryption: Encryption, input: EncryptionHeaders): void {
  const misplaced = input.$headers?.["x-amz-server-side-encryption"];
  if (misplaced !== undefined) {
    throw invalidArgument(
      "x-amz-server-side-encryption",
      misplaced,
      "x-amz-server-side-encryption header is not supported for this operation.",
    );
  }
  if (input.SSECustomerKey !== undefined && input.SSECustomerKeyMD5 === undefined) throw wrongKey();
  const given = customerKeyOf(input);
  if (encryption.kind !== "customer") {
    if (given !== undefined)
      throw invalidRequest("The encryption parameters are not applicable to this object.");
    return;
  }
  if (given === undefined) {
    throw invalidRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    );
  }
  if (given !== encryption.customerKeyMd5) throw wrongKey();
}

const wrongKey = (): Error =>
  accessDenied(
    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
  );

/** Only what S3 encrypts with its own keys has an MD5 for its ETag; others' tell nothing of the content. */
export const etagOf = (call: Call, { kind }: Encryption, md5: string): string =>
  kind === "AES256" ? md5 : call.random.hex(32);

interface EncryptionMembers {
  readonly ServerSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly SSEKMSKeyId?: string;
  readonly SSEKMSEncryptionContext?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly SSECustomerAlgorithm?: string;
  readonly SSECustomerKeyMD5?: string;
}

/** The members of an answer that tell how an object is encrypted. */
export function encryptionMembers(encryption: Encryption): EncryptionMembers {
  if (encryption.kind === "customer") {
    return { SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: encryption.customerKeyMd5 ?? "" };
  }
  return {
    ServerSideEncryption: encryption.kind,
    ...(encryption.keyId === null ? {} : { SSEKMSKeyId: encryption.keyId }),
    ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
  };
}
