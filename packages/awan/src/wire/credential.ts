/**
 * What a request says of its signature, read from the `Authorization` header, a presigned query or the fields of a POST
 * form. Reading never fails and proves nothing: it tells account, region and service even when nobody checks.
 */
import { remembered } from "../kernel/remembered.ts";

export interface Credential {
  readonly source: "header" | "query" | "form";
  /** `AWS` is signature version 2, of which only the access key is known. */
  readonly algorithm: "AWS4-HMAC-SHA256" | "AWS4-ECDSA-P256-SHA256" | "AWS";
  readonly accessKeyId: string;
  /** Of the scope: `20260101`. Empty when the credential is malformed. */
  readonly date: string;
  /** Undefined when the scope has none: SigV4a, version 2, malformed. */
  readonly region: string | undefined;
  readonly service: string | undefined;
  /** The scope's last part; `aws4_request` in a sound one. */
  readonly terminator: string;
  /** Lower case, as listed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** The session's token, unchecked. */
  readonly sessionToken: string | undefined;
}

export type Query = ReadonlyMap<string, readonly string[]>;

/** The request's credential, or undefined when it is not signed at all. */
export function credentialOf(
  headers: Readonly<Record<string, string>>,
  query: Query,
): Credential | undefined {
  const authorization = headers["authorization"];
  if (authorization !== undefined) {
    if (authorization.startsWith("AWS4-")) return fromHeader(authorization, headers);
    if (authorization.startsWith("AWS ")) return version2(authorization.slice(4));
  }
  if (query.size === 0) return undefined;
  if (query.has("X-Amz-Credential") || query.has("X-Amz-Signature")) return fromQuery(query);
  const accessKeyId = query.get("AWSAccessKeyId")?.[0];
  const signature = query.get("Signature")?.[0];
  if (accessKeyId === undefined || signature === undefined) return undefined;
  return credential("query", "AWS", { accessKeyId, signature, scope: undefined, signedHeaders: [] });
}

/** The credential of a browser's POST form, whose field names are compared without case. */
export function credentialOfForm(fields: ReadonlyMap<string, string>): Credential | undefined {
  const lower = new Map([...fields].map(([name, value]) => [name.toLowerCase(), value]));
  const scope = lower.get("x-amz-credential");
  if (scope !== undefined) {
    return credential("form", algorithmNamed(lower.get("x-amz-algorithm")), {
      scope,
      signature: lower.get("x-amz-signature") ?? "",
      signedHeaders: [],
      sessionToken: lower.get("x-amz-security-token"),
    });
  }
  const accessKeyId = lower.get("awsaccesskeyid");
  if (accessKeyId === undefined) return undefined;
  const signature = lower.get("signature") ?? "";
  return credential("form", "AWS", { accessKeyId, signature, scope: undefined, signedHeaders: [] });
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, with or without the spaces. */
function fromHeader(authorization: string, headers: Readonly<Record<string, string>>): Credential {
  const algorithm = authorization.startsWith("AWS4-ECDSA") ? "AWS4-ECDSA-P256-SHA256" : "AWS4-HMAC-SHA256";
  return credential("header", algorithm, {
    scope: headerField(authorization, "Credential=") ?? "",
    signature: headerField(authorization, "Signature=") ?? "",
    signedHeaders: splitHeaders(headerField(authorization, "SignedHeaders=")),
    sessionToken: headers["x-amz-security-token"],
  });
}

/** The value after `name=` in an Authorization header; undefined when it is not there. */
export function headerField(authorization: string, name: string): string | undefined {
  const at = authorization.indexOf(name);
  if (at < 0) return undefined;
  const start = at + name.length;
  const comma = authorization.indexOf(",", start);
  return authorization.slice(start, comma < 0 ? authorization.length : comma).trim();
}

function fromQuery(query: Query): Credential {
  const value = (name: string): string | undefined => query.get(name)?.[0];
  return credential("query", algorithmNamed(value("X-Amz-Algorithm")), {
    scope: value("X-Amz-Credential") ?? "",
    signature: value("X-Amz-Signature") ?? "",
    signedHeaders: splitHeaders(value("X-Amz-SignedHeaders")),
    sessionToken: value("X-Amz-Security-Token"),
  });
}

function version2(text: string): Credential {
  const colon = text.lastIndexOf(":");
  return credential("header", "AWS", {
    accessKeyId: text.slice(0, colon).trim(),
    signature: text.slice(colon + 1),
    scope: undefined,
    signedHeaders: [],
  });
}

function algorithmNamed(name: string | undefined): Credential["algorithm"] {
  return name === "AWS4-ECDSA-P256-SHA256" ? name : "AWS4-HMAC-SHA256";
}

function splitHeaders(list: string | undefined): readonly string[] {
  return list === undefined || list === "" ? [] : parseHeaders(list);
}

/** Clients sign the same few sets of headers, with the same credential all day: what was split is kept. */
const parseHeaders = remembered((list): readonly string[] => list.toLowerCase().split(";"));

type Scope = Pick<Credential, "accessKeyId" | "date" | "region" | "service" | "terminator">;

/** `AKID/20260101/us-east-1/sqs/aws4_request`; without a region in SigV4a, which names its regions elsewhere. */
function parseScope(text: string, hasRegion: boolean): Scope {
  const parts = text.split("/");
  const isSound = parts.length >= (hasRegion ? 5 : 4);
  if (!isSound) return { ...noScope, accessKeyId: parts[0] ?? "" };
  const fromEnd = (back: number): string => parts[parts.length - back] ?? "";
  return {
    accessKeyId: parts.slice(0, parts.length - (hasRegion ? 4 : 3)).join("/"),
    date: fromEnd(hasRegion ? 4 : 3),
    region: hasRegion ? fromEnd(3) : undefined,
    service: fromEnd(2),
    terminator: fromEnd(1),
  };
}

const parseScope4 = remembered((text) => parseScope(text, true));
const noScope = { date: "", region: undefined, service: undefined, terminator: "" };

interface Parts {
  readonly scope: string | undefined;
  readonly accessKeyId?: string;
  readonly signature: string;
  readonly signedHeaders: readonly string[];
  readonly sessionToken?: string | undefined;
}

function credential(
  source: Credential["source"],
  algorithm: Credential["algorithm"],
  parts: Parts,
): Credential {
  const scope = scopeOf(algorithm, parts);
  return {
    source,
    algorithm,
    accessKeyId: scope.accessKeyId,
    date: scope.date,
    region: scope.region,
    service: scope.service,
    terminator: scope.terminator,
    signedHeaders: parts.signedHeaders,
    signature: parts.signature,
    sessionToken: parts.sessionToken,
  };
}

function scopeOf(algorithm: Credential["algorithm"], { scope, accessKeyId = "" }: Parts): Scope {
  if (scope === undefined) return { ...noScope, accessKeyId };
  return algorithm === "AWS4-HMAC-SHA256" ? parseScope4(scope) : parseScope(scope, false);
}
