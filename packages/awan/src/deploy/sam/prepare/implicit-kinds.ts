/** The two kinds of implicit APIs, and the empty documents of APIs that have none. */
import { type Dict } from "../../template/value.ts";
import { emptyOpenApi, isOpenApi, OpenApiDocument } from "../api/open-api-document.ts";
import { anyMethod } from "../api/document.ts";
import { emptySwagger, isSwagger, SwaggerDocument } from "../api/swagger-document.ts";
import { expectMap } from "../expect.ts";
import { conditional } from "../intrinsics.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import { entriesOf, put, putDefault, update } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import type { EventContext, ImplicitApiKind } from "./implicit-api.ts";

export const implicitRestApi: ImplicitApiKind = {
  apiType: "AWS::Serverless::Api",
  eventType: "Api",
  idMember: "RestApiId",
  logicalId: "ServerlessRestApi",
  conditionName: "ServerlessRestApiCondition",
  generate: () => ({
    Type: "AWS::Serverless::Api",
    Properties: { StageName: byteString("Prod"), DefinitionBody: emptySwagger(), __MANAGE_SWAGGER: true },
  }),
  isDocument: isSwagger,
  edit: (document) => new SwaggerDocument(document),
  skipsEmpty: true,
};

export const implicitHttpApi: ImplicitApiKind = {
  apiType: "AWS::Serverless::HttpApi",
  eventType: "HttpApi",
  idMember: "ApiId",
  logicalId: "ServerlessHttpApi",
  conditionName: "ServerlessHttpApiCondition",
  generate: () => ({
    Type: "AWS::Serverless::HttpApi",
    Properties: { DefinitionBody: emptyOpenApi(), __MANAGE_SWAGGER: true },
  }),
  isDocument: isOpenApi,
  edit: (document) => new OpenApiDocument(document),
  complete: (properties) => {
    const [path, method] = [properties["Path"] ?? undefined, properties["Method"] ?? undefined];
    if (given(path) || given(method)) return;
    put(properties, "Path", byteString("$default"));
    put(properties, "Method", byteString(anyMethod));
  },
  skipsEmpty: false,
  after: addRouteSettings,
};

/** Settings of a route that its event brings along. */
function addRouteSettings({ resources, apiId, eventId, properties, condition }: EventContext): void {
  if (!("RouteSettings" in properties)) return;
  const api = resources[apiId]?.["Properties"] as Dict;
  const method = withoutMark(properties["Method"] as string);
  const path = withoutMark(properties["Path"] as string);
  const route = method === anyMethod ? path : `${method.toUpperCase()} ${path}`;
  const settings = "RouteSettings" in api ? api["RouteSettings"] : {};
  expectMap(settings, { id: apiId, path: "RouteSettings" });
  const own = given(condition)
    ? conditional(condition, properties["RouteSettings"])
    : properties["RouteSettings"];
  expectMap(own, { id: eventId, path: "RouteSettings", of: "event" });
  update(putDefault(settings, route, {}) as Dict, own);
  put(api, "RouteSettings", settings);
}

/** Documents for APIs that are described by their events alone. */
export function addDefaultDocuments(resources: Record<string, Dict>): void {
  for (const [type, empty] of [
    ["AWS::Serverless::Api", emptySwagger],
    ["AWS::Serverless::HttpApi", emptyOpenApi],
  ] as const) {
    for (const [, resource] of entriesOf(resources) as [string, Dict][]) {
      if (resource["Type"] !== type) continue;
      // The translator forgets what it adds to a REST API that has no properties at all.
      if (!("Properties" in resource) && type === "AWS::Serverless::Api") continue;
      resource["Properties"] ??= {};
      const properties = resource["Properties"] as Dict;
      if (given(properties["DefinitionBody"]) || given(properties["DefinitionUri"])) continue;
      put(properties, "DefinitionBody", empty());
      put(properties, "__MANAGE_SWAGGER", true);
    }
  }
}
