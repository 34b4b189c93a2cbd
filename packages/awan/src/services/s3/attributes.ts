/** What a caller says about an object besides its bytes, checked and made into a row's attributes: metadata, tags, class, encryption, ACL, lock. */
import type { Call } from "../../host/call.ts";
import { aclsDisabled, publicAccessOf } from "./access/authorize.ts";
import { type GrantHeaders, grantsOfHeaders, isPublicList, privateGrants } from "./access/acl.ts";
import type { Bucket } from "./bucket.ts";
import { encryptionFor, type EncryptionHeaders } from "./encryption.ts";
import { accessDenied, invalidArgument, invalidRequest, s3Error } from "./errors.ts";
import type { Grant, ObjectAttributes, Retention, SystemMetadata } from "./keys.ts";
import { dayMs, limits } from "./limits.ts";
import { tagsOfHeader } from "./tags.ts";

export interface AttributeInput extends GrantHeaders, EncryptionHeaders {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  readonly Tagging?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

export const storageClasses: ReadonlySet<string> = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
]);

const systemMembers = [
  "CacheControl",
  "ContentDisposition",
  "ContentLanguage",
  "ContentType",
  "WebsiteRedirectLocation",
] as const;

export function attributesOf(call: Call, bucket: Bucket, input: AttributeInput): ObjectAttributes {
  const system = systemMetadataOf(input);
  const metadata = metadataOf(input.Metadata);
  const tags = tagsOfHeader(input.Tagging);
  const storageClass = storageClassOf(input.StorageClass);
  const encryption = encryptionFor(bucket, input);
  const { grants, ownerAccountId } = ownershipOf(call, bucket, input);
  const { retention, legalHold } = lockOf(call, bucket, input);
  return {
    system,
    metadata,
    tags,
    storageClass,
    encryption,
    grants,
    ownerAccountId,
    retention,
    legalHold,
  };
}

export function systemMetadataOf(input: AttributeInput): SystemMetadata {
  const system: Record<string, string> = {};
  for (const member of systemMembers) {
    const value = input[member];
    if (value !== undefined && value !== "") system[member] = withoutWide(value);
  }
  system["ContentType"] ??= "binary/octet-stream";
  // aws-chunked is how the body travelled, not what it is.
  const encodings =
    input.ContentEncoding?.includes("aws-chunked") === false
      ? [input.ContentEncoding]
      : input.ContentEncoding?.split(",")
          .map((each) => each.trim())
          .filter((each) => each !== "aws-chunked" && each !== "");
  if (encodings !== undefined && encodings.length > 0) system["ContentEncoding"] = encodings.join(", ");
  if (input.Expires !== undefined)
    system["Expires"] = input.Expires instanceof Date ? input.Expires.toUTCString() : input.Expires;
  const redirect = input.WebsiteRedirectLocation;
  if (redirect !== undefined && !/^(\/|https?:\/\/)/.test(redirect)) {
    throw s3Error(
      "InvalidRedirectLocation",
      400,
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    );
  }
  return system;
}

export function metadataOf(
  metadata: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (metadata === undefined) return {};
  let sizeBytes = 0;
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    lower[name.toLowerCase()] = decodeUtf8(value);
  }
  if (sizeBytes > limits.metadataSizeBytesMax) {
    throw s3Error("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size", {
      Size: sizeBytes,
      MaxSizeAllowed: limits.metadataSizeBytesMax,
    });
  }
  return lower;
}

const isWide = /[\u0100-\uffff]/;
const isUnprintable = /[^\t\x20-\x7e\x80-\xff]/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Headers hold printable Latin-1: what is none becomes a space (recorded). */
const withoutWide = (value: string): string =>
  isUnprintable.test(value) ? value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/gu, " ") : value;

/** RFC 2047's encoded words are undone where plain ASCII comes out. */
function decodeMail(value: string): string | undefined {
  const [, kind = "", text = ""] = /^=\?utf-8\?([bq])\?([^?]*)\?=$/i.exec(value) ?? [];
  if (kind === "") return undefined;
  const decoded =
    kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : text
          .replaceAll("_", " ")
          .replaceAll(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          );
  return /^[\x20-\x7e]*$/.test(decoded) ? decoded : undefined;
}

/** Headers arrive as one character per byte; metadata is UTF-8, unless it cannot be. */
function decodeUtf8(value: string): string {
  const encoded = decodeMail(value);
  if (encoded !== undefined) return encoded;
  if (!/[\u0080-\u00ff]/.test(value) || isWide.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** Metadata as headers carry it: what Latin-1 lacks is written as RFC 2047 says. */
export function toldMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      isUnprintable.test(value) ? encodedWord(value) : value,
    ]),
  );
}

/** As mail libraries choose: readable where most characters are ASCII, Base64 elsewhere. */
function encodedWord(value: string): string {
  const characters = Array.from(value);
  const ascii = characters.filter((character) => /[\t\r\n\x20-\x7e]/.test(character)).length;
  const bytes = Buffer.from(value, "utf8");
  if (ascii <= characters.length - ascii) return `=?UTF-8?B?${bytes.toString("base64")}?=`;
  const text = Array.from(bytes, (byte) =>
    byte === 0x20
      ? "_"
      : byte > 0x20 && byte < 0x7f && !"=_?".includes(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `=?UTF-8?Q?${text.join("")}?=`;
}

export function storageClassOf(asked: string | undefined): string {
  if (asked === undefined) return "STANDARD";
  if (!storageClasses.has(asked))
    throw s3Error("InvalidStorageClass", 400, "The storage class you specified is not valid", {
      StorageClassRequested: asked,
    });
  return asked;
}

/** Who owns the object, and its list. */
export function ownershipOf(
  call: Call,
  bucket: Bucket,
  input: GrantHeaders,
): { readonly ownerAccountId: string; readonly grants: readonly Grant[] } {
  const bucketAccountId = bucket.row.accountId;
  const writer = call.principal.kind === "anonymous" ? bucketAccountId : call.principal.accountId;
  const given = grantsOfHeaders(input, { accountId: writer, bucketAccountId }, "object");
  if (aclsDisabled(bucket.row)) {
    if (given !== undefined && input.ACL !== "bucket-owner-full-control") {
      throw s3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
    }
    return { ownerAccountId: bucketAccountId, grants: privateGrants(bucketAccountId) };
  }
  if (given !== undefined && isPublicList(given) && publicAccessOf(bucket).blockPublicAcls)
    throw accessDenied();
  const preferred =
    bucket.row.ownership === "BucketOwnerPreferred" && input.ACL === "bucket-owner-full-control";
  const owner = preferred ? bucketAccountId : writer;
  return {
    ownerAccountId: owner,
    grants: preferred ? privateGrants(bucketAccountId) : (given ?? privateGrants(owner)),
  };
}

function lockOf(
  call: Call,
  bucket: Bucket,
  input: AttributeInput,
): { readonly retention: Retention | null; readonly legalHold: boolean | null } {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  const { lock } = bucket.row;
  if (lock === null) {
    if (mode !== undefined || until !== undefined || hold !== undefined)
      throw invalidRequest("Bucket is missing Object Lock Configuration");
    return { retention: null, legalHold: null };
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      mode === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
      undefined,
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
    );
  }
  if (hold !== undefined && hold !== "ON" && hold !== "OFF") {
    throw invalidArgument("x-amz-object-lock-legal-hold", hold, "Legal Hold must be either of 'ON' or 'OFF'");
  }
  const legalHold = hold === undefined ? null : hold === "ON";
  if (mode !== undefined && until !== undefined) {
    if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE")
      throw invalidArgument("x-amz-object-lock-mode", mode, "Unknown wormMode directive.");
    if (until.getTime() <= call.nowMs)
      throw invalidArgument(
        "x-amz-object-lock-retain-until-date",
        until.toISOString(),
        "The retain until date must be in the future!",
      );
    return { retention: { mode: mode, untilMs: until.getTime() }, legalHold };
  }
  return { retention: defaultRetention(bucket, call.nowMs), legalHold };
}

/** What the bucket's object lock gives an object that asks for nothing. */
export function defaultRetention(bucket: Bucket, nowMs: number): Retention | null {
  const { lock } = bucket.row;
  if (lock === null || lock.mode === null) return null;
  if (lock.days !== null) return { mode: lock.mode, untilMs: nowMs + lock.days * dayMs };
  const until = new Date(nowMs);
  until.setUTCFullYear(until.getUTCFullYear() + (lock.years ?? 0));
  return { mode: lock.mode, untilMs: until.getTime() };
}

/** Keys are at most 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > limits.keySizeBytesMax) {
    throw s3Error("KeyTooLongError", 400, "Your key is too long", {
      Size: sizeBytes,
      MaxSizeAllowed: limits.keySizeBytesMax,
    });
  }
}
