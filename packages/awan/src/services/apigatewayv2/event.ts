/**
 * The events HTTP APIs hand to functions, in both payload formats ("Create AWS Lambda proxy integrations for HTTP
 * APIs"). Paths are percent-decoded and carry the stage's name, as on AWS.
 */
import type { Authorization, Exchange } from "./exchange.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

/** `12/Mar/2020:19:03:58 +0000`. */
export function requestTime(atMs: number): string {
  const at = new Date(atMs);
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

const textTypes = /^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/i;

export interface EventBody {
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
}

/** Bodies of textual types travel as text, all others (forms too) in base64. */
export function eventBody(body: Uint8Array, contentType: string | undefined): EventBody {
  if (body.length === 0) return { body: undefined, isBase64Encoded: false };
  const type = contentType?.split(";")[0]?.trim();
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (type === undefined ? isUtf8(bytes) : textTypes.test(type))
    return { body: bytes.toString("utf8"), isBase64Encoded: false };
  return { body: bytes.toString("base64"), isBase64Encoded: true };
}

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);

const hasMembers = (value: object | undefined): boolean =>
  value !== undefined && Object.keys(value).length > 0;

/** Headers as functions see them: what proxies add on AWS is added. */
export function eventHeaders(exchange: Exchange): Record<string, string> {
  const { arrival } = exchange;
  const { cookie: _, connection: _connection, ...headers } = arrival.headers;
  const secure = arrival.origin.startsWith("https:");
  return {
    ...headers,
    "content-length": String(arrival.body.length),
    host: arrival.hostHeader,
    "x-forwarded-for": joined(arrival.headers["x-forwarded-for"], arrival.sourceIp),
    "x-forwarded-port": /:(\d+)$/.exec(arrival.origin)?.[1] ?? (secure ? "443" : "80"),
    "x-forwarded-proto": secure ? "https" : "http",
  };
}

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}, ${value}`;

export const cookiesOf = (headers: Readonly<Record<string, string>>): string[] =>
  (headers["cookie"] ?? "")
    .split(/;\s*/)
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");

function queryParameters(exchange: Exchange): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, values] of exchange.queryValues) parameters[name] = values.join(",");
  return parameters;
}

function authorizer2(authorization: Authorization): object | undefined {
  switch (authorization.kind) {
    case "none":
      return undefined;
    case "jwt":
      return { jwt: { claims: authorization.claims, scopes: authorization.scopes } };
    case "lambda":
      return { lambda: authorization.context };
    default:
      return {
        iam: {
          accessKey: authorization.accessKey,
          accountId: authorization.accountId,
          callerId: authorization.accessKey,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: authorization.arn,
          userId: authorization.accessKey,
        },
      };
  }
}

function context2(exchange: Exchange, authorization: Authorization): object {
  const authorizer = authorizer2(authorization);
  return {
    accountId: exchange.accountId,
    apiId: exchange.api.ApiId,
    ...(authorizer === undefined ? {} : { authorizer }),
    domainName: exchange.domainName,
    domainPrefix: exchange.domainName.split(".")[0],
    http: {
      method: exchange.arrival.method,
      path: exchange.rawPath,
      protocol: "HTTP/1.1",
      sourceIp: exchange.arrival.sourceIp,
      userAgent: exchange.arrival.headers["user-agent"] ?? "",
    },
    requestId: exchange.requestId,
    routeKey: exchange.routed.route.RouteKey,
    stage: exchange.stage.StageName,
    time: requestTime(exchange.receivedAtMs),
    timeEpoch: exchange.receivedAtMs,
  };
}

/** The members both the function's event and the authorizer's event of format 2.0 have. */
export function event2(exchange: Exchange, authorization: Authorization): Record<string, unknown> {
  const cookies = cookiesOf(exchange.arrival.headers);
  const parameters = queryParameters(exchange);
  return {
    version: "2.0",
    routeKey: exchange.routed.route.RouteKey,
    rawPath: exchange.rawPath,
    rawQueryString: exchange.query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: eventHeaders(exchange),
    ...(hasMembers(parameters) ? { queryStringParameters: parameters } : {}),
    requestContext: context2(exchange, authorization),
    ...(hasMembers(exchange.pathParameters) ? { pathParameters: exchange.pathParameters } : {}),
    ...(hasMembers(exchange.stage.StageVariables) ? { stageVariables: exchange.stage.StageVariables } : {}),
  };
}

export function functionEvent2(exchange: Exchange, authorization: Authorization): Record<string, unknown> {
  const { body, isBase64Encoded } = eventBody(
    exchange.arrival.body,
    exchange.arrival.headers["content-type"],
  );
  return { ...event2(exchange, authorization), ...(body === undefined ? {} : { body }), isBase64Encoded };
}

/** HTTP APIs hand these names over in this casing in format 1.0, all others as they came. */
const cased: Readonly<Record<string, string>> = {
  "content-length": "Content-Length",
  host: "Host",
  "user-agent": "User-Agent",
  "x-amzn-trace-id": "X-Amzn-Trace-Id",
  "x-forwarded-for": "X-Forwarded-For",
  "x-forwarded-port": "X-Forwarded-Port",
  "x-forwarded-proto": "X-Forwarded-Proto",
};

/** The path a route stands for: `/orders/{id}`, or `$default`. */
export const resourceOf = (routeKey: string): string =>
  routeKey === "$default" ? "$default" : routeKey.slice(routeKey.indexOf(" ") + 1);

/** Members both the function's event and the authorizer's event of format 1.0 have. */
export function event1(exchange: Exchange, authorization: Authorization): Record<string, unknown> {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  const cookie = exchange.arrival.headers["cookie"];
  for (const [name, value] of Object.entries({
    ...eventHeaders(exchange),
    ...(cookie === undefined ? {} : { cookie }),
  })) {
    headers[cased[name] ?? name] = value;
    multiValueHeaders[cased[name] ?? name] = [value];
  }
  const query: Record<string, string> = {};
  const multiValueQuery: Record<string, readonly string[]> = {};
  for (const [name, values] of exchange.queryValues) {
    query[name] = values.at(-1) as string;
    multiValueQuery[name] = values;
  }
  const resource = resourceOf(exchange.routed.route.RouteKey as string);
  return {
    version: "1.0",
    resource,
    path: exchange.rawPath,
    httpMethod: exchange.arrival.method,
    headers,
    multiValueHeaders,
    queryStringParameters: hasMembers(query) ? query : null,
    multiValueQueryStringParameters: hasMembers(multiValueQuery) ? multiValueQuery : null,
    requestContext: context1(exchange, authorization, resource),
    pathParameters: hasMembers(exchange.pathParameters) ? exchange.pathParameters : null,
    stageVariables: hasMembers(exchange.stage.StageVariables) ? exchange.stage.StageVariables : null,
  };
}

function authorizer1(authorization: Authorization): object {
  if (authorization.kind === "jwt") return { claims: authorization.claims, scopes: authorization.scopes };
  if (authorization.kind !== "lambda") return {};
  const { context, principalId } = authorization;
  return { ...context, ...(principalId === undefined ? {} : { principalId }) };
}

function context1(exchange: Exchange, authorization: Authorization, resource: string): object {
  const iam = authorization.kind === "iam" ? authorization : undefined;
  const authorizer = authorizer1(authorization);
  return {
    accountId: exchange.accountId,
    apiId: exchange.api.ApiId,
    ...(Object.keys(authorizer).length > 0 ? { authorizer } : {}),
    domainName: exchange.domainName,
    domainPrefix: exchange.domainName.split(".")[0],
    extendedRequestId: exchange.requestId,
    httpMethod: exchange.arrival.method,
    identity: {
      accessKey: iam?.accessKey ?? null,
      accountId: iam?.accountId ?? null,
      caller: iam?.accessKey ?? null,
      cognitoAmr: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: exchange.arrival.sourceIp,
      user: iam?.accessKey ?? null,
      userAgent: exchange.arrival.headers["user-agent"] ?? "",
      userArn: iam?.arn ?? null,
    },
    path: exchange.rawPath,
    protocol: "HTTP/1.1",
    requestId: exchange.requestId,
    requestTime: requestTime(exchange.receivedAtMs),
    requestTimeEpoch: exchange.receivedAtMs,
    resourceId: exchange.routed.route.RouteKey,
    resourcePath: resource,
    stage: exchange.stage.StageName,
  };
}

export function functionEvent1(exchange: Exchange, authorization: Authorization): Record<string, unknown> {
  const { body, isBase64Encoded } = eventBody(
    exchange.arrival.body,
    exchange.arrival.headers["content-type"],
  );
  return { ...event1(exchange, authorization), body: body ?? null, isBase64Encoded };
}
