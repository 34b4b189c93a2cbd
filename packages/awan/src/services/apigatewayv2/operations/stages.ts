/** Stages and deployments: which content of an API is served under which name. */
import type { Deployment, Stage } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../../host/call.ts";
import { isMapped } from "../api.ts";
import type { Input, Output } from "../client.ts";
import { badRequest, conflict } from "../errors.ts";
import { deployments, type DeploymentRow, routes, routings, type StageRow, stages } from "../keys.ts";
import { autoDeployed, findApi, findDeployment, findStage } from "../lookup.ts";
import { changed, compact, newId, page } from "../records.ts";
import { gatherRouting } from "../routing.ts";

function stageRecord(row: StageRow): Stage {
  const { createdAtMs, updatedAtMs, ...stage } = row;
  return {
    ...stage,
    CreatedDate: new Date(createdAtMs),
    LastUpdatedDate: new Date(updatedAtMs ?? createdAtMs),
  };
}

function deploymentRecord(row: DeploymentRow): Deployment {
  const { createdAtMs, updatedAtMs: _, ...deployment } = row;
  return { ...deployment, CreatedDate: new Date(createdAtMs) };
}

export function createStage(call: Call, input: Input<"CreateStage">): Output<"CreateStage"> {
  const { ApiId, ...settings } = input;
  findApi(call, ApiId);
  const name = input.StageName;
  if (name !== "$default" && !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
    throw badRequest("Stage name only allows a-zA-Z0-9_- or $default");
  }
  if (stages.has(call.tx, [ApiId, name])) throw conflict("Stage already exists");
  if (input.DeploymentId !== undefined) findDeployment(call, ApiId, input.DeploymentId);
  let row: StageRow = compact({
    ...settings,
    AutoDeploy: input.AutoDeploy,
    DefaultRouteSettings: input.DefaultRouteSettings ?? { DetailedMetricsEnabled: false },
    RouteSettings: input.RouteSettings ?? {},
    StageVariables: input.StageVariables ?? {},
    Tags: input.Tags ?? {},
    createdAtMs: call.nowMs,
    updatedAtMs: call.nowMs,
  });
  if (input.AutoDeploy === true) row = autoDeployed(call, ApiId, row);
  stages.set(call.tx, [ApiId, name], row);
  return stageRecord(row);
}

export function getStage(call: Call, input: Input<"GetStage">): Output<"GetStage"> {
  return stageRecord(findStage(call, input.ApiId, input.StageName));
}

export function getStages(call: Call, input: Input<"GetStages">): Output<"GetStages"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, stages, [input.ApiId], input);
  return { Items: items.map(stageRecord), NextToken: nextToken };
}

export function updateStage(call: Call, input: Input<"UpdateStage">): Output<"UpdateStage"> {
  const { ApiId, StageName } = input;
  const before = findStage(call, ApiId, StageName);
  if (input.DeploymentId !== undefined) findDeployment(call, ApiId, input.DeploymentId);
  let row = { ...changed(before, input, ["ApiId", "StageName"]), updatedAtMs: call.nowMs };
  const turnedOn = row.AutoDeploy === true && before.AutoDeploy !== true;
  const turnedOff = row.AutoDeploy !== true && before.AutoDeploy === true;
  if (turnedOn) row = { ...autoDeployed(call, ApiId, row), updatedAtMs: call.nowMs };
  // What was served stays served when automatic deployment is turned off.
  if (turnedOff && row.DeploymentId !== undefined) {
    if (row.DeploymentId === before.DeploymentId) {
      routings.set(call.tx, [ApiId, row.DeploymentId], gatherRouting(call, ApiId));
    }
  }
  stages.set(call.tx, [ApiId, StageName], row);
  return stageRecord(row);
}

export function deleteStage(call: Call, input: Input<"DeleteStage">): void {
  findStage(call, input.ApiId, input.StageName);
  if (isMapped(call, input.ApiId, input.StageName)) {
    throw badRequest(
      "Deleting stage with active api mappings is not allowed. Please delete all the api mappings and try again.",
    );
  }
  stages.delete(call.tx, [input.ApiId, input.StageName]);
}

export function deleteRouteSettings(call: Call, input: Input<"DeleteRouteSettings">): void {
  const row = findStage(call, input.ApiId, input.StageName);
  const { [input.RouteKey]: _, ...rest } = row.RouteSettings ?? {};
  stages.set(call.tx, [input.ApiId, input.StageName], { ...row, RouteSettings: rest });
}

export function deleteAccessLogSettings(call: Call, input: Input<"DeleteAccessLogSettings">): void {
  const { AccessLogSettings: _, ...row } = findStage(call, input.ApiId, input.StageName);
  stages.set(call.tx, [input.ApiId, input.StageName], row);
}

export function createDeployment(call: Call, input: Input<"CreateDeployment">): Output<"CreateDeployment"> {
  const { ApiId, Description, StageName } = input;
  findApi(call, ApiId);
  if (routes.first(call.tx, [ApiId]) === undefined) {
    throw badRequest("At least one route is required before deploying the Api.");
  }
  const stage = StageName === undefined ? undefined : findStage(call, ApiId, StageName);
  if (stage?.AutoDeploy === true) {
    throw badRequest(
      "Deployment ID cannot be set on Stage because it is configured for automatic deployment",
    );
  }
  const deploymentId = newId(call, 6);
  const row: DeploymentRow = compact({
    AutoDeployed: false,
    DeploymentId: deploymentId,
    DeploymentStatus: "DEPLOYED" as const,
    Description,
    createdAtMs: call.nowMs,
  });
  deployments.set(call.tx, [ApiId, deploymentId], row);
  routings.set(call.tx, [ApiId, deploymentId], gatherRouting(call, ApiId));
  if (stage !== undefined) {
    stages.set(call.tx, [ApiId, StageName as string], {
      ...stage,
      DeploymentId: deploymentId,
      updatedAtMs: call.nowMs,
    });
  }
  return deploymentRecord(row);
}

export function getDeployment(call: Call, input: Input<"GetDeployment">): Output<"GetDeployment"> {
  return deploymentRecord(findDeployment(call, input.ApiId, input.DeploymentId));
}

export function getDeployments(call: Call, input: Input<"GetDeployments">): Output<"GetDeployments"> {
  findApi(call, input.ApiId);
  const { items, nextToken } = page(call, deployments, [input.ApiId], input);
  return { Items: items.map(deploymentRecord), NextToken: nextToken };
}

export function updateDeployment(call: Call, input: Input<"UpdateDeployment">): Output<"UpdateDeployment"> {
  const row = changed(findDeployment(call, input.ApiId, input.DeploymentId), input, [
    "ApiId",
    "DeploymentId",
  ]);
  deployments.set(call.tx, [input.ApiId, input.DeploymentId], row);
  return deploymentRecord(row);
}

export function deleteDeployment(call: Call, input: Input<"DeleteDeployment">): void {
  const { ApiId, DeploymentId } = input;
  findDeployment(call, ApiId, DeploymentId);
  for (const { value: stage } of stages.scan(call.tx, [ApiId])) {
    if (stage.DeploymentId === DeploymentId) {
      throw badRequest("Active stages pointing to this deployment must be moved or deleted");
    }
  }
  deployments.delete(call.tx, [ApiId, DeploymentId]);
  routings.delete(call.tx, [ApiId, DeploymentId]);
}
