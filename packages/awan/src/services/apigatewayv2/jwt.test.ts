/** Tokens signed here with a real key are accepted, and refused for each thing that can be wrong. */
import { generateKeyPairSync, type JsonWebKey, sign } from "node:crypto";
import { expect, test } from "vitest";
import { checkToken, claimTexts, parseToken, type Token } from "./jwt.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key: JsonWebKey = publicKey.export({ format: "jwk" });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenOf(claims: object, algorithm = "RS256"): Token {
  const signed = `${part({ alg: algorithm, kid: "k" })}.${part(claims)}`;
  const signature = sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url");
  return parseToken(`Bearer ${signed}.${signature}`) as Token;
}

const claims = { iss: "https://issuer", aud: ["app"], exp: 2000, iat: 1000, nbf: 1000 };
const expected = { issuer: "https://issuer", audience: ["app"], nowMs: 1_500_000 };

test("a good token", () => expect(checkToken(tokenOf(claims), key, expected)).toEqual({ ok: true }));

test.each([
  ["issuer", { ...claims, iss: "https://other" }, {}],
  ["audience", { ...claims, aud: "other" }, {}],
  ["client id as audience", { ...claims, aud: undefined, client_id: "other" }, {}],
  ["expiry", claims, { nowMs: 2_000_000 }],
  ["not before", { ...claims, nbf: 1600 }, {}],
  ["issued at", { ...claims, iat: 1600 }, {}],
])("a wrong %s", (_, changed, rest) => {
  expect(checkToken(tokenOf(changed), key, { ...expected, ...rest }).ok).toBe(false);
});

test("a changed payload and a symmetric algorithm are refused", () => {
  const token = tokenOf(claims);
  expect(checkToken({ ...token, signed: `${token.signed}x` }, key, expected).ok).toBe(false);
  expect(checkToken(tokenOf(claims, "HS256"), key, expected).ok).toBe(false);
  expect(parseToken("no.token")).toBeUndefined();
});

test("claims are text for functions", () => {
  expect(claimTexts({ groups: ["a", "b"], n: 1, t: true })).toEqual({ groups: "[a b]", n: "1", t: "true" });
});
