/** Verifying JSON Web Tokens for JWT authorizers: RSA signatures, issuer, audience, times, scopes. Pure but for the keys it is given. */
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { asText } from "./records.ts";

export interface Token {
  readonly keyId: string | undefined;
  readonly algorithm: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** The parts of a compact JWS, or undefined when `text` is none. */
export function parseToken(text: string): Token | undefined {
  const [header, payload, signature, ...rest] = text.replace(/^Bearer\s+/i, "").split(".");
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    return undefined;
  const head = jsonOf(header);
  const claims = jsonOf(payload);
  if (head === undefined || claims === undefined) return undefined;
  return {
    keyId: typeof head["kid"] === "string" ? head["kid"] : undefined,
    algorithm: String(head["alg"]),
    claims,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
  };
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const hashes: Readonly<Record<string, string>> = {
  RS256: "RSA-SHA256",
  RS384: "RSA-SHA384",
  RS512: "RSA-SHA512",
};

export interface Expected {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly nowMs: number;
}

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): Verdict => ({ ok: false, reason });

/** Whether `token` is signed by `key` and means us, now. HTTP APIs accept RSA-based algorithms only. */
export function checkToken(token: Token, key: JsonWebKey, expected: Expected): Verdict {
  const hash = hashes[token.algorithm];
  if (hash === undefined) return refuse("the token's algorithm is not supported");
  if (!verify(hash, Buffer.from(token.signed), createPublicKey({ key, format: "jwk" }), token.signature)) {
    return refuse("the token's signature is invalid");
  }
  return checkClaims(token.claims, expected);
}

export function checkClaims(claims: Readonly<Record<string, unknown>>, expected: Expected): Verdict {
  const nowSeconds = expected.nowMs / 1000;
  if (claims["iss"] !== expected.issuer) return refuse("the token has an invalid issuer");
  const given = claims["aud"] ?? claims["client_id"];
  const audiences = Array.isArray(given) ? given.map(String) : [String(given)];
  if (expected.audience.length > 0 && !audiences.some((audience) => expected.audience.includes(audience))) {
    return refuse("the token has an invalid audience");
  }
  if (typeof claims["exp"] !== "number" || claims["exp"] <= nowSeconds)
    return refuse("the token has expired");
  if (typeof claims["nbf"] === "number" && claims["nbf"] > nowSeconds)
    return refuse("the token is not yet valid");
  if (typeof claims["iat"] === "number" && claims["iat"] > nowSeconds)
    return refuse("the token was issued in the future");
  return { ok: true };
}

export const scopesOf = (claims: Readonly<Record<string, unknown>>): string[] => {
  const scope = claims["scope"] ?? claims["scp"] ?? "";
  return Array.isArray(scope)
    ? scope.map(String)
    : asText(scope)
        .split(" ")
        .filter((part) => part !== "");
};

/** Claims reach functions as text; lists as `[a b]`. */
export function claimTexts(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(claims)) {
    if (Array.isArray(value)) texts[name] = `[${value.map(String).join(" ")}]`;
    else texts[name] = asText(value);
  }
  return texts;
}
