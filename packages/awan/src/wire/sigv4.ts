/**
 * Signature version 4: what requests claim (`credentialOf`) and whether it is true (`verifySignature`), for headers,
 * presigned URLs and POST forms, with S3's rules where S3 differs. SigV4a is read but not verified.
 */
import { type KeyObject, createSecretKey } from "node:crypto";
import type { HttpRequest } from "../host/http.ts";
import { notImplemented } from "../kernel/errors.ts";
import { type CanonicalParts, canonicalRequest } from "./canonical-request.ts";
import type { Credential } from "./credential.ts";
import type { RequestUrl } from "./request-url.ts";
import { type Dialect, missingAuthentication, refusal, s3Refusal } from "./signature-errors.ts";
import { checkComplete, checkScope, checkUnsignedHeaders } from "./signature-claims.ts";
import { type SignedAt, checkTime, signedAtOf } from "./signature-time.ts";
import { signTwo, stringToSignTwo } from "./signature-v2.ts";
import { sha256Hex, sign, signingKey } from "./signing-key.ts";

export { credentialOf, credentialOfForm, type Credential } from "./credential.ts";
export type { Dialect } from "./signature-errors.ts";

export interface Secret {
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
  readonly expiresAtMs?: number | undefined;
}

export interface Verification {
  readonly request: HttpRequest;
  readonly url: RequestUrl;
  readonly credential: Credential | undefined;
  readonly dialect: Dialect;
  readonly nowMs: number;
  /** What the scope has to name, where that is known. */
  readonly expected?: { readonly region?: string | undefined; readonly service?: string | undefined };
  readonly secretFor: (accessKeyId: string) => Secret | undefined;
  /** The bucket of a virtual host, which version 2 signs. */
  readonly bucket?: string | undefined;
}

/** What the chunks of an `aws-chunked` body are signed with. */
export interface Verified {
  readonly credential: Credential;
  readonly key: KeyObject;
  readonly amzDate: string;
  readonly scope: string;
  /** The request's own signature, the seed of its chunks' chain. */
  readonly seed: string;
}

/** Throws the refusal AWS would give; returns what verifies the body's chunks, if it is signed in chunks. */
export function verifySignature(verification: Verification): Verified {
  const { credential, dialect, request, url, nowMs } = verification;
  if (credential === undefined) throw missingAuthentication(dialect);
  if (credential.algorithm === "AWS") return verifyVersionTwo(verification, credential);
  if (credential.algorithm !== "AWS4-HMAC-SHA256")
    throw notImplemented("the verification of SigV4a signatures");
  checkComplete(credential, request, url, dialect);
  const signedAt = signedAtOf(credential, request, url, dialect);
  checkScope(credential, dialect, signedAt.amzDate, verification.expected ?? {});
  checkTime(signedAt, dialect, nowMs);
  const secret = secretOf(credential, verification);
  const { date, region = "", service = "" } = credential;
  const key = signingKey(secret.secretAccessKey, { date, region, service });
  const scope = `${date}/${region}/${service}/aws4_request`;
  if (dialect === "s3") checkUnsignedHeaders(credential, request);
  checkMatch(verification, credential, signedAt, { key, scope });
  return { credential, key, amzDate: signedAt.amzDate, scope, seed: credential.signature };
}

/**
 * S3's version 2: presigned URLs, which boto3 makes by default, and headers, which S3 in us-east-1 still takes from old
 * clients.
 */
function verifyVersionTwo(verification: Verification, credential: Credential): Verified {
  const { dialect, request, url, nowMs } = verification;
  if (dialect !== "s3") throw notImplemented("signature version 2");
  const { secretAccessKey } = secretOf(credential, verification);
  if (credential.source === "query") {
    const expires = Number(url.query.get("Expires")?.[0]);
    if (!Number.isFinite(expires) || expires * 1000 < nowMs) {
      throw s3Refusal.denied("Request has expired", { ServerTime: new Date(nowMs).toISOString() });
    }
  } else checkTime(signedAtOf(credential, request, url, dialect), dialect, nowMs);
  const stringToSign = stringToSignTwo({ request, url, bucket: verification.bucket });
  const { accessKeyId, signature } = credential;
  // botocore ends the resource of a bucket with a slash, wherever the request's own path ends.
  const slashed = stringToSignTwo({ request, url, bucket: verification.bucket, isSlashed: true });
  if (![stringToSign, slashed].some((each) => signTwo(secretAccessKey, each) === signature)) {
    throw refusal("mismatch", dialect, undefined, {
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: signature,
      StringToSignBytes: spacedHex(stringToSign),
    });
  }
  return {
    credential,
    key: createSecretKey(secretAccessKey, "utf8"),
    amzDate: "",
    scope: "",
    seed: signature,
  };
}

function secretOf(credential: Credential, { secretFor, dialect, nowMs }: Verification): Secret {
  const { accessKeyId, sessionToken } = credential;
  const secret = secretFor(accessKeyId);
  if (secret === undefined) {
    throw refusal("unknownKey", dialect, undefined, dialect === "s3" ? { AWSAccessKeyId: accessKeyId } : {});
  }
  if (secret.sessionToken !== undefined && secret.sessionToken !== sessionToken)
    throw refusal("badToken", dialect);
  if (secret.expiresAtMs !== undefined && secret.expiresAtMs <= nowMs) throw refusal("expiredToken", dialect);
  return secret;
}

function checkMatch(
  { request, url, dialect }: Verification,
  credential: Credential,
  { amzDate }: SignedAt,
  { key, scope }: { readonly key: KeyObject; readonly scope: string },
): void {
  const parts: CanonicalParts = {
    method: request.method,
    path: url.path,
    rawQuery: url.rawQuery,
    headers: request.headers,
    signedHeaders: credential.signedHeaders,
    payloadHash: payloadHashOf(request, url, credential, dialect),
    isS3: dialect === "s3",
  };
  const stringToSignOf = (content: string | Uint8Array): string =>
    `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256Hex(content)}`;
  const isSigned = (content: string | Uint8Array): boolean =>
    sign(key, stringToSignOf(content)) === credential.signature;
  const canonical = canonicalRequest(parts);
  if (isSigned(canonical)) return;
  // Beyond ASCII, what came over a socket is bytes, one character each.
  if (isSigned(Buffer.from(canonical, "latin1"))) return;
  // Node joins repeated headers with ", ".
  const tight = canonicalRequest({ ...parts, isJoinedTightly: true });
  if (isSigned(Buffer.from(tight, "latin1"))) return;
  const stringToSign = stringToSignOf(Buffer.from(canonical, "latin1"));
  throw mismatch(dialect, credential, canonical, stringToSign);
}

function mismatch(dialect: Dialect, credential: Credential, canonical: string, stringToSign: string): Error {
  if (dialect === "s3") {
    return refusal("mismatch", dialect, undefined, {
      AWSAccessKeyId: credential.accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: credential.signature,
      StringToSignBytes: spacedHex(stringToSign),
      CanonicalRequest: canonical,
      CanonicalRequestBytes: spacedHex(canonical),
    });
  }
  const text = refusal("mismatch", dialect).message;
  return refusal(
    "mismatch",
    dialect,
    `${text}\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`,
  );
}

function spacedHex(text: string): string {
  return (Buffer.from(text, "latin1").toString("hex").match(/../g) ?? []).join(" ");
}

const hexHash = /^[0-9a-f]{64}$/;
const emptyHash = sha256Hex("");

/** What stands for the body in the canonical request. */
function payloadHashOf(
  request: HttpRequest,
  url: RequestUrl,
  credential: Credential,
  dialect: Dialect,
): string {
  const { body } = request;
  const claimed = request.headers["x-amz-content-sha256"];
  if (dialect !== "s3") {
    if (body instanceof Uint8Array) return body.length === 0 ? emptyHash : sha256Hex(body);
    return claimed ?? "UNSIGNED-PAYLOAD";
  }
  if (credential.source === "query") {
    return url.query.get("X-Amz-Content-Sha256")?.[0] ?? claimed ?? "UNSIGNED-PAYLOAD";
  }
  if (claimed === undefined) throw s3Refusal.missingHash();
  if (!hexHash.test(claimed)) {
    if (!claimed.startsWith("STREAMING-") && claimed !== "UNSIGNED-PAYLOAD")
      throw s3Refusal.invalidHash(claimed);
    return claimed;
  }
  if (body instanceof Uint8Array) {
    const computed = body.length === 0 ? emptyHash : sha256Hex(body);
    if (computed !== claimed) throw s3Refusal.wrongHash(claimed, computed);
  }
  return claimed;
}

/** The signature a chunk of an `aws-chunked` body must have; `previous` is the chunk's before it, or the seed. */
export function chunkSignature(verified: Verified, previous: string, chunk: Uint8Array): string {
  const { amzDate, scope } = verified;
  const lines = ["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope, previous, emptyHash, sha256Hex(chunk)];
  return sign(verified.key, lines.join("\n"));
}

export interface PolicyVerification {
  readonly credential: Credential;
  /** The form's `policy` field, still in Base64: that text is what is signed. */
  readonly policy: string;
  readonly nowMs: number;
  readonly secretFor: (accessKeyId: string) => Secret | undefined;
}

/** Checks the signature of a browser's POST form, version 4 or 2; the policy's conditions are S3's business. */
export function verifyPostPolicy(verification: PolicyVerification): void {
  const { credential, policy, nowMs, secretFor } = verification;
  const { secretAccessKey } = secretOf(credential, { dialect: "s3", nowMs, secretFor } as Verification);
  const { date, region = "", service = "", accessKeyId, signature } = credential;
  const expected =
    credential.algorithm === "AWS"
      ? signTwo(secretAccessKey, policy)
      : sign(signingKey(secretAccessKey, { date, region, service }), policy);
  if (expected === signature) return;
  throw refusal("mismatch", "s3", undefined, {
    AWSAccessKeyId: accessKeyId,
    StringToSign: policy,
    SignatureProvided: signature,
    StringToSignBytes: spacedHex(policy),
  });
}
