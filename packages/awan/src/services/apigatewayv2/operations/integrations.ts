/** Integrations: what answers a route. */
import type { Integration } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { conflict } from "../errors.ts";
import { type ApiRow, integrationResponses, integrations, routes } from "../keys.ts";
import { integrationTimeoutMsMax, webSocketIntegrationTimeoutMsMax } from "../limits.ts";
import { contentChanged, findApi, findIntegration } from "../lookup.ts";
import { changed, compact, deleteAll, newId, page } from "../records.ts";
import { checkIntegration } from "../validation.ts";

export function makeIntegration(call: Call, api: ApiRow, integration: Integration): Integration {
  checkIntegration(api, integration);
  const http = api.ProtocolType === "HTTP";
  const isFunction =
    integration.IntegrationType === "AWS_PROXY" && integration.IntegrationSubtype === undefined;
  const row = compact<Integration>({
    ...integration,
    ConnectionType: integration.ConnectionType ?? "INTERNET",
    IntegrationId: newId(call),
    IntegrationMethod: integration.IntegrationMethod ?? (isFunction ? "POST" : undefined),
    PassthroughBehavior: http ? undefined : (integration.PassthroughBehavior ?? "WHEN_NO_MATCH"),
    PayloadFormatVersion: integration.PayloadFormatVersion ?? "1.0",
    TimeoutInMillis:
      integration.TimeoutInMillis ?? (http ? integrationTimeoutMsMax : webSocketIntegrationTimeoutMsMax),
  });
  integrations.set(call.tx, [api.ApiId as string, row.IntegrationId as string], row);
  return row;
}

export function createIntegration(
  call: Call,
  input: Input<"CreateIntegration">,
): Output<"CreateIntegration"> {
  const { ApiId, TlsConfig, ...integration } = input;
  const row = makeIntegration(
    call,
    findApi(call, ApiId),
    compact<Integration>({ ...integration, TlsConfig }),
  );
  contentChanged(call, ApiId);
  return row;
}

export function getIntegration(call: Call, input: Input<"GetIntegration">): Output<"GetIntegration"> {
  return findIntegration(call, input.ApiId, input.IntegrationId);
}

export function getIntegrations(call: Call, input: Input<"GetIntegrations">): Output<"GetIntegrations"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, integrations, [input.ApiId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateIntegration(
  call: Call,
  input: Input<"UpdateIntegration">,
): Output<"UpdateIntegration"> {
  const { ApiId, IntegrationId } = input;
  const before = findIntegration(call, ApiId, IntegrationId);
  // Request parameters are merged; an empty value removes one (UpdateIntegration's documentation).
  const parameters = { ...before.RequestParameters, ...input.RequestParameters };
  for (const [name, value] of Object.entries(parameters)) if (value === "") delete parameters[name];
  const row = compact<Integration>({
    ...changed(before, input, ["ApiId", "IntegrationId"]),
    RequestParameters: Object.keys(parameters).length === 0 ? undefined : parameters,
  });
  checkIntegration(findApi(call, ApiId), row);
  integrations.set(call.tx, [ApiId, IntegrationId], row);
  contentChanged(call, ApiId);
  return row;
}

export function deleteIntegration(call: Call, input: Input<"DeleteIntegration">): void {
  const { ApiId, IntegrationId } = input;
  findIntegration(call, ApiId, IntegrationId);
  for (const { value: route } of routes.scan(call.tx, [ApiId])) {
    if (route.Target === `integrations/${IntegrationId}`) {
      throw conflict(
        `Cannot delete Integration '${IntegrationId}'. It is referenced by Route '${route.RouteKey}'.`,
      );
    }
  }
  integrations.delete(call.tx, [ApiId, IntegrationId]);
  deleteAll(call, integrationResponses, [ApiId, IntegrationId]);
  contentChanged(call, ApiId);
}
