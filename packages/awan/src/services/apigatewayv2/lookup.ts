/** Finding an API's records, or refusing as AWS does; and telling automatic deployment that something changed. */
import type { Authorizer, Integration, Model, Route } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../host/call.ts";
import { apiNotFound, domainNotFound, partNotFound, stageNotFound } from "./errors.ts";
import {
  type ApiRow,
  apis,
  authorizers,
  deployments,
  type DeploymentRow,
  type DomainNameRow,
  domainNames,
  integrations,
  liveRouting,
  models,
  routes,
  routings,
  type StageRow,
  stages,
} from "./keys.ts";
import { newId } from "./records.ts";

export function findApi(call: Call, apiId: string): ApiRow {
  const row = apis.get(call.tx, [apiId]);
  if (row === undefined) throw apiNotFound(`${call.accountId}:${apiId}`);
  return row;
}

export function findRoute(call: Call, apiId: string, routeId: string): Route {
  findApi(call, apiId);
  const row = routes.get(call.tx, [apiId, routeId]);
  if (row === undefined) throw partNotFound("Route", routeId);
  return row;
}

export function findIntegration(call: Call, apiId: string, integrationId: string): Integration {
  findApi(call, apiId);
  const row = integrations.get(call.tx, [apiId, integrationId]);
  if (row === undefined) throw partNotFound("Integration", integrationId);
  return row;
}

export function findAuthorizer(call: Call, apiId: string, authorizerId: string): Authorizer {
  findApi(call, apiId);
  const row = authorizers.get(call.tx, [apiId, authorizerId]);
  if (row === undefined) throw partNotFound("Authorizer", authorizerId);
  return row;
}

export function findModel(call: Call, apiId: string, modelId: string): Model {
  findApi(call, apiId);
  const row = models.get(call.tx, [apiId, modelId]);
  if (row === undefined) throw partNotFound("Model", modelId);
  return row;
}

export function findStage(call: Call, apiId: string, stageName: string): StageRow {
  findApi(call, apiId);
  const row = stages.get(call.tx, [apiId, stageName]);
  if (row === undefined) throw stageNotFound();
  return row;
}

export function findDeployment(call: Call, apiId: string, deploymentId: string): DeploymentRow {
  findApi(call, apiId);
  const row = deployments.get(call.tx, [apiId, deploymentId]);
  if (row === undefined) throw partNotFound("Deployment", deploymentId);
  return row;
}

export function findDomainName(call: Call, domainName: string): DomainNameRow {
  const row = domainNames.get(call.tx, [domainName]);
  if (row === undefined) throw domainNotFound();
  return row;
}

/**
 * Called after every change of an API's routes, integrations or authorizers: stages with automatic deployment get a new
 * deployment, and what they serve is put together again by the next request.
 */
export function contentChanged(call: Call, apiId: string): void {
  routings.delete(call.tx, [apiId, liveRouting]);
  for (const { key, value: stage } of stages.scan(call.tx, [apiId])) {
    if (stage.AutoDeploy === true) stages.set(call.tx, key, autoDeployed(call, apiId, stage));
  }
}

/** The stage with a fresh automatic deployment, which takes the place of its last automatic one. */
export function autoDeployed(call: Call, apiId: string, stage: StageRow): StageRow {
  const last =
    stage.DeploymentId === undefined ? undefined : deployments.get(call.tx, [apiId, stage.DeploymentId]);
  if (last?.AutoDeployed === true) deployments.delete(call.tx, [apiId, last.DeploymentId as string]);
  const deploymentId = newId(call, 6);
  deployments.set(call.tx, [apiId, deploymentId], {
    AutoDeployed: true,
    DeploymentId: deploymentId,
    DeploymentStatus: "DEPLOYED",
    Description: "Automatic deployment triggered by changes to the Api configuration",
    createdAtMs: call.nowMs,
  });
  return {
    ...stage,
    DeploymentId: deploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deploymentId}'`,
    updatedAtMs: call.nowMs,
  };
}
