/** CloudFormation's `AWS::ApiGatewayV2::*`, each through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, PropertyKind, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError, notImplemented } from "../../kernel/errors.ts";
import { apiRecord, clearContent, makeApi } from "./api.ts";
import { findApi } from "./lookup.ts";
import { contentChanged } from "./lookup.ts";
import { importDocument, parseDocument } from "./openapi.ts";
import * as apis from "./operations/apis.ts";
import * as authorizers from "./operations/authorizers.ts";
import * as domainNames from "./operations/domain-names.ts";
import * as integrations from "./operations/integrations.ts";
import * as models from "./operations/models.ts";
import * as routes from "./operations/routes.ts";
import * as stages from "./operations/stages.ts";

/** Templates may write numbers and booleans as text; operations want them as they are. */
const numberNames = new Set([
  "TimeoutInMillis",
  "MaxAge",
  "AuthorizerResultTtlInSeconds",
  "ThrottlingBurstLimit",
  "ThrottlingRateLimit",
]);
const booleanNames = new Set([
  "AutoDeploy",
  "ApiKeyRequired",
  "DisableExecuteApiEndpoint",
  "DisableSchemaValidation",
  "EnableSimpleResponses",
  "AllowCredentials",
  "DetailedMetricsEnabled",
  "DataTraceEnabled",
  "FailOnWarnings",
  "Required",
]);

function typed(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typed(member, key)]));
  }
  if (typeof value === "string" && numberNames.has(name)) return Number(value);
  if (typeof value === "string" && booleanNames.has(name)) return value === "true";
  if (typeof value === "number" && !numberNames.has(name)) return String(value);
  return value;
}

const inputOf = (properties: Properties): object => typed(properties) as object;

type Act = (call: Call, input: never) => object | void;

interface Kind {
  readonly type: string;
  /** Names of properties; those in `replace` make a new resource. */
  readonly properties: readonly string[];
  readonly replace: readonly string[];
  readonly required: readonly string[];
  readonly create: Act;
  /** Without it a change makes a new resource. */
  readonly update?: Act;
  readonly remove: Act;
  /** The member of the record that `Ref` gives. */
  readonly id: string;
  readonly attributes?: (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Template properties in the operation's form, where they differ. */
  readonly shape?: (input: Readonly<Record<string, unknown>>) => object;
}

function providerOf(kind: Kind): ResourceProvider {
  const properties: Record<string, PropertyKind> = {};
  for (const name of kind.properties)
    properties[name] = kind.replace.includes(name) || kind.update === undefined ? "replace" : "mutable";
  const shaped = (given: Properties): object => {
    const input = inputOf(given) as Record<string, unknown>;
    return kind.shape === undefined ? input : kind.shape(input);
  };
  const state = (record: object | void): ResourceState => {
    const members = (record ?? {}) as Readonly<Record<string, unknown>>;
    const physicalId = members[kind.id] as string;
    return { physicalId, attributes: kind.attributes?.(members) ?? { [kind.id]: physicalId } };
  };
  return {
    type: kind.type,
    properties,
    required: kind.required,
    create: (call, request) => state(kind.create(call, shaped(request.properties) as never)),
    update: (call, request) => {
      const input = { ...shaped(request.properties), [kind.id]: request.physicalId };
      return state((kind.update as Act)(call, input as never));
    },
    delete: (call, request) => {
      try {
        kind.remove(call, { ...inputOf(request.properties), [kind.id]: request.physicalId } as never);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== "NotFoundException") throw error;
      }
    },
  };
}

const apiProperties = [
  "ApiKeySelectionExpression",
  "BasePath",
  "Body",
  "BodyS3Location",
  "CorsConfiguration",
  "CredentialsArn",
  "Description",
  "DisableExecuteApiEndpoint",
  "DisableSchemaValidation",
  "FailOnWarnings",
  "IpAddressType",
  "Name",
  "RouteKey",
  "RouteSelectionExpression",
  "Tags",
  "Target",
  "Version",
];

/** An API with a `Body` is an import; properties beside the body go before what the document says. */
const api: ResourceProvider = {
  type: "AWS::ApiGatewayV2::Api",
  properties: {
    ...Object.fromEntries(apiProperties.map((name) => [name, "mutable" as const])),
    ProtocolType: "replace",
  },
  create: (call, { properties }) => {
    if (properties["BodyS3Location"] !== undefined)
      throw notImplemented("AWS::ApiGatewayV2::Api BodyS3Location");
    const {
      Body: _,
      BasePath: _base,
      FailOnWarnings: _fail,
      ...settings
    } = inputOf(properties) as Record<string, unknown>;
    if (properties["Body"] === undefined)
      return apiState(call, apis.createApi(call, settings as never).ApiId as string);
    const document = parseDocument(properties["Body"]);
    const row = makeApi(call, {
      ...settings,
      Name: (settings["Name"] as string | undefined) ?? document.title,
      ProtocolType: "HTTP",
    });
    importDocument(call, row, document);
    return apiState(call, row.ApiId as string);
  },
  update: (call, { physicalId, properties }) => {
    const {
      Body: _,
      BasePath: _base,
      FailOnWarnings: _fail,
      ProtocolType: _type,
      ...settings
    } = inputOf(properties) as Record<string, unknown>;
    apis.updateApi(call, { ...settings, ApiId: physicalId });
    if (properties["CorsConfiguration"] === undefined && properties["Body"] === undefined) {
      apis.deleteCorsConfiguration(call, { ApiId: physicalId });
    }
    if (properties["Body"] !== undefined) {
      clearContent(call, physicalId);
      importDocument(call, findApi(call, physicalId), parseDocument(properties["Body"]));
      contentChanged(call, physicalId);
    }
    return apiState(call, physicalId);
  },
  delete: (call, { physicalId }) => {
    try {
      apis.deleteApi(call, { ApiId: physicalId });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "NotFoundException") throw error;
    }
  },
};

function apiState(call: Call, apiId: string): ResourceState {
  const { ApiEndpoint } = apiRecord(call, findApi(call, apiId));
  return { physicalId: apiId, attributes: { ApiId: apiId, ApiEndpoint } };
}

const integrationProperties = [
  "ApiId",
  "ConnectionId",
  "ConnectionType",
  "ContentHandlingStrategy",
  "CredentialsArn",
  "Description",
  "IntegrationMethod",
  "IntegrationSubtype",
  "IntegrationType",
  "IntegrationUri",
  "PassthroughBehavior",
  "PayloadFormatVersion",
  "RequestParameters",
  "RequestTemplates",
  "ResponseParameters",
  "TemplateSelectionExpression",
  "TimeoutInMillis",
  "TlsConfig",
];

/** Templates list response parameters as `{ ResponseParameters: [{ Destination, Source }] }` per status code. */
function integrationShape(input: Readonly<Record<string, unknown>>): object {
  const byStatus = input["ResponseParameters"] as
    | Record<string, { ResponseParameters?: { Destination: string; Source: string }[] }>
    | undefined;
  if (byStatus === undefined) return input;
  const ResponseParameters: Record<string, Record<string, string>> = {};
  for (const [status, mapping] of Object.entries(byStatus)) {
    const list = mapping.ResponseParameters ?? [];
    ResponseParameters[status] = Object.fromEntries(
      list.map(({ Destination, Source }) => [Destination, Source]),
    );
  }
  return { ...input, ResponseParameters };
}

export const providers: readonly ResourceProvider[] = [
  api,
  providerOf({
    type: "AWS::ApiGatewayV2::Integration",
    properties: integrationProperties,
    replace: ["ApiId"],
    required: ["ApiId", "IntegrationType"],
    create: integrations.createIntegration,
    update: integrations.updateIntegration,
    remove: integrations.deleteIntegration,
    id: "IntegrationId",
    shape: integrationShape,
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::Route",
    properties: [
      "ApiId",
      "ApiKeyRequired",
      "AuthorizationScopes",
      "AuthorizationType",
      "AuthorizerId",
      "ModelSelectionExpression",
      "OperationName",
      "RequestModels",
      "RequestParameters",
      "RouteKey",
      "RouteResponseSelectionExpression",
      "Target",
    ],
    replace: ["ApiId"],
    required: ["ApiId", "RouteKey"],
    create: routes.createRoute,
    update: routes.updateRoute,
    remove: routes.deleteRoute,
    id: "RouteId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::Stage",
    properties: [
      "AccessLogSettings",
      "AccessPolicyId",
      "ApiId",
      "AutoDeploy",
      "ClientCertificateId",
      "DefaultRouteSettings",
      "DeploymentId",
      "Description",
      "RouteSettings",
      "StageName",
      "StageVariables",
      "Tags",
    ],
    replace: ["ApiId", "StageName"],
    required: ["ApiId", "StageName"],
    create: stages.createStage,
    update: stages.updateStage,
    remove: stages.deleteStage,
    id: "StageName",
    attributes: () => ({}),
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::Deployment",
    properties: ["ApiId", "Description", "StageName"],
    replace: ["ApiId", "StageName"],
    required: ["ApiId"],
    create: stages.createDeployment,
    update: stages.updateDeployment,
    remove: stages.deleteDeployment,
    id: "DeploymentId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::Authorizer",
    properties: [
      "ApiId",
      "AuthorizerCredentialsArn",
      "AuthorizerPayloadFormatVersion",
      "AuthorizerResultTtlInSeconds",
      "AuthorizerType",
      "AuthorizerUri",
      "EnableSimpleResponses",
      "IdentitySource",
      "IdentityValidationExpression",
      "JwtConfiguration",
      "Name",
    ],
    replace: ["ApiId"],
    required: ["ApiId", "AuthorizerType", "Name"],
    create: authorizers.createAuthorizer,
    update: authorizers.updateAuthorizer,
    remove: authorizers.deleteAuthorizer,
    id: "AuthorizerId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::Model",
    properties: ["ApiId", "ContentType", "Description", "Name", "Schema"],
    replace: ["ApiId"],
    required: ["ApiId", "Name", "Schema"],
    create: models.createModel,
    update: models.updateModel,
    remove: models.deleteModel,
    id: "ModelId",
    shape: (input) =>
      typeof input["Schema"] === "object" ? { ...input, Schema: JSON.stringify(input["Schema"]) } : input,
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::RouteResponse",
    properties: [
      "ApiId",
      "ModelSelectionExpression",
      "ResponseModels",
      "ResponseParameters",
      "RouteId",
      "RouteResponseKey",
    ],
    replace: ["ApiId", "RouteId"],
    required: ["ApiId", "RouteId", "RouteResponseKey"],
    create: models.createRouteResponse,
    update: models.updateRouteResponse,
    remove: models.deleteRouteResponse,
    id: "RouteResponseId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::IntegrationResponse",
    properties: [
      "ApiId",
      "ContentHandlingStrategy",
      "IntegrationId",
      "IntegrationResponseKey",
      "ResponseParameters",
      "ResponseTemplates",
      "TemplateSelectionExpression",
    ],
    replace: ["ApiId", "IntegrationId"],
    required: ["ApiId", "IntegrationId", "IntegrationResponseKey"],
    create: models.createIntegrationResponse,
    update: models.updateIntegrationResponse,
    remove: models.deleteIntegrationResponse,
    id: "IntegrationResponseId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::DomainName",
    properties: ["DomainName", "DomainNameConfigurations", "MutualTlsAuthentication", "RoutingMode", "Tags"],
    replace: ["DomainName"],
    required: ["DomainName"],
    create: domainNames.createDomainName,
    update: domainNames.updateDomainName,
    remove: domainNames.deleteDomainName,
    id: "DomainName",
    attributes: (record) => {
      const [first] = (record["DomainNameConfigurations"] ?? []) as {
        ApiGatewayDomainName?: string;
        HostedZoneId?: string;
      }[];
      return {
        DomainName: record["DomainName"],
        DomainNameArn: record["DomainNameArn"],
        RegionalDomainName: first?.ApiGatewayDomainName,
        RegionalHostedZoneId: first?.HostedZoneId,
      };
    },
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::ApiMapping",
    properties: ["ApiId", "ApiMappingKey", "DomainName", "Stage"],
    replace: ["DomainName"],
    required: ["ApiId", "DomainName", "Stage"],
    create: domainNames.createApiMapping,
    update: domainNames.updateApiMapping,
    remove: domainNames.deleteApiMapping,
    id: "ApiMappingId",
  }),
  providerOf({
    type: "AWS::ApiGatewayV2::VpcLink",
    properties: ["Name", "SecurityGroupIds", "SubnetIds", "Tags"],
    replace: ["SecurityGroupIds", "SubnetIds"],
    required: ["Name", "SubnetIds"],
    create: domainNames.createVpcLink,
    update: domainNames.updateVpcLink,
    remove: domainNames.deleteVpcLink,
    id: "VpcLinkId",
  }),
];
