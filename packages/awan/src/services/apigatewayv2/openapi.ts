/**
 * OpenAPI 3 documents with API Gateway's extensions, turned into routes, integrations and authorizers: ImportApi, and
 * the `Body` of a template's API, which is what the SAM transform makes of `AWS::Serverless::HttpApi`.
 */
import type { Authorizer, Cors, Integration } from "@aws-sdk/client-apigatewayv2";
import { parse } from "yaml";
import type { Call } from "../../host/call.ts";
import { badRequest } from "./errors.ts";
import { type ApiRow, apis } from "./keys.ts";
import { makeAuthorizer } from "./operations/authorizers.ts";
import { makeIntegration } from "./operations/integrations.ts";
import { makeRoute } from "./operations/routes.ts";
import { asText, compact } from "./records.ts";

type Tree = Readonly<Record<string, unknown>>;

export interface Document {
  readonly title: string;
  readonly tree: Tree;
}

const methodNames = new Set([
  "get",
  "post",
  "put",
  "patch",
  "delete",
  "head",
  "options",
  "x-amazon-apigateway-any-method",
]);

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const treeOf = (value: unknown): Tree => (isTree(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

/** Reads JSON or YAML text, or takes a template's object as it is. */
export function parseDocument(body: unknown): Document {
  let tree: unknown = body;
  if (typeof body === "string") {
    try {
      tree = parse(body);
    } catch {
      throw badRequest("Unable to parse API definition because of a malformed specification");
    }
  }
  if (!isTree(tree)) throw badRequest("Unable to parse API definition because of a malformed specification");
  if (!asText(tree["openapi"]).startsWith("3.")) {
    throw badRequest("Only OpenAPI specification version 3 is supported for HTTP protocol APIs");
  }
  return { title: textOf(treeOf(tree["info"])["title"]) ?? "Untitled", tree };
}

/** Adds everything the document describes to `api`, stores the API's row and returns it. */
export function importDocument(call: Call, api: ApiRow, { tree }: Document): ApiRow {
  const info = treeOf(tree["info"]);
  const endpoint = treeOf(tree["x-amazon-apigateway-endpoint-configuration"]);
  const row: ApiRow = compact({
    ...api,
    Version: api.Version ?? textOf(info["version"]),
    Description: api.Description ?? textOf(info["description"]),
    CorsConfiguration: corsOf(tree["x-amazon-apigateway-cors"]) ?? api.CorsConfiguration,
    DisableExecuteApiEndpoint:
      isOn(endpoint["disableExecuteApiEndpoint"]) || api.DisableExecuteApiEndpoint === true,
    Tags: { ...tagsOf(tree["tags"]), ...api.Tags },
  });
  apis.set(call.tx, [row.ApiId as string], row);
  const schemes = importAuthorizers(call, row, treeOf(treeOf(tree["components"])["securitySchemes"]));
  for (const [path, operations] of Object.entries(treeOf(tree["paths"]))) {
    for (const [method, operation] of Object.entries(treeOf(operations))) {
      if (methodNames.has(method))
        importRoute(call, row, { tree, schemes, path, method, operation: treeOf(operation) });
    }
  }
  return row;
}

interface Scheme {
  readonly type: "JWT" | "CUSTOM" | "AWS_IAM";
  readonly authorizerId: string | undefined;
}

function importAuthorizers(call: Call, api: ApiRow, schemes: Tree): Map<string, Scheme> {
  const made = new Map<string, Scheme>();
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = treeOf(value);
    const extension = scheme["x-amazon-apigateway-authorizer"];
    if (scheme["x-amazon-apigateway-authtype"] === "awsSigv4")
      made.set(name, { type: "AWS_IAM", authorizerId: undefined });
    if (!isTree(extension)) continue;
    const authorizer = makeAuthorizer(call, api, authorizerOf(name, extension));
    made.set(name, {
      type: authorizer.AuthorizerType === "JWT" ? "JWT" : "CUSTOM",
      authorizerId: authorizer.AuthorizerId,
    });
  }
  return made;
}

function authorizerOf(name: string, extension: Tree): Authorizer {
  const source = extension["identitySource"];
  const sources = Array.isArray(source)
    ? source.map(String)
    : source === undefined
      ? undefined
      : asText(source)
          .split(",")
          .map((part) => part.trim());
  const jwt = treeOf(extension["jwtConfiguration"]);
  const isJwt = String(extension["type"]).toLowerCase() === "jwt";
  const audience = jwt["audience"];
  return compact<Authorizer>({
    Name: name,
    AuthorizerType: isJwt ? "JWT" : "REQUEST",
    IdentitySource: sources ?? (isJwt ? ["$request.header.Authorization"] : []),
    JwtConfiguration: isJwt
      ? compact({
          Issuer: textOf(jwt["issuer"]),
          Audience: Array.isArray(audience)
            ? audience.map(String)
            : audience === undefined
              ? undefined
              : [asText(audience)],
        })
      : undefined,
    AuthorizerUri: textOf(extension["authorizerUri"]),
    AuthorizerCredentialsArn: textOf(extension["authorizerCredentials"]),
    AuthorizerPayloadFormatVersion:
      textOf(extension["authorizerPayloadFormatVersion"]) ?? (isJwt ? undefined : "1.0"),
    AuthorizerResultTtlInSeconds: numberOf(extension["authorizerResultTtlInSeconds"]),
    EnableSimpleResponses:
      extension["enableSimpleResponses"] === undefined ? undefined : isOn(extension["enableSimpleResponses"]),
  });
}

interface Described {
  readonly tree: Tree;
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly path: string;
  readonly method: string;
  readonly operation: Tree;
}

function importRoute(call: Call, api: ApiRow, described: Described): void {
  const { tree, schemes, path, method, operation } = described;
  const verb = method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase();
  const routeKey = path === "/$default" || path === "$default" ? "$default" : `${verb} ${path}`;
  const extension = operation["x-amazon-apigateway-integration"];
  const integration = isTree(extension)
    ? makeIntegration(call, api, integrationOf(tree, extension))
    : undefined;
  const requirements = (operation["security"] ?? tree["security"]) as readonly Tree[] | undefined;
  const [schemeName, scopes] = Object.entries(requirements?.[0] ?? {})[0] ?? [];
  const scheme = schemeName === undefined ? undefined : schemes.get(schemeName);
  makeRoute(
    call,
    api,
    compact({
      RouteKey: routeKey,
      OperationName: textOf(operation["operationId"]),
      Target: integration === undefined ? undefined : `integrations/${integration.IntegrationId}`,
      AuthorizationType: scheme?.type,
      AuthorizerId: scheme?.authorizerId,
      AuthorizationScopes:
        scheme?.type === "JWT" && Array.isArray(scopes) && scopes.length > 0 ? scopes.map(String) : undefined,
    }),
  );
}

function integrationOf(tree: Tree, extension: Tree): Integration {
  const reference = textOf(extension["$ref"]);
  const shared = treeOf(treeOf(tree["components"])["x-amazon-apigateway-integrations"]);
  const source =
    reference === undefined ? extension : treeOf(shared[reference.slice(reference.lastIndexOf("/") + 1)]);
  const type = asText(source["type"]).toUpperCase();
  return compact<Integration>({
    IntegrationType: type as NonNullable<Integration["IntegrationType"]>,
    IntegrationSubtype: textOf(source["integrationSubtype"]),
    IntegrationUri: textOf(source["uri"]),
    IntegrationMethod: textOf(source["httpMethod"]),
    PayloadFormatVersion: textOf(source["payloadFormatVersion"]) ?? "1.0",
    ConnectionType: textOf(source["connectionType"]) as Integration["ConnectionType"],
    ConnectionId: textOf(source["connectionId"]),
    CredentialsArn: textOf(source["credentials"]),
    Description: textOf(source["description"]),
    TimeoutInMillis: numberOf(source["timeoutInMillis"]),
    RequestParameters: source["requestParameters"] as Integration["RequestParameters"],
    ResponseParameters: source["responseParameters"] as Integration["ResponseParameters"],
    TlsConfig: isTree(source["tlsConfig"])
      ? { ServerNameToVerify: textOf(source["tlsConfig"]["serverNameToVerify"]) }
      : undefined,
  });
}

const isOn = (value: unknown): boolean => value === true || value === "true";

function corsOf(value: unknown): Cors | undefined {
  if (!isTree(value)) return undefined;
  const list = (name: string): string[] | undefined => {
    const member = value[name];
    return Array.isArray(member) ? member.map(String) : member === undefined ? undefined : [asText(member)];
  };
  return compact<Cors>({
    AllowCredentials: value["allowCredentials"] === undefined ? undefined : isOn(value["allowCredentials"]),
    AllowHeaders: list("allowHeaders"),
    AllowMethods: list("allowMethods"),
    AllowOrigins: list("allowOrigins"),
    ExposeHeaders: list("exposeHeaders"),
    MaxAge: numberOf(value["maxAge"]),
  });
}

function tagsOf(value: unknown): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const item of Array.isArray(value) ? value : []) {
    const tag = treeOf(item);
    const name = textOf(tag["name"]);
    const text = textOf(tag["x-amazon-apigateway-tag-value"]);
    if (name !== undefined && text !== undefined) tags[name] = text;
  }
  return tags;
}
