/** Lambda authorizers: their events, their two kinds of answer, and the memory of answers. */
import type { Authorizer } from "@aws-sdk/client-apigatewayv2";
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { event1, event2 } from "./event.ts";
import { type Authorization, type Exchange, gatewayReply, type Verdict } from "./exchange.ts";
import { evaluateMapping } from "./expressions.ts";
import { functionArnOf, type Invoked } from "./integrate.ts";
import { authorizerAnswers } from "./keys.ts";

const noAuthorization: Authorization = { kind: "none" };

export function authorizeByFunction(call: Call, exchange: Exchange, authorizer: Authorizer): Answer<Verdict> {
  const identity = (authorizer.IdentitySource ?? []).map((source) =>
    evaluateMapping(source, exchange, noAuthorization),
  );
  if (identity.some((value) => value === undefined || value === ""))
    return { refused: gatewayReply(401, "Unauthorized") };
  const functionArn = functionArnOf(authorizer.AuthorizerUri ?? "");
  if (functionArn === undefined) return { refused: gatewayReply(500, "Internal Server Error") };
  const routeArn = routeArnOf(exchange);
  const keepMs = identity.length === 0 ? 0 : (authorizer.AuthorizerResultTtlInSeconds ?? 0) * 1000;
  const key: [string, string, string] = [
    exchange.api.ApiId as string,
    authorizer.AuthorizerId as string,
    createHash("sha256").update(JSON.stringify(identity)).digest("hex"),
  ];
  const kept = keepMs === 0 ? undefined : authorizerAnswers.get(call.tx, key);
  if (kept !== undefined && kept.expiresAtMs > call.nowMs)
    return verdictOf(kept.answer, authorizer, routeArn);
  const event = authorizerEvent(exchange, authorizer, { identity: identity as string[], routeArn });
  return new Perform<Verdict>(
    "lambda.invoke",
    { functionArn, payload: Buffer.from(JSON.stringify(event)), kind: "RequestResponse" },
    (later, invoked: Invoked) => {
      if (invoked.functionError !== undefined) return failed(invoked);
      const answer = Buffer.from(invoked.payload).toString("utf8");
      if (keepMs > 0) {
        const expiresAtMs = later.nowMs + keepMs;
        authorizerAnswers.set(later.tx, key, { answer, expiresAtMs });
        later.schedule("apigatewayv2.forget-answer", key, expiresAtMs);
      }
      return verdictOf(answer, authorizer, routeArn);
    },
  );
}

/** A function that throws `Unauthorized` says 401; any other failure is a 500. */
function failed(invoked: Invoked): Verdict {
  const text = Buffer.from(invoked.payload).toString("utf8");
  const unauthorized = /"errorMessage"\s*:\s*"Unauthorized"/.test(text);
  return {
    refused: unauthorized ? gatewayReply(401, "Unauthorized") : gatewayReply(500, "Internal Server Error"),
  };
}

/** `arn:aws:execute-api:us-east-1:000000000000:a1b2c3/$default/GET/orders`. */
function routeArnOf(exchange: Exchange): string {
  const { method } = exchange.arrival;
  const place = `${exchange.api.ApiId}/${exchange.stage.StageName}/${method}${exchange.path}`;
  return `arn:aws:execute-api:${exchange.region}:${exchange.accountId}:${place}`;
}

function authorizerEvent(
  exchange: Exchange,
  authorizer: Authorizer,
  asked: { readonly identity: readonly string[]; readonly routeArn: string },
): object {
  if (authorizer.AuthorizerPayloadFormatVersion === "2.0") {
    const { version, ...rest } = event2(exchange, noAuthorization);
    return { version, type: "REQUEST", routeArn: asked.routeArn, identitySource: asked.identity, ...rest };
  }
  const { version, ...rest } = event1(exchange, noAuthorization);
  const identitySource = asked.identity.join(",");
  return {
    version,
    type: "REQUEST",
    methodArn: asked.routeArn,
    identitySource,
    authorizationToken: identitySource,
    ...rest,
  };
}

type Tree = Readonly<Record<string, unknown>>;

function verdictOf(text: string, authorizer: Authorizer, routeArn: string): Verdict {
  let answer: Tree | null;
  try {
    answer = JSON.parse(text) as Tree | null;
  } catch {
    return { refused: gatewayReply(500, "Internal Server Error") };
  }
  if (answer === null || typeof answer !== "object")
    return { refused: gatewayReply(500, "Internal Server Error") };
  const context = (answer["context"] ?? {}) as Tree;
  if (authorizer.AuthorizerPayloadFormatVersion === "2.0" && authorizer.EnableSimpleResponses === true) {
    if (typeof answer["isAuthorized"] !== "boolean")
      return { refused: gatewayReply(500, "Internal Server Error") };
    if (!answer["isAuthorized"]) return { refused: gatewayReply(403, "Forbidden") };
    return { passed: { kind: "lambda", context, principalId: undefined } };
  }
  const document = answer["policyDocument"] as Tree | undefined;
  if (typeof answer["principalId"] !== "string" || document === undefined) {
    return { refused: gatewayReply(500, "Internal Server Error") };
  }
  if (!policyAllows(document, routeArn)) return { refused: gatewayReply(403, "Forbidden") };
  return { passed: { kind: "lambda", context, principalId: answer["principalId"] } };
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** An explicit deny wins, then any allow: the statements name `execute-api:Invoke` and ARNs with wildcards. */
function policyAllows(document: Tree, routeArn: string): boolean {
  let allowed = false;
  for (const item of listOf(document["Statement"])) {
    const statement = item as Tree;
    const actions = listOf(statement["Action"]).map(String);
    const resources = listOf(statement["Resource"]).map(String);
    const applies =
      actions.some((action) => wildcard(action.toLowerCase(), "execute-api:invoke")) &&
      resources.some((resource) => wildcard(resource, routeArn));
    if (!applies) continue;
    if (statement["Effect"] === "Deny") return false;
    if (statement["Effect"] === "Allow") allowed = true;
  }
  return allowed;
}

function wildcard(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
