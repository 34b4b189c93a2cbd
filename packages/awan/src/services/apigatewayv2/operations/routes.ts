/** Routes: which request goes to which integration. */
import type { Route } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { badRequest, conflict, notFound, partNotFound } from "../errors.ts";
import { type ApiRow, authorizers, integrations, routeKeys, routeResponses, routes } from "../keys.ts";
import { contentChanged, findApi, findRoute } from "../lookup.ts";
import { changed, compact, deleteAll, newId, page } from "../records.ts";
import { integrationIdOf } from "../routing.ts";
import { checkRouteKey } from "../validation.ts";

export function makeRoute(call: Call, api: ApiRow, route: Route): Route {
  const apiId = api.ApiId as string;
  const row = compact<Route>({
    ...route,
    ApiKeyRequired: route.ApiKeyRequired ?? false,
    AuthorizationType: route.AuthorizationType ?? "NONE",
    RouteId: newId(call),
  });
  checkRoute(call, api, row);
  const routeKey = route.RouteKey as string;
  if (routeKeys.has(call.tx, [apiId, routeKey])) {
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  }
  routeKeys.set(call.tx, [apiId, routeKey], row.RouteId as string);
  routes.set(call.tx, [apiId, row.RouteId as string], row);
  return row;
}

function checkRoute(call: Call, api: ApiRow, route: Route): void {
  const apiId = api.ApiId as string;
  checkRouteKey(api, route.RouteKey as string);
  const integrationId = integrationIdOf(route.Target);
  if (route.Target !== undefined && integrationId === undefined) {
    throw badRequest(`Invalid target specified for route: ${route.Target}`);
  }
  if (integrationId !== undefined && !integrations.has(call.tx, [apiId, integrationId])) {
    throw notFound(`Unable to find Integration by key ${integrationId} within the provided Api`);
  }
  const type = route.AuthorizationType;
  if ((type === "JWT" || type === "CUSTOM") && route.AuthorizerId === undefined) {
    throw badRequest(`AuthorizerId is required when AuthorizationType is ${type}`);
  }
  if (route.AuthorizerId !== undefined && !authorizers.has(call.tx, [apiId, route.AuthorizerId])) {
    throw partNotFound("Authorizer", route.AuthorizerId);
  }
}

export function createRoute(call: Call, input: Input<"CreateRoute">): Output<"CreateRoute"> {
  const { ApiId, ...route } = input;
  const row = makeRoute(call, findApi(call, ApiId), route);
  contentChanged(call, ApiId);
  return row;
}

export function getRoute(call: Call, input: Input<"GetRoute">): Output<"GetRoute"> {
  return findRoute(call, input.ApiId, input.RouteId);
}

export function getRoutes(call: Call, input: Input<"GetRoutes">): Output<"GetRoutes"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, routes, [input.ApiId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateRoute(call: Call, input: Input<"UpdateRoute">): Output<"UpdateRoute"> {
  const { ApiId, RouteId } = input;
  const before = findRoute(call, ApiId, RouteId);
  const row = changed(before, input, ["ApiId", "RouteId"]);
  checkRoute(call, findApi(call, ApiId), row);
  if (row.RouteKey !== before.RouteKey) {
    if (routeKeys.has(call.tx, [ApiId, row.RouteKey as string])) {
      throw conflict(`Route with key ${row.RouteKey} already exists for this API`);
    }
    routeKeys.delete(call.tx, [ApiId, before.RouteKey as string]);
    routeKeys.set(call.tx, [ApiId, row.RouteKey as string], RouteId);
  }
  routes.set(call.tx, [ApiId, RouteId], row);
  contentChanged(call, ApiId);
  return row;
}

export function deleteRoute(call: Call, input: Input<"DeleteRoute">): void {
  const { ApiId, RouteId } = input;
  const row = findRoute(call, ApiId, RouteId);
  routes.delete(call.tx, [ApiId, RouteId]);
  routeKeys.delete(call.tx, [ApiId, row.RouteKey as string]);
  deleteAll(call, routeResponses, [ApiId, RouteId]);
  contentChanged(call, ApiId);
}

export function deleteRouteRequestParameter(call: Call, input: Input<"DeleteRouteRequestParameter">): void {
  const { ApiId, RouteId, RequestParameterKey } = input;
  const row = findRoute(call, ApiId, RouteId);
  const { [RequestParameterKey]: removed, ...rest } = row.RequestParameters ?? {};
  if (removed === undefined) throw notFound(`Invalid request parameter key specified ${RequestParameterKey}`);
  routes.set(call.tx, [ApiId, RouteId], { ...row, RequestParameters: rest });
  contentChanged(call, ApiId);
}
