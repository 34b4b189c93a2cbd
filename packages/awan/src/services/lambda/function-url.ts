/**
 * Requests to function URLs: payload format 2.0 in, a response object, plain JSON or a stream out, CORS before both.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Call } from "../../host/call.ts";
import type { HttpRequest, HttpResponse } from "../../host/http.ts";
import type { Shell } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { isOpenUrl } from "./authorization.ts";
import { qualifierExists, resolveTarget } from "./function.ts";
import { urlOwners, type UrlRow, urls } from "./keys.ts";
import type { Streaming } from "./operations/invoke-with-response-stream.ts";
import type { InvokeResult } from "./port.ts";
import { globalScope } from "./url.ts";

const json = (status: number, body: object): HttpResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const troubleshooting =
  "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

function forbidden(Message: string | null): HttpResponse {
  const answer = json(403, { Message });
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": "AccessDeniedException" } };
}

/** Where GetFunction and GetLayerVersion say that code can be fetched. */
const codePath = /^\/awan-lambda-code\/([0-9a-f]{64})\.zip$/;

/** The service's `front`: function URLs, and archives of code. */
export async function answerFront(shell: Shell, request: HttpRequest): Promise<HttpResponse> {
  const blob = codePath.exec(request.target)?.[1];
  if (blob === undefined) return answerFunctionUrl(shell, request);
  if (!(await shell.blobs.has(blob))) return json(404, { Message: "Not Found" });
  return { status: 200, headers: { "content-type": "application/zip" }, body: await shell.blobs.read(blob) };
}

async function answerFunctionUrl(shell: Shell, request: HttpRequest): Promise<HttpResponse> {
  const urlId = (request.headers["host"] ?? "").split(".")[0] ?? "";
  const owner = await shell.run({ name: "lambda.find-url", ...globalScope }, (call: Call) => ({
    row: urlOwners.get(call.tx, [urlId]),
  }));
  if (owner.row === undefined) return forbidden(null);
  const { accountId, region, functionName, qualifier } = owner.row;
  const reference = { name: functionName, qualifier: qualifier === "" ? undefined : qualifier };
  const found = await shell.run({ name: "lambda.resolve-url", accountId, region }, (call: Call) => ({
    url: urls.get(call.tx, [functionName, qualifier]),
    isOpen: isOpenUrl(call, reference),
    // An alias may be gone while its URL is still there.
    target: qualifierExists(call, reference) ? resolveTarget(call, reference) : undefined,
    requestId: call.random.uuid(),
    nowMs: call.nowMs,
  }));
  const { url, target } = found;
  if (url === undefined || target === undefined) return forbidden(troubleshooting);
  if (url.authType === "NONE" && !found.isOpen) return forbidden(troubleshooting);
  if (
    url.authType === "AWS_IAM" &&
    request.headers["authorization"] === undefined &&
    !request.target.includes("X-Amz-Signature=")
  ) {
    return forbidden(troubleshooting);
  }
  const cors = corsHeaders(url, request);
  if (request.method === "OPTIONS" && cors !== undefined) return { status: 200, headers: cors, body: "" };
  const event = await eventOf(request, { urlId, requestId: found.requestId, nowMs: found.nowMs });
  const run = {
    target,
    payload: Buffer.from(JSON.stringify(event), "utf8"),
    requestId: found.requestId,
  };
  try {
    const response =
      url.invokeMode === "RESPONSE_STREAM"
        ? await streamed((await shell.perform("lambda.stream", run)) as Streaming)
        : responseOf((await shell.perform("lambda.run", run)) as InvokeResult);
    return { ...response, headers: { ...response.headers, ...cors, "x-amzn-requestid": found.requestId } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return error.code === "TooManyRequestsException"
      ? json(429, { Reason: error.members["Reason"], Type: "User", message: "Rate Exceeded." })
      : json(502, { message: "Internal Server Error" });
  }
}

async function eventOf(
  request: HttpRequest,
  at: { readonly urlId: string; readonly requestId: string; readonly nowMs: number },
): Promise<object> {
  const [path, query] = splitOnce(request.target, "?");
  const { cookie, connection: _, ...received } = request.headers;
  const headers = { ...received, ...forwarded(request) };
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body) : await buffer(request.body);
  const isText =
    /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded)|[^;]*\+(?:json|xml))/.test(
      headers["content-type"] ?? "",
    );
  const host = headers["host"] ?? "";
  const date = new Date(at.nowMs);
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  }
  const rawPath = decodeURIComponent(path).replace(/^\/+/, "/");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query === "" ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: "anonymous",
      apiId: at.urlId,
      domainName: host,
      domainPrefix: at.urlId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: request.remoteAddress,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: at.requestId,
      routeKey: "$default",
      stage: "$default",
      time: `${String(date.getUTCDate()).padStart(2, "0")}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`,
      timeEpoch: at.nowMs,
    },
    ...(body.byteLength === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.byteLength > 0 && !isText,
  };
}

/** What AWS's front end adds. */
const forwarded = (request: HttpRequest): Record<string, string> => ({
  "x-forwarded-for": request.remoteAddress,
  "x-forwarded-port": /:(\d+)$/.exec(request.origin)?.[1] ?? "80",
  "x-forwarded-proto": request.origin.startsWith("https:") ? "https" : "http",
});

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

interface ResponseObject {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

function responseOf(result: InvokeResult): HttpResponse {
  if (result.functionError !== undefined) {
    return { status: 502, headers: { "content-type": "application/json" }, body: "Internal Server Error" };
  }
  const text = Buffer.from(result.payload).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = text;
  }
  if (value === null || typeof value !== "object" || !("statusCode" in value)) {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    return { status: 200, headers: { "content-type": "application/json" }, body };
  }
  const response = value as ResponseObject;
  const body = response.body === undefined || response.body === null ? "" : response.body;
  const bodyText = typeof body === "string" ? body : JSON.stringify(body);
  return {
    status: response.statusCode ?? 200,
    headers: headersOf(response),
    body: response.isBase64Encoded === true ? Buffer.from(bodyText, "base64") : bodyText,
  };
}

function headersOf({ headers = {}, cookies }: ResponseObject): HttpResponse["headers"] {
  const result: Record<string, string | readonly string[]> = { "content-type": "application/json" };
  for (const [name, value] of Object.entries(headers)) result[name.toLowerCase()] = String(value);
  if (cookies !== undefined && cookies.length > 0) result["set-cookie"] = cookies;
  return result;
}

async function streamed({ stream, result }: Streaming): Promise<HttpResponse> {
  await stream.started;
  // A handler that does not stream answers all at once.
  if (stream.isEmpty) return responseOf(await result);
  const { preludeJson } = stream;
  const prelude = preludeJson === undefined ? {} : (JSON.parse(preludeJson) as ResponseObject);
  const headers =
    preludeJson === undefined ? { "content-type": "application/octet-stream" } : headersOf(prelude);
  return { status: prelude.statusCode ?? 200, headers, body: Readable.from(stream) };
}

/** The CORS headers of an answer; undefined when the URL has no CORS configuration or the origin is not allowed. */
function corsHeaders(url: UrlRow, request: HttpRequest): Record<string, string> | undefined {
  const { origin } = request.headers;
  if (url.cors === null || origin === undefined) return undefined;
  const cors = url.cors as { readonly [name: string]: unknown; readonly MaxAge?: number };
  const list = (name: string): string[] => (cors[name] as string[] | undefined) ?? [];
  const origins = list("AllowOrigins");
  if (!origins.includes("*") && !origins.includes(origin)) return undefined;
  const headers: Record<string, string> = {
    "access-control-allow-origin": origins.includes("*") ? "*" : origin,
    vary: "Origin",
  };
  const add = (name: string, values: readonly string[]): void => {
    if (values.length > 0) headers[name] = values.join(",");
  };
  add("access-control-expose-headers", list("ExposeHeaders"));
  if (cors["AllowCredentials"] === true) headers["access-control-allow-credentials"] = "true";
  if (request.method !== "OPTIONS") return headers;
  add("access-control-allow-methods", list("AllowMethods"));
  add("access-control-allow-headers", list("AllowHeaders"));
  if (cors.MaxAge !== undefined) headers["access-control-max-age"] = String(cors.MaxAge);
  return headers;
}
