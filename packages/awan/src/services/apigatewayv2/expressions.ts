/**
 * Parameter mapping: `$request.header.name`, `$request.body.path`, `$context.…`, `$stageVariables.…`, alone or inside
 * text as `${…}` ("Transforming API requests and responses").
 */
import type { Authorization, Exchange, Reply } from "./exchange.ts";
import { requestTime, resourceOf } from "./event.ts";

const alone = /^\$((?:request|response|context|stageVariables)(?:\.[^\s]+)?)$/;

/** The value of a mapping, or undefined when what it names does not exist. */
export function evaluateMapping(
  source: string,
  exchange: Exchange,
  authorization: Authorization,
  reply?: Reply,
): string | undefined {
  const whole = alone.exec(source);
  if (whole !== null) return resolve(whole[1] as string, exchange, authorization, reply);
  return source.replaceAll(
    /\$\{((?:request|response|context|stageVariables)\.[^}]+)\}/g,
    (_, path: string) => resolve(path, exchange, authorization, reply) ?? "",
  );
}

function resolve(
  path: string,
  exchange: Exchange,
  authorization: Authorization,
  reply?: Reply,
): string | undefined {
  const [root, kind, ...rest] = path.split(".");
  const name = rest.join(".");
  if (root === "stageVariables") return exchange.stage.StageVariables?.[path.slice("stageVariables.".length)];
  if (root === "context") return contextValue(path.slice("context.".length), exchange, authorization);
  if (root === "response") {
    if (kind === "header") return reply?.headers[name.toLowerCase()];
    return kind === "body" && reply !== undefined ? bodyValue(reply.body, name) : undefined;
  }
  switch (kind) {
    case "header":
      return exchange.arrival.headers[name.toLowerCase()];
    case "querystring":
      return exchange.queryValues.get(name)?.join(",");
    case "path":
      return name === "" ? exchange.path : exchange.pathParameters[name];
    case "body":
      return bodyValue(exchange.arrival.body, name);
    default:
      return undefined;
  }
}

/** A whole body, or what a path such as `order.lines[0].sku` selects in a JSON body: text as it is, the rest as JSON. */
function bodyValue(body: string | Uint8Array, path: string): string | undefined {
  const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  if (path === "") return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    value =
      index === undefined
        ? (value as Record<string, unknown>)[name as string]
        : (value as unknown[])[Number(index)];
  }
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `$context` variables, for mappings and access logs. */
export function contextValue(
  name: string,
  exchange: Exchange,
  authorization: Authorization,
): string | undefined {
  if (name.startsWith("authorizer.")) return authorizerValue(name.slice("authorizer.".length), authorization);
  const routeKey = exchange.routed.route.RouteKey as string;
  const values: Readonly<Record<string, string | undefined>> = {
    accountId: exchange.accountId,
    apiId: exchange.api.ApiId,
    domainName: exchange.domainName,
    domainPrefix: exchange.domainName.split(".")[0],
    extendedRequestId: exchange.requestId,
    httpMethod: exchange.arrival.method,
    "identity.sourceIp": exchange.arrival.sourceIp,
    "identity.userAgent": exchange.arrival.headers["user-agent"],
    path: exchange.rawPath,
    protocol: "HTTP/1.1",
    requestId: exchange.requestId,
    requestTime: requestTime(exchange.receivedAtMs),
    requestTimeEpoch: String(Math.floor(exchange.receivedAtMs / 1000)),
    resourcePath: resourceOf(routeKey),
    routeKey,
    stage: exchange.stage.StageName,
  };
  return values[name];
}

function authorizerValue(name: string, authorization: Authorization): string | undefined {
  if (authorization.kind === "jwt") return authorization.claims[name.replace(/^claims\./, "")];
  if (authorization.kind !== "lambda") return undefined;
  if (name === "principalId") return authorization.principalId;
  const value = authorization.context[name];
  return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
}
