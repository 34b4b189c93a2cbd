/** AWS::Serverless::WebSocketApi: a WebSocket API with a route, an integration and a permission per function. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { isFunction, join, ref, sub } from "../intrinsics.ts";
import { isAlphanumeric } from "../logical-id.ts";
import { entriesOf, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { propagateTags, Resource } from "../resource.ts";
import { resolved, type Sam, type SamResource } from "../sam.ts";
import { checkKinds } from "../shape.ts";
import { shapes } from "../shapes.ts";
import { authorizerPermission } from "./http-api.ts";
import { v2Domain } from "./v2-domain.ts";

const tagName = "websocketapi:createdBy";
const integrationUri =
  "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";

export function transformWebSocketApi(sam: Sam, api: SamResource): Resource[] {
  const { id, properties } = api;
  checkKinds(id, properties, shapes.webSocketApi);
  for (const name of ["Auth", "Domain", "Routes"]) {
    if (name in properties) properties[name] = resolved(sam, properties[name]);
  }
  const routes = properties["Routes"];
  if (!given(routes)) throw new InvalidResource(id, "WebSocket API must have at least one route.");
  checkSettings(api);
  // What the API is made of takes over no condition: its own is dropped too.
  const made = [webSocketApiOf(api)];
  const domain = v2Domain(
    { ...sam, recordSetGroups: new Map() },
    { id, shared: {} },
    { config: properties["Domain"], tag: tagName },
  );
  const stage = stageOf(api);
  let authorizer: Resource | undefined;
  const routeIds: string[] = [];
  for (const [key, value] of entriesOf(routes as Dict)) {
    const route = routeOf(api, key, value as Dict, stageName(properties));
    made.push(route.route, route.integration, route.permission);
    routeIds.push(route.route.id);
    authorizer = route.authorizer ?? authorizer;
  }
  if (domain !== undefined) {
    made.push(domain.domain, ...domain.mappings, ...(domain.records === undefined ? [] : [domain.records]));
  }
  if (given(properties["RouteSettings"])) stage.dependsOn = routeIds;
  made.push(stage);
  if (authorizer !== undefined) made.push(authorizer, ...authorizerPermissions(api));
  propagateTags(made, properties["Tags"], properties["PropagateTags"]);
  return made;
}

const stageName = (properties: Dict): unknown => properties["StageName"] ?? "default";

function checkSettings({ id, properties }: SamResource): void {
  const addressType = properties["IpAddressType"] ?? undefined;
  if (
    addressType !== undefined &&
    !isFunction(addressType) &&
    addressType !== "ipv4" &&
    addressType !== "dualstack"
  ) {
    throw new InvalidResource(id, "IpAddressType must be 'ipv4' or 'dualstack'.");
  }
  const domain = properties["Domain"] as Dict | undefined;
  if (given(domain) && given(domain?.["MutualTlsAuthentication"])) {
    throw new InvalidResource(id, "Mutual TLS domain name association is not supported for Websocket APIs.");
  }
}

function webSocketApiOf({ id, properties, dependsOn }: SamResource): Resource {
  if (given(properties["Auth"]) && !("$connect" in (properties["Routes"] as Dict))) {
    throw new InvalidResource(id, "Authorization is only available if there is a $connect route.");
  }
  const tags = given(properties["Tags"]) ? (properties["Tags"] as Dict) : {};
  put(tags, tagName, "SAM");
  return new Resource(id, "AWS::ApiGatewayV2::Api", {
    dependsOn,
    properties: {
      ApiKeySelectionExpression: properties["ApiKeySelectionExpression"],
      Description: properties["Description"],
      DisableExecuteApiEndpoint: properties["DisableExecuteApiEndpoint"],
      DisableSchemaValidation: properties["DisableSchemaValidation"],
      IpAddressType: properties["IpAddressType"],
      Name: properties["Name"] ?? id,
      RouteSelectionExpression: properties["RouteSelectionExpression"],
      Tags: tags,
      ProtocolType: "WEBSOCKET",
    },
  });
}

function stageOf({ id, properties }: SamResource): Resource {
  const name = stageName(properties);
  if (name === "$default")
    throw new InvalidResource(id, "Stages cannot be named $default for WebSocket APIs.");
  const prefix = typeof name === "string" ? name : "";
  return new Resource(
    prefix === "default" ? `${id}DefaultStage` : `${id}${prefix}Stage`,
    "AWS::ApiGatewayV2::Stage",
    {
      properties: {
        ApiId: ref(id),
        StageName: name,
        StageVariables: properties["StageVariables"],
        AccessLogSettings: properties["AccessLogSettings"],
        DefaultRouteSettings: properties["DefaultRouteSettings"],
        Tags: { [tagName]: "SAM" },
        AutoDeploy: true,
        RouteSettings: properties["RouteSettings"],
      },
    },
  );
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

function idPart(apiId: string, key: string): string {
  if (["$connect", "$disconnect", "$default"].includes(key)) return capitalized(key.slice(1));
  if (isAlphanumeric(key)) return capitalized(key);
  throw new InvalidResource(
    apiId,
    `Route key '${key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported.`,
  );
}

interface Route {
  readonly route: Resource;
  readonly integration: Resource;
  readonly permission: Resource;
  readonly authorizer: Resource | undefined;
}

function routeOf(api: SamResource, key: string, spec: Dict, stage: unknown): Route {
  const { id } = api;
  const base = `${id}${idPart(id, key)}`;
  expectMap(spec, { id, path: `Routes.${key}` });
  if (given(spec["RequestParameters"]) && key !== "$connect") {
    throw new InvalidResource(
      id,
      "Request parameters are only supported for the $connect route in WebSocket APIs.",
    );
  }
  const route = new Resource(`${base}Route`, "AWS::ApiGatewayV2::Route", {
    properties: {
      RouteKey: key,
      ApiId: ref(id),
      ApiKeyRequired: spec["ApiKeyRequired"],
      ModelSelectionExpression: spec["ModelSelectionExpression"],
      OperationName: spec["OperationName"],
      RequestModels: spec["RequestModels"],
      ...(given(spec["RequestParameters"]) ? { RequestParameters: spec["RequestParameters"] } : {}),
      RouteResponseSelectionExpression: spec["RouteResponseSelectionExpression"],
      Target: join("/", ["integrations", ref(`${base}Integration`)]),
    },
  });
  const authorizer = authorize(api, key, route);
  const functionArn = spec["FunctionArn"];
  if (!("FunctionArn" in spec)) throw new InvalidResource(id, "Route must have associated function.");
  const integration = new Resource(`${base}Integration`, "AWS::ApiGatewayV2::Integration", {
    properties: {
      ApiId: ref(id),
      IntegrationType: "AWS_PROXY",
      IntegrationUri: sub(integrationUri, { FunctionArn: functionArn }),
      TimeoutInMillis: spec["IntegrationTimeout"],
    },
  });
  const source = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}.ApiId}/`;
  const permission = new Resource(`${base}Permission`, "AWS::Lambda::Permission", {
    properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: functionArn,
      Principal: "apigateway.amazonaws.com",
      SourceArn:
        typeof stage === "string"
          ? sub(`${source}${stage}/${key}`)
          : sub(`${source}\${__StageName__}/${key}`, { __StageName__: stage }),
    },
  });
  return { route, integration, permission, authorizer };
}

function checkAuth(id: string, auth: Dict): void {
  const refuse = (message: string): never => {
    throw new InvalidResource(id, message);
  };
  const type = auth["AuthType"];
  if (!given(type)) refuse("AuthType must be specified for additional auth configurations.");
  const kind = String(type).toUpperCase();
  if (!["NONE", "AWS_IAM", "CUSTOM"].includes(kind))
    refuse("AuthType is not one of AWS_IAM, CUSTOM or NONE.");
  if (kind === "CUSTOM" && !given(auth["AuthArn"]))
    refuse("AuthArn must be specified if AuthType is CUSTOM.");
  if (kind !== "CUSTOM" && Object.keys(auth).length > 1) {
    refuse(`No additional configurations supported for AuthType ${kind}.`);
  }
}

/** Clients are authorized when they connect. */
function authorize({ id, properties }: SamResource, key: string, route: Resource): Resource | undefined {
  const auth = properties["Auth"] as Dict | undefined;
  if (auth === undefined || !given(auth)) return undefined;
  checkAuth(id, auth);
  if (key !== "$connect") return undefined;
  if (auth["AuthType"] !== "CUSTOM") {
    route.properties["AuthorizationType"] = auth["AuthType"] === "AWS_IAM" ? "AWS_IAM" : "NONE";
    return undefined;
  }
  const logicalId = `${id}ConnectAuthorizer`;
  route.properties["AuthorizationType"] = "CUSTOM";
  route.properties["AuthorizerId"] = ref(logicalId);
  return new Resource(logicalId, "AWS::ApiGatewayV2::Authorizer", {
    properties: {
      ApiId: ref(id),
      AuthorizerCredentialsArn: auth["InvokeRole"],
      AuthorizerType: "REQUEST",
      AuthorizerUri: sub(integrationUri.replace("FunctionArn", "AuthArn"), { AuthArn: auth["AuthArn"] }),
      IdentitySource: auth["IdentitySource"],
      Name: given(auth["Name"]) ? auth["Name"] : logicalId,
    },
  });
}

function authorizerPermissions({ id, properties }: SamResource): Resource[] {
  const auth = properties["Auth"] as Dict;
  if (auth["AuthType"] !== "CUSTOM" || given(auth["InvokeRole"]) || !given(auth["AuthArn"])) return [];
  return [
    authorizerPermission(`${id}AuthorizerPermission`, {
      functionArn: auth["AuthArn"],
      apiId: id,
      attributes: {},
    }),
  ];
}
