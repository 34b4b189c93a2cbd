/** HttpApi events: a route of an HTTP API, written into the API's OpenAPI document, and the permission to call. */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import {
  addIntegration,
  addPathParameters,
  branches,
  defaultPath,
  hasIntegration,
  integrationKey,
  methodsAt,
} from "../api/openapi.ts";
import { addRouteAuthorizer } from "../api/http-api-auth.ts";
import { InvalidEvent } from "../errors.ts";
import { sub } from "../sam.ts";
import { type EventHandler, type EventOwner, permission, type SamEvent } from "./owner.ts";

export const httpApiEvent: EventHandler = (owner, event) => {
  const { properties } = event;
  const apiId = isDict(properties["ApiId"]) ? properties["ApiId"]["Ref"] : properties["ApiId"];
  const api = typeof apiId === "string" ? owner.sam.resources[apiId] : undefined;
  if (api === undefined) {
    throw new InvalidEvent(
      event.id,
      "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template.",
    );
  }
  const apiProperties = (api["Properties"] ??= {}) as Dict;
  const path = String(properties["Path"]);
  const method = String(properties["Method"]).toLowerCase();
  const made = routePermission(owner, event, apiProperties, path, method);
  const body = apiProperties["DefinitionBody"];
  if (isDict(body)) addRoute(owner, event, { api: apiProperties, apiId: String(apiId), body, path, method });
  return made === undefined ? [] : [made];
};

/** Undefined when the function's default route already has the permission. */
function routePermission(owner: EventOwner, event: SamEvent, api: Dict, rawPath: string, method: string) {
  let path = rawPath.replace(/^(.+)\/$/, "$1");
  if (path === defaultPath) path = "";
  else if (isDict(api["DefinitionBody"]) && servesDefault(api["DefinitionBody"], owner.calledId))
    return undefined;
  path = withoutProxies(path);
  const any = method === "any" || method === "x-amazon-apigateway-any-method";
  const route = any && path === `/${defaultPath}` ? path : `/${any ? "*" : method.toUpperCase()}${path}`;
  return permission(owner, event, {
    principal: "apigateway.amazonaws.com",
    sourceArn: sub(
      `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}${route}`,
      {
        __ApiId__: event.properties["ApiId"],
        __Stage__: "*",
      },
    ),
  });
}

/** Path parameters match anything: `/orders/{id}` is `/orders/*` in an ARN. */
export const withoutProxies = (path: string): string =>
  path.replaceAll(/\{([a-zA-Z0-9._-]+|[a-zA-Z0-9._-]+\+|proxy\+)\}/g, "*").replace(/(?<=.)\/$/, "");

function servesDefault(body: Dict, functionId: string): boolean {
  if (!hasIntegration(body, defaultPath, "any")) return false;
  for (const definition of methodsAt(body, defaultPath, "any")) {
    const integration = definition[integrationKey];
    const uri = isDict(integration) ? integration["uri"] : undefined;
    if (!isDict(uri)) return false;
    for (const branch of branches(uri)) {
      const arn = /([A-Za-z0-9]+)\.Arn/.exec(textOf(branch["Fn::Sub"]))?.[1];
      if (arn !== functionId) return false;
    }
  }
  return true;
}

interface Route {
  readonly api: Dict;
  readonly apiId: string;
  readonly body: Dict;
  readonly path: string;
  readonly method: string;
}

function addRoute(owner: EventOwner, event: SamEvent, { api, apiId, body, path, method }: Route): void {
  const { properties } = event;
  if (api["__MANAGE_SWAGGER"] === true && hasIntegration(body, path, method)) {
    throw new InvalidEvent(event.id, `API method '${method}' defined multiple times for path '${path}'.`);
  }
  addIntegration(body, { path, method, uri: integrationUri(owner.arn), condition: owner.condition });
  if (isDict(properties["Auth"]))
    addRouteAuthorizer({ event, auth: properties["Auth"], api, apiId, body, path, method });
  const timeout = properties["TimeoutInMillis"];
  const version = properties["PayloadFormatVersion"];
  for (const definition of methodsAt(body, path, method)) {
    const integration = definition[integrationKey];
    if (!isDict(integration)) continue;
    if (timeout) integration["timeoutInMillis"] = timeout;
    if (version) integration["payloadFormatVersion"] = version;
  }
  addPathParameters(body, path, method);
  if (isDict(properties["RouteSettings"]))
    addRouteSettings(event, api, path, method, properties["RouteSettings"]);
}

function addRouteSettings(_event: SamEvent, api: Dict, path: string, method: string, settings: Dict): void {
  const all = isDict(api["RouteSettings"]) ? api["RouteSettings"] : {};
  const key = path === defaultPath ? path : `${method.toUpperCase()} ${path}`;
  const before = isDict(all[key]) ? all[key] : {};
  api["RouteSettings"] = { ...all, [key]: { ...settings, ...before } };
}

export function integrationUri(arn: Dict, streaming = false): Dict {
  const at = arn["Fn::GetAtt"];
  const short = Array.isArray(at) ? `\${${at.join(".")}}` : `\${${String(arn["Ref"])}}`;
  return sub(
    `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/${streaming ? "2021-11-15" : "2015-03-31"}/functions/${short}/${streaming ? "response-streaming-invocations" : "invocations"}`,
  );
}
