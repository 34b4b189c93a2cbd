/** From an authorised request to its answer: the function, the URL or the AWS service behind the route. */
import type { Integration } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { type Authorization, type Exchange, gatewayReply, type Reply } from "./exchange.ts";
import { eventHeaders, functionEvent1, functionEvent2, resourceOf } from "./event.ts";
import { internalError, functionReply } from "./response.ts";
import { integrateService } from "./integrate-service.ts";
import { mapRequest, mapResponse } from "./mappings.ts";

/** What the effect `lambda.invoke` answers. */
export interface Invoked {
  readonly payload: Uint8Array;
  readonly functionError?: string;
}

export function integrate(call: Call, exchange: Exchange, authorization: Authorization): Answer<Reply> {
  const { integration } = exchange.routed;
  if (integration === null) return internalError;
  if (integration.IntegrationSubtype !== undefined)
    return integrateService(call, exchange, authorization, integration);
  const uri = withStageVariables(integration.IntegrationUri ?? "", exchange);
  if (integration.IntegrationType === "AWS_PROXY")
    return integrateFunction(call, exchange, authorization, uri);
  if (integration.ConnectionType === "VPC_LINK") return gatewayReply(503, "Service Unavailable");
  return integrateHttp(exchange, authorization, integration, uri);
}

const withStageVariables = (uri: string, exchange: Exchange): string =>
  uri.replaceAll(
    /\$\{stageVariables\.([^}]+)\}/g,
    (_, name: string) => exchange.stage.StageVariables?.[name] ?? "",
  );

/** The function's ARN out of an integration URI, whether wrapped in API Gateway's invocation path or plain. */
export function functionArnOf(uri: string): string | undefined {
  const wrapped = /functions\/(arn:[^/]+)\/invocations/.exec(uri);
  if (wrapped !== null) return wrapped[1];
  return /^arn:[^:]+:lambda:/.test(uri) ? uri : undefined;
}

/** `a1b2c3/$default/GET/orders/{id}`: what a function's policy names as the source of a call. */
function sourceArnOf(exchange: Exchange): string {
  const routeKey = exchange.routed.route.RouteKey as string;
  const place = routeKey === "$default" ? "/$default" : `/${exchange.arrival.method}${resourceOf(routeKey)}`;
  const path = `${exchange.api.ApiId}/${exchange.stage.StageName}${place}`;
  return `arn:aws:execute-api:${exchange.region}:${exchange.accountId}:${path}`;
}

/** With credentials the integration assumes a role; without, the function's own policy must let API Gateway in. */
function mayInvoke(call: Call, exchange: Exchange, functionArn: string): boolean {
  if (exchange.routed.integration?.CredentialsArn !== undefined) return true;
  return call.ports.lambda.allows(call, {
    functionArn,
    principal: "apigateway.amazonaws.com",
    sourceArn: sourceArnOf(exchange),
    sourceAccount: exchange.accountId,
  });
}

function integrateFunction(
  call: Call,
  exchange: Exchange,
  authorization: Authorization,
  uri: string,
): Answer<Reply> {
  const integration = exchange.routed.integration as Integration;
  const functionArn = functionArnOf(uri);
  if (functionArn === undefined || !mayInvoke(call, exchange, functionArn)) return internalError;
  const version = integration.PayloadFormatVersion === "2.0" ? "2.0" : "1.0";
  const event =
    version === "2.0" ? functionEvent2(exchange, authorization) : functionEvent1(exchange, authorization);
  return new Perform<Reply>(
    "lambda.invoke",
    { functionArn, payload: Buffer.from(JSON.stringify(event)), kind: "RequestResponse" },
    (_, invoked: Invoked) => {
      if (invoked.functionError !== undefined) return internalError;
      return mapResponse(functionReply(invoked.payload, version), exchange, authorization, integration);
    },
  );
}

function integrateHttp(
  exchange: Exchange,
  authorization: Authorization,
  integration: Integration,
  uri: string,
): Answer<Reply> {
  const url = uri.replaceAll(/\{([^}+]+)\+?\}/g, (_, name: string) =>
    (exchange.pathParameters[name] ?? "").split("/").map(encodeURIComponent).join("/"),
  );
  const forward = mapRequest(
    {
      url: exchange.query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${exchange.query}`,
      method:
        integration.IntegrationMethod === undefined || integration.IntegrationMethod === "ANY"
          ? exchange.arrival.method
          : integration.IntegrationMethod,
      headers: eventHeaders(exchange),
      body: exchange.arrival.body,
    },
    exchange,
    authorization,
    integration,
  );
  return new Perform<Reply>("apigatewayv2.http", forward, (_, reply: Reply) =>
    mapResponse(reply, exchange, authorization, integration),
  );
}
