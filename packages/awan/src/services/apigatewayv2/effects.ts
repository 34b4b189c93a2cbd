/** The outside world of HTTP APIs: forwarding to a URL, and fetching the keys of a token's issuer. */
import type { EffectContext } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Reply } from "./exchange.ts";
import type { HttpForward } from "./mappings.ts";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  "content-length",
  "expect",
]);

export async function forwardHttp(_: EffectContext, request: HttpForward): Promise<Reply> {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopByHop.has(name)));
  const hasBody = request.body.length > 0 && request.method !== "GET" && request.method !== "HEAD";
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers,
      redirect: "manual",
      ...(hasBody ? { body: Buffer.from(request.body) } : {}),
    });
  } catch (error) {
    throw new AwsError("ServiceUnavailable", `${request.url} does not answer: ${String(error)}`, {
      status: 503,
      fault: "server",
    });
  }
  const body = new Uint8Array(await response.arrayBuffer());
  const answered: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    // What fetch has decoded already must not be announced as encoded.
    if (!hopByHop.has(name) && name !== "content-encoding" && name !== "set-cookie") answered[name] = value;
  }
  return { status: response.status, headers: answered, cookies: response.headers.getSetCookie(), body };
}

/** The issuer's JSON Web Keys, found through its OpenID configuration. Cognito issuers are Awan's own. */
export async function fetchIssuerKeys(
  { shell }: EffectContext,
  request: { readonly issuer: string },
): Promise<unknown> {
  const own = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([^/]+)$/.exec(request.issuer);
  const issuer = own === null ? request.issuer.replace(/\/$/, "") : `${shell.endpoint}/${own[1]}`;
  const keysUrl = own === null ? await keysUrlOf(issuer) : `${issuer}/.well-known/jwks.json`;
  const { keys } = (await fetchJson(keysUrl)) as { keys?: unknown };
  return Array.isArray(keys) ? keys : [];
}

async function keysUrlOf(issuer: string): Promise<string> {
  const configuration = (await fetchJson(`${issuer}/.well-known/openid-configuration`)) as {
    jwks_uri?: unknown;
  };
  return typeof configuration.jwks_uri === "string"
    ? configuration.jwks_uri
    : `${issuer}/.well-known/jwks.json`;
}

async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    return await response.json();
  } catch (error) {
    throw new AwsError("ServiceUnavailable", `${url} does not answer: ${String(error)}`, {
      status: 503,
      fault: "server",
    });
  }
}
