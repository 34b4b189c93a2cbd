/** CORS by configuration: preflights are answered by the API itself, and its headers replace those of integrations. */
import type { Cors } from "@aws-sdk/client-apigatewayv2";
import type { Reply } from "./exchange.ts";

type Headers = Readonly<Record<string, string>>;

export const isPreflight = (method: string, headers: Headers): boolean =>
  method === "OPTIONS" &&
  headers["origin"] !== undefined &&
  headers["access-control-request-method"] !== undefined;

function allowedOrigin(cors: Cors, origin: string): string | undefined {
  for (const allowed of cors.AllowOrigins ?? []) {
    if (allowed === "*") return "*";
    if (allowed === origin) return origin;
    if (allowed.endsWith("://*") && origin.startsWith(allowed.slice(0, -1))) return origin;
  }
  return undefined;
}

/** The answer to a preflight: 204, with what is allowed if the origin is. */
export function preflightReply(cors: Cors, headers: Headers): Reply {
  const origin = allowedOrigin(cors, headers["origin"] ?? "");
  const reply: Record<string, string> = {};
  if (origin !== undefined) {
    reply["access-control-allow-origin"] = origin;
    if (cors.AllowMethods !== undefined) reply["access-control-allow-methods"] = cors.AllowMethods.join(",");
    if (cors.AllowHeaders !== undefined) {
      reply["access-control-allow-headers"] = cors.AllowHeaders.map((name) => name.toLowerCase()).join(",");
    }
    if (cors.MaxAge !== undefined) reply["access-control-max-age"] = String(cors.MaxAge);
    if (cors.AllowCredentials === true) reply["access-control-allow-credentials"] = "true";
    if (origin !== "*") reply["vary"] = "Origin";
  }
  return { status: 204, headers: reply, cookies: [], body: "" };
}

/** `reply` as a client of another origin receives it: the integration's own CORS headers are dropped. */
export function withCors(reply: Reply, cors: Cors | undefined, headers: Headers): Reply {
  if (cors === undefined) return reply;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.headers)) {
    if (!name.startsWith("access-control-")) kept[name] = value;
  }
  const requestOrigin = headers["origin"];
  const origin = requestOrigin === undefined ? undefined : allowedOrigin(cors, requestOrigin);
  if (origin === undefined) return { ...reply, headers: kept };
  kept["access-control-allow-origin"] = origin;
  if (cors.ExposeHeaders !== undefined && cors.ExposeHeaders.length > 0) {
    kept["access-control-expose-headers"] = cors.ExposeHeaders.map((name) => name.toLowerCase()).join(",");
  }
  if (cors.AllowCredentials === true) kept["access-control-allow-credentials"] = "true";
  return { ...reply, headers: kept };
}
