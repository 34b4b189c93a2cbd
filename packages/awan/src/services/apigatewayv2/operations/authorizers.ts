/** Authorizers of an API: JWT issuers and Lambda functions. */
import type { Authorizer } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { badRequest, conflict } from "../errors.ts";
import { type ApiRow, authorizerAnswers, authorizers, routes } from "../keys.ts";
import { contentChanged, findApi, findAuthorizer } from "../lookup.ts";
import { changed, compact, deleteAll, newId, page } from "../records.ts";

function check(api: ApiRow, authorizer: Authorizer): void {
  const { AuthorizerType: type, JwtConfiguration: jwt } = authorizer;
  const sources = authorizer.IdentitySource ?? [];
  if (type === "JWT") {
    if (api.ProtocolType === "WEBSOCKET")
      throw badRequest("Authorizer type JWT is not supported for WebSocket APIs");
    if (jwt?.Issuer === undefined)
      throw badRequest("JwtConfiguration with an Issuer is required for JWT authorizers");
    if (sources.length !== 1) throw badRequest("JWT authorizers need exactly one identity source");
    return;
  }
  if (authorizer.AuthorizerUri === undefined)
    throw badRequest("AuthorizerUri is required for REQUEST authorizers");
  if (api.ProtocolType === "HTTP" && authorizer.AuthorizerPayloadFormatVersion === undefined) {
    throw badRequest(
      "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizers of HTTP APIs",
    );
  }
  if ((authorizer.AuthorizerResultTtlInSeconds ?? 0) > 0 && sources.length === 0) {
    throw badRequest("Identity source is required when caching is enabled");
  }
}

export function makeAuthorizer(call: Call, api: ApiRow, authorizer: Authorizer): Authorizer {
  for (const { value } of authorizers.scan(call.tx, [api.ApiId as string])) {
    if (value.Name === authorizer.Name)
      throw conflict(`Authorizer name must be unique. Authorizer ${value.Name} already exists in this API.`);
  }
  const row = compact<Authorizer>({ ...authorizer, AuthorizerId: newId(call, 6) });
  check(api, row);
  authorizers.set(call.tx, [api.ApiId as string, row.AuthorizerId as string], row);
  return row;
}

export function createAuthorizer(call: Call, input: Input<"CreateAuthorizer">): Output<"CreateAuthorizer"> {
  const { ApiId, ...authorizer } = input;
  const row = makeAuthorizer(call, findApi(call, ApiId), authorizer);
  contentChanged(call, ApiId);
  return row;
}

export function getAuthorizer(call: Call, input: Input<"GetAuthorizer">): Output<"GetAuthorizer"> {
  return findAuthorizer(call, input.ApiId, input.AuthorizerId);
}

export function getAuthorizers(call: Call, input: Input<"GetAuthorizers">): Output<"GetAuthorizers"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, authorizers, [input.ApiId], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateAuthorizer(call: Call, input: Input<"UpdateAuthorizer">): Output<"UpdateAuthorizer"> {
  const { ApiId, AuthorizerId } = input;
  const row = changed(findAuthorizer(call, ApiId, AuthorizerId), input, ["ApiId", "AuthorizerId"]);
  check(findApi(call, ApiId), row);
  authorizers.set(call.tx, [ApiId, AuthorizerId], row);
  deleteAll(call, authorizerAnswers, [ApiId, AuthorizerId]);
  contentChanged(call, ApiId);
  return row;
}

export function deleteAuthorizer(call: Call, input: Input<"DeleteAuthorizer">): void {
  const { ApiId, AuthorizerId } = input;
  findAuthorizer(call, ApiId, AuthorizerId);
  for (const { value: route } of routes.scan(call.tx, [ApiId])) {
    if (route.AuthorizerId === AuthorizerId) {
      throw conflict(`Cannot delete authorizer '${AuthorizerId}', is referenced by route: ${route.RouteKey}`);
    }
  }
  authorizers.delete(call.tx, [ApiId, AuthorizerId]);
  deleteAll(call, authorizerAnswers, [ApiId, AuthorizerId]);
  contentChanged(call, ApiId);
}

export function resetAuthorizersCache(call: Call, input: Input<"ResetAuthorizersCache">): void {
  findApi(call, input.ApiId);
  deleteAll(call, authorizerAnswers, [input.ApiId]);
}
