/** Creating and deleting an API whole, whatever asked for it: CreateApi, ImportApi or a template. */
import type { Api } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../host/call.ts";
import {
  type ApiRow,
  apiMappings,
  apis,
  authorizerAnswers,
  authorizers,
  clearOwner,
  deployments,
  integrationResponses,
  integrations,
  models,
  routeKeys,
  routeResponses,
  routes,
  routings,
  setOwner,
  stages,
} from "./keys.ts";
import { compact, deleteAll, newId } from "./records.ts";

export type NewApi = Pick<Api, "Name" | "ProtocolType"> & Partial<Api>;

export function makeApi(call: Call, api: NewApi): ApiRow {
  const apiId = newId(call, 10);
  const row: ApiRow = compact({
    ...api,
    ApiEndpoint: undefined,
    ApiId: apiId,
    ApiKeySelectionExpression: api.ApiKeySelectionExpression ?? "$request.header.x-api-key",
    DisableExecuteApiEndpoint: api.DisableExecuteApiEndpoint ?? false,
    IpAddressType: api.IpAddressType ?? "ipv4",
    RouteSelectionExpression: api.RouteSelectionExpression ?? "$request.method $request.path",
    Tags: api.Tags ?? {},
    createdAtMs: call.nowMs,
  });
  apis.set(call.tx, [apiId], row);
  setOwner(call, "api", apiId);
  return row;
}

/** The URL at which clients reach the API: AWS's host names do not resolve to Awan, so it is a path of the endpoint. */
export function apiEndpoint(call: Call, api: ApiRow): string {
  if (api.ProtocolType === "WEBSOCKET")
    return `${call.endpoint.replace(/^http/, "ws")}/_aws/execute-api/${api.ApiId}`;
  return `${call.endpoint}/_aws/execute-api/${api.ApiId}`;
}

/** The record as the API answers it. */
export function apiRecord(call: Call, row: ApiRow): Api {
  const { createdAtMs, updatedAtMs: _, ...api } = row;
  return { ...api, ApiEndpoint: apiEndpoint(call, row), CreatedDate: new Date(createdAtMs) };
}

/** Removes what an API is made of, but not the API. */
export function clearContent(call: Call, apiId: string): void {
  deleteAll(call, routes, [apiId]);
  deleteAll(call, routeKeys, [apiId]);
  deleteAll(call, integrations, [apiId]);
  deleteAll(call, models, [apiId]);
  deleteAll(call, routeResponses, [apiId]);
  deleteAll(call, integrationResponses, [apiId]);
  deleteAll(call, authorizers, [apiId]);
  deleteAll(call, authorizerAnswers, [apiId]);
}

export function removeApi(call: Call, apiId: string): void {
  clearContent(call, apiId);
  deleteAll(call, stages, [apiId]);
  deleteAll(call, deployments, [apiId]);
  deleteAll(call, routings, [apiId]);
  apis.delete(call.tx, [apiId]);
  clearOwner(call, "api", apiId);
}

/** Whether a custom domain still maps to the API (or to one stage of it). */
export function isMapped(call: Call, apiId: string, stageName?: string): boolean {
  for (const { value } of apiMappings.scan(call.tx, [])) {
    if (value.ApiId === apiId && (stageName === undefined || value.Stage === stageName)) return true;
  }
  return false;
}
