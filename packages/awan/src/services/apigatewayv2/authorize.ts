/** Whether a request may pass: JWT, Lambda and IAM authorization of routes. */
import type { Authorizer } from "@aws-sdk/client-apigatewayv2";
import type { JsonWebKey } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { type Authorization, type Exchange, gatewayReply, type Verdict } from "./exchange.ts";
import { authorizeByFunction } from "./authorize-function.ts";
import { evaluateMapping } from "./expressions.ts";
import { checkToken, claimTexts, parseToken, scopesOf } from "./jwt.ts";
import { issuerKeys } from "./keys.ts";
import { issuerKeysMs } from "./limits.ts";

const pass = (authorization: Authorization): Verdict => ({ passed: authorization });
const noAuthorization: Authorization = { kind: "none" };

export function authorize(call: Call, exchange: Exchange): Answer<Verdict> {
  const { route, authorizer } = exchange.routed;
  switch (route.AuthorizationType) {
    case "AWS_IAM":
      return authorizeByIam(call, exchange);
    case "JWT":
      return authorizer === null
        ? { refused: gatewayReply(500, "Internal Server Error") }
        : authorizeByJwt(call, exchange, authorizer);
    case "CUSTOM":
      return authorizer === null
        ? { refused: gatewayReply(500, "Internal Server Error") }
        : authorizeByFunction(call, exchange, authorizer);
    default:
      return pass(noAuthorization);
  }
}

/** A signed request passes; what its policies allow is decided when IAM enforcement exists. */
function authorizeByIam(call: Call, exchange: Exchange): Verdict {
  const credential = /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(
    exchange.arrival.headers["authorization"] ?? "",
  );
  const accessKey =
    credential?.[1] ?? new URLSearchParams(exchange.query).get("X-Amz-Credential")?.split("/")[0];
  if (accessKey === undefined) return { refused: gatewayReply(403, "Forbidden") };
  return pass({ kind: "iam", accessKey, accountId: call.accountId, arn: call.principal.arn });
}

function unauthorized(reason?: string): Verdict {
  const challenge =
    reason === undefined ? "Bearer" : `Bearer scope="" error="invalid_token" error_description="${reason}"`;
  const reply = gatewayReply(401, "Unauthorized");
  return { refused: { ...reply, headers: { ...reply.headers, "www-authenticate": challenge } } };
}

function authorizeByJwt(call: Call, exchange: Exchange, authorizer: Authorizer): Answer<Verdict> {
  const issuer = authorizer.JwtConfiguration?.Issuer ?? "";
  const text = evaluateMapping(
    authorizer.IdentitySource?.[0] ?? "$request.header.Authorization",
    exchange,
    noAuthorization,
  );
  if (text === undefined || text === "") return unauthorized();
  const token = parseToken(text);
  if (token === undefined) return unauthorized("the token is malformed");
  const finish = (now: Call, keys: readonly JsonWebKey[]): Verdict => {
    const key =
      token.keyId === undefined ? keys[0] : keys.find((candidate) => candidate["kid"] === token.keyId);
    if (key === undefined) return unauthorized("the token's signing key is not known");
    const verdict = checkToken(token, key, {
      issuer,
      audience: authorizer.JwtConfiguration?.Audience ?? [],
      nowMs: now.nowMs,
    });
    if (!verdict.ok) return unauthorized(verdict.reason);
    const wanted = exchange.routed.route.AuthorizationScopes ?? [];
    const scopes = scopesOf(token.claims);
    if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
      return { refused: gatewayReply(403, "Forbidden") };
    }
    return pass({ kind: "jwt", claims: claimTexts(token.claims), scopes: wanted.length > 0 ? scopes : null });
  };
  const cached = issuerKeys.get(call.tx, [issuer]);
  const isKnown = cached?.keys.some((key) => (key as JsonWebKey)["kid"] === token.keyId) === true;
  if (cached !== undefined && isKnown && cached.fetchedAtMs + issuerKeysMs > call.nowMs)
    return finish(call, cached.keys as readonly JsonWebKey[]);
  return new Perform<Verdict>(
    "apigatewayv2.issuer-keys",
    { issuer },
    (later, keys: readonly JsonWebKey[]) => {
      issuerKeys.set(later.tx, [issuer], { keys, fetchedAtMs: later.nowMs });
      return finish(later, keys);
    },
  );
}
