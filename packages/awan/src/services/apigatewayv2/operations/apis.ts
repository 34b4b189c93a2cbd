/** APIs: create (also the quick form with a target), read, change, delete. */
import type { Call } from "../../../host/call.ts";
import { apiRecord, clearContent, isMapped, makeApi, removeApi } from "../api.ts";
import type { Input, Output } from "../client.ts";
import { badRequest } from "../errors.ts";
import { type ApiRow, apis, stages } from "../keys.ts";
import { autoDeployed, contentChanged, findApi } from "../lookup.ts";
import { importDocument, parseDocument } from "../openapi.ts";
import { changed, page } from "../records.ts";
import { makeIntegration } from "./integrations.ts";
import { makeRoute } from "./routes.ts";

export function createApi(call: Call, input: Input<"CreateApi">): Output<"CreateApi"> {
  const { CredentialsArn, RouteKey, Target, ...settings } = input;
  if (settings.ProtocolType === "WEBSOCKET" && settings.RouteSelectionExpression === undefined) {
    throw badRequest("RouteSelectionExpression is required for WebSocket APIs");
  }
  if (settings.ProtocolType === "HTTP") {
    const expression = settings.RouteSelectionExpression ?? "$request.method $request.path";
    if (!/^\$\{?request\.method\}? \$\{?request\.path\}?$/.test(expression)) {
      throw badRequest(
        "Invalid routeSelectionExpression. Only supported value for HTTP protocol APIs is: ${request.method} ${request.path}",
      );
    }
    if (settings.DisableSchemaValidation !== undefined) {
      throw badRequest("DisableSchemaValidation is not supported for HTTP APIs");
    }
  } else if (settings.CorsConfiguration !== undefined) {
    throw badRequest("CORS configuration is only supported for HTTP APIs");
  }
  const row = makeApi(call, settings);
  if (Target !== undefined)
    quickStart(call, row, { target: Target, routeKey: RouteKey ?? "$default", credentials: CredentialsArn });
  return apiRecord(call, row);
}

/** The quick form: one integration, one route, and a `$default` stage that deploys by itself. */
function quickStart(
  call: Call,
  api: ApiRow,
  quick: { readonly target: string; readonly routeKey: string; readonly credentials: string | undefined },
): void {
  const apiId = api.ApiId as string;
  const isFunction = quick.target.startsWith("arn:");
  const integration = makeIntegration(call, api, {
    ApiGatewayManaged: true,
    IntegrationType: isFunction ? "AWS_PROXY" : "HTTP_PROXY",
    IntegrationUri: quick.target,
    ...(isFunction ? {} : { IntegrationMethod: "ANY" }),
    PayloadFormatVersion: isFunction ? "2.0" : "1.0",
    CredentialsArn: quick.credentials,
  });
  makeRoute(call, api, {
    ApiGatewayManaged: true,
    RouteKey: quick.routeKey,
    Target: `integrations/${integration.IntegrationId}`,
  });
  const stage = autoDeployed(call, apiId, {
    ApiGatewayManaged: true,
    AutoDeploy: true,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageName: "$default",
    StageVariables: {},
    Tags: {},
    createdAtMs: call.nowMs,
    updatedAtMs: call.nowMs,
  });
  stages.set(call.tx, [apiId, "$default"], stage);
}

export function getApi(call: Call, input: Input<"GetApi">): Output<"GetApi"> {
  return apiRecord(call, findApi(call, input.ApiId));
}

export function getApis(call: Call, input: Input<"GetApis">): Output<"GetApis"> {
  const { items, nextToken } = page(call, apis, [], input);
  return { Items: items.map((row) => apiRecord(call, row)), NextToken: nextToken };
}

export function updateApi(call: Call, input: Input<"UpdateApi">): Output<"UpdateApi"> {
  const row = changed(findApi(call, input.ApiId), input, ["ApiId", "CredentialsArn", "RouteKey", "Target"]);
  apis.set(call.tx, [input.ApiId], row);
  return apiRecord(call, row);
}

export function deleteApi(call: Call, input: Input<"DeleteApi">): void {
  findApi(call, input.ApiId);
  if (isMapped(call, input.ApiId)) {
    throw badRequest(
      "Deleting API with active api mappings is not allowed. Please delete all the api mappings and try again.",
    );
  }
  removeApi(call, input.ApiId);
}

export function deleteCorsConfiguration(call: Call, input: Input<"DeleteCorsConfiguration">): void {
  const { CorsConfiguration: _, ...row } = findApi(call, input.ApiId);
  apis.set(call.tx, [input.ApiId], row);
}

export function importApi(call: Call, input: Input<"ImportApi">): Output<"ImportApi"> {
  const document = parseDocument(input.Body);
  const row = makeApi(call, {
    Name: document.title,
    ProtocolType: "HTTP",
    RouteSelectionExpression: "$request.method $request.path",
  });
  return apiRecord(call, importDocument(call, row, document));
}

export function reimportApi(call: Call, input: Input<"ReimportApi">): Output<"ReimportApi"> {
  const row = findApi(call, input.ApiId);
  const document = parseDocument(input.Body);
  clearContent(call, input.ApiId);
  const imported = importDocument(call, { ...row, Name: document.title }, document);
  contentChanged(call, input.ApiId);
  return apiRecord(call, imported);
}
