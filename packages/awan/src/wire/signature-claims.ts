/** What a signature says of itself: is it all there, and is it for this request's day, region and service? */
import type { HttpRequest } from "../host/http.ts";
import { type Credential, headerField } from "./credential.ts";
import type { RequestUrl } from "./request-url.ts";
import { type Dialect, refusal, s3Refusal } from "./signature-errors.ts";

const presignedParameters = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
];
const credentialForm = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"';

export function checkComplete(
  credential: Credential,
  request: HttpRequest,
  url: RequestUrl,
  dialect: Dialect,
): void {
  if (credential.source === "query") checkCompleteQuery(credential, url, dialect);
  else checkCompleteHeader(credential, request, dialect);
  if (signsHost(credential) || dialect === "s3") return;
  throw refusal(
    "mismatch",
    dialect,
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
  );
}

function signsHost({ signedHeaders }: Credential): boolean {
  return signedHeaders.includes("host") || signedHeaders.includes(":authority");
}

function checkCompleteQuery(credential: Credential, url: RequestUrl, dialect: Dialect): void {
  const missing = presignedParameters.filter((name) => !url.query.get(name)?.[0]);
  if (dialect === "s3") {
    if (missing.length > 0 || !url.query.has("X-Amz-Expires")) {
      throw s3Refusal.badQuery(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    }
    if (credential.service === undefined) {
      throw s3Refusal.badQuery(
        `Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting ${credentialForm}.`,
      );
    }
    return;
  }
  if (missing.length > 0) {
    const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'. `).join("");
    throw refusal("incomplete", dialect, `${sentences}Re-examine the query-string parameters.`);
  }
  if (credential.service === undefined)
    throw notFiveParts(dialect, url.query.get("X-Amz-Credential")?.[0] ?? "");
}

function checkCompleteHeader(credential: Credential, request: HttpRequest, dialect: Dialect): void {
  const authorization = request.headers["authorization"] ?? "";
  const scope = headerField(authorization, "Credential=");
  const missing = ["Credential", "Signature", "SignedHeaders"].filter(
    (name) => !headerField(authorization, `${name}=`),
  );
  if (dialect === "s3") {
    if (missing.length > 0) throw s3Refusal.malformed(`it must contain ${missing.join(", ")}.`);
    if (credential.service === undefined) {
      throw s3Refusal.malformed(`the Credential is mal-formed; expecting ${credentialForm}.`);
    }
    return;
  }
  const { headers } = request;
  const sentences = missing.map((name) => `Authorization header requires '${name}' parameter. `);
  if (headers["x-amz-date"] === undefined && headers["date"] === undefined) {
    sentences.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (sentences.length > 0) {
    throw refusal("incomplete", dialect, `${sentences.join("")}Authorization=${authorization}`);
  }
  if (credential.service === undefined) throw notFiveParts(dialect, scope ?? "");
}

function notFiveParts(dialect: Dialect, scope: string): Error {
  return refusal(
    "incomplete",
    dialect,
    `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${scope}'`,
  );
}

export function checkScope(
  credential: Credential,
  dialect: Dialect,
  amzDate: string,
  expected: { readonly region?: string | undefined; readonly service?: string | undefined },
): void {
  const problem = (message: string): Error => refusal("mismatch", dialect, message);
  const { region, service, terminator, date } = credential;
  const day = amzDate.slice(0, 8);
  if (dialect === "s3") {
    checkS3Scope(credential, day, expected);
    return;
  }
  if (expected.region !== undefined && region !== expected.region) {
    throw problem(`Credential should be scoped to a valid region, not '${region}'. `);
  }
  if (expected.service !== undefined && service !== expected.service) {
    throw problem(`Credential should be scoped to correct service: '${expected.service}'. `);
  }
  if (terminator !== "aws4_request") {
    throw problem(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
    );
  }
  if (date !== day) {
    throw problem(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${amzDate}'.`,
    );
  }
}

function checkS3Scope(
  { source, region, service, terminator, date }: Credential,
  day: string,
  expected: { readonly region?: string | undefined; readonly service?: string | undefined },
): void {
  const refuse = (detail: string, members: Readonly<Record<string, unknown>> = {}): Error =>
    source === "query"
      ? s3Refusal.badQuery(`Error parsing the X-Amz-Credential parameter; ${detail}`)
      : s3Refusal.malformed(detail, members);
  if (expected.region !== undefined && region !== expected.region) {
    throw refuse(`the region '${region}' is wrong; expecting '${expected.region}'`, {
      Region: expected.region,
    });
  }
  if (expected.service !== undefined && service !== expected.service) {
    throw refuse(`incorrect service "${service}". This endpoint belongs to "${expected.service}".`);
  }
  if (terminator !== "aws4_request") {
    throw refuse(`incorrect terminal "${terminator}". This endpoint uses "aws4_request".`);
  }
  if (date !== day)
    throw refuse(`Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${day}".`);
}

/** S3 wants every `x-amz-*` header signed, since they all mean something. */
export function checkUnsignedHeaders(credential: Credential, request: HttpRequest): void {
  const signed = new Set(credential.signedHeaders);
  const unsigned: string[] = [];
  for (const name in request.headers) {
    if (!name.startsWith("x-amz-") || signed.has(name)) continue;
    // A presigned URL may come with the hash of its body, which it could not know.
    if (credential.source === "query" && name === "x-amz-content-sha256") continue;
    unsigned.push(name);
  }
  if (!signsHost(credential)) unsigned.unshift("host");
  if (unsigned.length === 0) return;
  throw s3Refusal.denied("There were headers present in the request which were not signed", {
    HeadersNotSigned: unsigned.join(", "),
  });
}
