/** API Gateway v2: HTTP APIs with their data plane; WebSocket APIs as records. */
import type { Call } from "../../host/call.ts";
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { Client } from "./client.ts";
import { fetchIssuerKeys, forwardHttp } from "./effects.ts";
import { front } from "./front.ts";
import { authorizerAnswers, owners, ownersScope } from "./keys.ts";
import * as apis from "./operations/apis.ts";
import * as authorizers from "./operations/authorizers.ts";
import * as domainNames from "./operations/domain-names.ts";
import * as integrations from "./operations/integrations.ts";
import * as models from "./operations/models.ts";
import * as routes from "./operations/routes.ts";
import * as stages from "./operations/stages.ts";
import * as tags from "./operations/tags.ts";
import type { ApiGatewayV2Port } from "./port.ts";

export const operations = {
  CreateApi: apis.createApi,
  CreateApiMapping: domainNames.createApiMapping,
  CreateAuthorizer: authorizers.createAuthorizer,
  CreateDeployment: stages.createDeployment,
  CreateDomainName: domainNames.createDomainName,
  CreateIntegration: integrations.createIntegration,
  CreateIntegrationResponse: models.createIntegrationResponse,
  CreateModel: models.createModel,
  CreateRoute: routes.createRoute,
  CreateRouteResponse: models.createRouteResponse,
  CreateStage: stages.createStage,
  CreateVpcLink: domainNames.createVpcLink,
  DeleteAccessLogSettings: stages.deleteAccessLogSettings,
  DeleteApi: apis.deleteApi,
  DeleteApiMapping: domainNames.deleteApiMapping,
  DeleteAuthorizer: authorizers.deleteAuthorizer,
  DeleteCorsConfiguration: apis.deleteCorsConfiguration,
  DeleteDeployment: stages.deleteDeployment,
  DeleteDomainName: domainNames.deleteDomainName,
  DeleteIntegration: integrations.deleteIntegration,
  DeleteIntegrationResponse: models.deleteIntegrationResponse,
  DeleteModel: models.deleteModel,
  DeleteRoute: routes.deleteRoute,
  DeleteRouteRequestParameter: routes.deleteRouteRequestParameter,
  DeleteRouteResponse: models.deleteRouteResponse,
  DeleteRouteSettings: stages.deleteRouteSettings,
  DeleteStage: stages.deleteStage,
  DeleteVpcLink: domainNames.deleteVpcLink,
  GetApi: apis.getApi,
  GetApiMapping: domainNames.getApiMapping,
  GetApiMappings: domainNames.getApiMappings,
  GetApis: apis.getApis,
  GetAuthorizer: authorizers.getAuthorizer,
  GetAuthorizers: authorizers.getAuthorizers,
  GetDeployment: stages.getDeployment,
  GetDeployments: stages.getDeployments,
  GetDomainName: domainNames.getDomainName,
  GetDomainNames: domainNames.getDomainNames,
  GetIntegration: integrations.getIntegration,
  GetIntegrationResponse: models.getIntegrationResponse,
  GetIntegrationResponses: models.getIntegrationResponses,
  GetIntegrations: integrations.getIntegrations,
  GetModel: models.getModel,
  GetModels: models.getModels,
  GetRoute: routes.getRoute,
  GetRouteResponse: models.getRouteResponse,
  GetRouteResponses: models.getRouteResponses,
  GetRoutes: routes.getRoutes,
  GetStage: stages.getStage,
  GetStages: stages.getStages,
  GetTags: tags.getTags,
  GetVpcLink: domainNames.getVpcLink,
  GetVpcLinks: domainNames.getVpcLinks,
  ImportApi: apis.importApi,
  ReimportApi: apis.reimportApi,
  ResetAuthorizersCache: authorizers.resetAuthorizersCache,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateApi: apis.updateApi,
  UpdateApiMapping: domainNames.updateApiMapping,
  UpdateAuthorizer: authorizers.updateAuthorizer,
  UpdateDeployment: stages.updateDeployment,
  UpdateDomainName: domainNames.updateDomainName,
  UpdateIntegration: integrations.updateIntegration,
  UpdateIntegrationResponse: models.updateIntegrationResponse,
  UpdateModel: models.updateModel,
  UpdateRoute: routes.updateRoute,
  UpdateRouteResponse: models.updateRouteResponse,
  UpdateStage: stages.updateStage,
  UpdateVpcLink: domainNames.updateVpcLink,
} satisfies Operations<Client>;

const port: ApiGatewayV2Port = {
  ownerOfApi: (call, apiId) => owners.get(call.in(ownersScope).tx, ["api", apiId]),
  ownerOfDomain: (call, domainName) => owners.get(call.in(ownersScope).tx, ["domain", domainName]),
};

/** An authorizer's answer that has grown old is forgotten, unless a newer one took its place. */
function forgetAnswer(call: Call, key: readonly TuplePart[]): void {
  const answerKey = key as [string, string, string];
  const row = authorizerAnswers.get(call.tx, answerKey);
  if (row !== undefined && row.expiresAtMs <= call.nowMs) authorizerAnswers.delete(call.tx, answerKey);
}

export const service: Service = {
  name: "apigatewayv2",
  operations,
  duties: { "forget-answer": forgetAnswer },
  effects: { http: forwardHttp, "issuer-keys": fetchIssuerKeys },
  port,
  needs: ["lambda", "logs"],
  front,
};
