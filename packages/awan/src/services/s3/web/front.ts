/**
 * HTTP that is no S3 API call: browsers' forms and preflights, and websites. It also tells the front door which CORS
 * headers an API answer needs.
 */
import type { HttpRequest, HttpResponse } from "../../../host/http.ts";
import type { Effect, FormSigner, Shell } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { findBucket, readConfig } from "../bucket.ts";
import { s3Error } from "../errors.ts";
import { type CorsConfig, corsHeaders, type CorsRequest } from "./cors.ts";
import { postObject } from "./post-object.ts";
import { serveWebsite } from "./website.ts";

const websiteHost = /^(?<bucket>.+)\.s3-website(?:[.-]|$)/;
const bucketHost = /^(?<bucket>.+?)\.(?:s3[.-].*|localhost|s3)$/;

/** The bucket that a host or, failing that, a path names. */
function bucketOf(request: HttpRequest): string {
  const host = (request.headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase();
  const named = websiteHost.exec(host)?.groups?.["bucket"] ?? bucketHost.exec(host)?.groups?.["bucket"];
  return named ?? decodeURIComponent(/^\/([^/?]*)/.exec(request.target)?.[1] ?? "");
}

export async function front(shell: Shell, request: HttpRequest, signerOf: FormSigner): Promise<HttpResponse> {
  const bucket = bucketOf(request);
  const requestId = await shell.run({ name: "s3.Front" }, (call) => call.requestId);
  const hostId = Buffer.from(`${requestId}/${requestId}`).toString("base64");
  const ids = { "x-amz-request-id": requestId, "x-amz-id-2": hostId, server: "AmazonS3" };
  try {
    if (request.method === "OPTIONS") return withHeaders(await preflight(shell, request, bucket), ids);
    if (websiteHost.test(request.headers["host"] ?? "")) return await serveWebsite(shell, request, bucket);
    const answer = await postObject(shell, request, bucket, signerOf);
    return withHeaders(answer, { ...ids, ...(await answerCors(shell, request, bucket)) });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return withHeaders(refusal(error, requestId, hostId), ids);
  }
}

const withHeaders = (answer: HttpResponse, headers: Readonly<Record<string, string>>): HttpResponse => ({
  ...answer,
  headers: { ...headers, ...answer.headers },
});

function refusal(error: AwsError, requestId: string, hostId: string): HttpResponse {
  const { $headers: headers, ...members } = error.members;
  const fields = [...Object.entries(members), ["RequestId", requestId], ["HostId", hostId]];
  const list = fields.map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>${list.join("")}</Error>`;
  return {
    status: error.status ?? 400,
    headers: { "content-type": "application/xml", ...(headers as Record<string, string> | undefined) },
    body,
  };
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

async function preflight(shell: Shell, request: HttpRequest, bucket: string): Promise<HttpResponse> {
  const {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": headers = "",
  } = request.headers;
  if (origin === undefined)
    throw s3Error("BadRequest", 400, "Insufficient information. Origin request header needed.");
  const wanted = headers
    .split(",")
    .map((header) => header.trim().toLowerCase())
    .filter((header) => header !== "");
  const config = await configOf(shell, bucket);
  if (typeof config === "string") throw forbidden(config, method ?? "OPTIONS", "BUCKET");
  if (method === undefined) throw s3Error("BadRequest", 400, "Invalid Access-Control-Request-Method: null");
  const given = corsHeaders(config, { origin, method, headers: wanted, preflight: true });
  if (given === undefined) throw forbidden(notAllowed, method, resourceTypeOf(request));
  return { status: 200, headers: given, body: "" };
}

const notAllowed =
  "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";

const forbidden = (why: string, method: string, resourceType: string): Error =>
  s3Error("AccessForbidden", 403, `CORSResponse: ${why}`, { Method: method, ResourceType: resourceType });

/** Whether the path names a key. */
const resourceTypeOf = ({ target, headers }: HttpRequest): string => {
  const path = target.split("?", 1)[0] ?? "/";
  const isInHost = bucketHost.test((headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase());
  return (isInHost ? /^\/./ : /^\/[^/]+\/./).test(path) ? "OBJECT" : "BUCKET";
};

/** The bucket's rules, or why there are none. */
const configOf = (shell: Shell, bucket: string): Promise<CorsConfig | string> =>
  shell.run({ name: "s3.GetBucketCors" }, (call) => {
    const found = findBucket(call, bucket);
    if (found === undefined) return "Bucket not found";
    return (readConfig(found, "cors") as CorsConfig | undefined) ?? "CORS is not enabled for this bucket.";
  });

const corsOf = async (
  shell: Shell,
  bucket: string,
  request: CorsRequest,
): Promise<Record<string, string> | undefined> => {
  const config = await configOf(shell, bucket);
  return typeof config === "string" ? undefined : corsHeaders(config, request);
};

async function answerCors(
  shell: Shell,
  request: HttpRequest,
  bucket: string,
): Promise<Record<string, string>> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  const asked = { origin, method: request.method, headers: [], preflight: false };
  return (await corsOf(shell, bucket, asked)) ?? {};
}

/** The headers that a bucket's CORS rules add to an answer; undefined when none fits. */
export const cors: Effect = async (context, request: CorsRequest & { readonly bucket: string }) =>
  corsOf(context.shell, request.bucket, request);
