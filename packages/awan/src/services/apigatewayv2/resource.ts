/** CloudFormation's `AWS::ApiGatewayV2::*`, each through the operations a user would call. */
import type { ResourceProvider } from "../../host/resource.ts";
import * as authorizers from "./operations/authorizers.ts";
import * as domainNames from "./operations/domain-names.ts";
import * as integrations from "./operations/integrations.ts";
import * as models from "./operations/models.ts";
import * as routes from "./operations/routes.ts";
import * as stages from "./operations/stages.ts";
import { api } from "./resource-api.ts";
import { providerOf } from "./resource-record.ts";

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
