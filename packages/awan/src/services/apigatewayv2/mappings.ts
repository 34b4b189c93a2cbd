/** Parameter mappings of an integration applied: `append:header.x`, `overwrite:querystring.y`, `remove:header.z`, … */
import type { Integration } from "@aws-sdk/client-apigatewayv2";
import type { Authorization, Exchange, Reply } from "./exchange.ts";
import { evaluateMapping } from "./expressions.ts";

/** What the effect `apigatewayv2.http` takes. */
export interface HttpForward {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const mappingKey = /^(append|overwrite|remove):(header|querystring|path|statuscode)(?:\.(.+))?$/;

/** The request as the integration receives it. */
export function mapRequest(
  forward: HttpForward,
  exchange: Exchange,
  authorization: Authorization,
  integration: Integration,
): HttpForward {
  const url = new URL(forward.url);
  const headers: Record<string, string> = { ...forward.headers };
  for (const [key, source] of Object.entries(integration.RequestParameters ?? {})) {
    const [, action, place, name = ""] = mappingKey.exec(key) ?? [];
    const value = action === "remove" ? undefined : evaluateMapping(source, exchange, authorization);
    if (action !== "remove" && value === undefined) continue;
    if (place === "header") changeHeader(headers, { action, name: name.toLowerCase(), value });
    else if (place === "querystring") {
      if (action !== "append") url.searchParams.delete(name);
      if (value !== undefined) url.searchParams.append(name, value);
    } else if (place === "path" && value !== undefined) url.pathname = value;
  }
  return { ...forward, url: url.href, headers };
}

/** Response mappings are kept per status code, and apply to what the integration answered. */
export function mapResponse(
  reply: Reply,
  exchange: Exchange,
  authorization: Authorization,
  integration: Integration,
): Reply {
  const mappings = integration.ResponseParameters?.[String(reply.status)];
  if (mappings === undefined) return reply;
  const headers: Record<string, string> = { ...reply.headers };
  let { status } = reply;
  for (const [key, source] of Object.entries(mappings)) {
    const [, action, place, name = ""] = mappingKey.exec(key) ?? [];
    const value = action === "remove" ? undefined : evaluateMapping(source, exchange, authorization, reply);
    if (place === "statuscode" && value !== undefined) status = Number(value);
    if (place === "header" && (action === "remove" || value !== undefined)) {
      changeHeader(headers, { action, name: name.toLowerCase(), value });
    }
  }
  return { ...reply, status, headers };
}

function changeHeader(
  headers: Record<string, string>,
  change: { readonly action: string | undefined; readonly name: string; readonly value: string | undefined },
): void {
  const { action, name, value } = change;
  const before = headers[name];
  if (value === undefined) delete headers[name];
  else headers[name] = action === "append" && before !== undefined ? `${before},${value}` : value;
}
