/** Models, route responses and integration responses: records WebSocket APIs use; HTTP APIs only keep them. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { conflict, partNotFound } from "../errors.ts";
import { integrationResponses, models, routeResponses } from "../keys.ts";
import { findApi, findIntegration, findModel, findRoute } from "../lookup.ts";
import { changed, compact, newId, page } from "../records.ts";

export function createModel(call: Call, input: Input<"CreateModel">): Output<"CreateModel"> {
  const { ApiId, ...model } = input;
  findApi(call, ApiId);
  for (const { value } of models.scan(call.tx, [ApiId])) {
    if (value.Name === input.Name)
      throw conflict(`Model with name ${input.Name} already exists for this API`);
  }
  const row = compact({
    ...model,
    ContentType: input.ContentType ?? "application/json",
    ModelId: newId(call, 6),
  });
  models.set(call.tx, [ApiId, row.ModelId], row);
  return row;
}

export function getModel(call: Call, input: Input<"GetModel">): Output<"GetModel"> {
  return findModel(call, input.ApiId, input.ModelId);
}

export function getModels(call: Call, input: Input<"GetModels">): Output<"GetModels"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, models, [input.ApiId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateModel(call: Call, input: Input<"UpdateModel">): Output<"UpdateModel"> {
  const row = changed(findModel(call, input.ApiId, input.ModelId), input, ["ApiId", "ModelId"]);
  models.set(call.tx, [input.ApiId, input.ModelId], row);
  return row;
}

export function deleteModel(call: Call, input: Input<"DeleteModel">): void {
  findModel(call, input.ApiId, input.ModelId);
  models.delete(call.tx, [input.ApiId, input.ModelId]);
}

export function createRouteResponse(
  call: Call,
  input: Input<"CreateRouteResponse">,
): Output<"CreateRouteResponse"> {
  const { ApiId, RouteId, ...response } = input;
  findRoute(call, ApiId, RouteId);
  const row = compact({ ...response, RouteResponseId: newId(call) });
  routeResponses.set(call.tx, [ApiId, RouteId, row.RouteResponseId], row);
  return row;
}

function findRouteResponse(call: Call, key: readonly [apiId: string, routeId: string, id: string]) {
  findRoute(call, key[0], key[1]);
  const row = routeResponses.get(call.tx, [...key]);
  if (row === undefined) throw partNotFound("RouteResponse", key[2]);
  return row;
}

export function getRouteResponse(call: Call, input: Input<"GetRouteResponse">): Output<"GetRouteResponse"> {
  return findRouteResponse(call, [input.ApiId, input.RouteId, input.RouteResponseId]);
}

export function getRouteResponses(
  call: Call,
  input: Input<"GetRouteResponses">,
): Output<"GetRouteResponses"> {
  findRoute(call, input.ApiId, input.RouteId);
  const { items, nextToken } = page(call, routeResponses, [input.ApiId, input.RouteId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateRouteResponse(
  call: Call,
  input: Input<"UpdateRouteResponse">,
): Output<"UpdateRouteResponse"> {
  const { ApiId, RouteId, RouteResponseId } = input;
  const before = findRouteResponse(call, [ApiId, RouteId, RouteResponseId]);
  const row = changed(before, input, ["ApiId", "RouteId", "RouteResponseId"]);
  routeResponses.set(call.tx, [ApiId, RouteId, RouteResponseId], row);
  return row;
}

export function deleteRouteResponse(call: Call, input: Input<"DeleteRouteResponse">): void {
  const { ApiId, RouteId, RouteResponseId } = input;
  findRouteResponse(call, [ApiId, RouteId, RouteResponseId]);
  routeResponses.delete(call.tx, [ApiId, RouteId, RouteResponseId]);
}

export function createIntegrationResponse(
  call: Call,
  input: Input<"CreateIntegrationResponse">,
): Output<"CreateIntegrationResponse"> {
  const { ApiId, IntegrationId, ...response } = input;
  findIntegration(call, ApiId, IntegrationId);
  const row = compact({ ...response, IntegrationResponseId: newId(call) });
  integrationResponses.set(call.tx, [ApiId, IntegrationId, row.IntegrationResponseId], row);
  return row;
}

function findIntegrationResponse(
  call: Call,
  key: readonly [apiId: string, integrationId: string, id: string],
) {
  findIntegration(call, key[0], key[1]);
  const row = integrationResponses.get(call.tx, [...key]);
  if (row === undefined) throw partNotFound("IntegrationResponse", key[2]);
  return row;
}

export function getIntegrationResponse(
  call: Call,
  input: Input<"GetIntegrationResponse">,
): Output<"GetIntegrationResponse"> {
  return findIntegrationResponse(call, [input.ApiId, input.IntegrationId, input.IntegrationResponseId]);
}

export function getIntegrationResponses(
  call: Call,
  input: Input<"GetIntegrationResponses">,
): Output<"GetIntegrationResponses"> {
  findIntegration(call, input.ApiId, input.IntegrationId);
  const { items, nextToken } = page(call, integrationResponses, [input.ApiId, input.IntegrationId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateIntegrationResponse(
  call: Call,
  input: Input<"UpdateIntegrationResponse">,
): Output<"UpdateIntegrationResponse"> {
  const { ApiId, IntegrationId, IntegrationResponseId } = input;
  const before = findIntegrationResponse(call, [ApiId, IntegrationId, IntegrationResponseId]);
  const row = changed(before, input, ["ApiId", "IntegrationId", "IntegrationResponseId"]);
  integrationResponses.set(call.tx, [ApiId, IntegrationId, IntegrationResponseId], row);
  return row;
}

export function deleteIntegrationResponse(call: Call, input: Input<"DeleteIntegrationResponse">): void {
  const { ApiId, IntegrationId, IntegrationResponseId } = input;
  findIntegrationResponse(call, [ApiId, IntegrationId, IntegrationResponseId]);
  integrationResponses.delete(call.tx, [ApiId, IntegrationId, IntegrationResponseId]);
}
