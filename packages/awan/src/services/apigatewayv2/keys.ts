/**
 * Rows of API Gateway v2. Most rows are AWS's own record (PascalCase members as the API answers them) beside what is
 * ours; an API's parts are keyed under its id. `owners` finds the account and region of an API or a custom domain,
 * because requests to the data plane name neither: it lives in the scope `ownersScope`.
 */
import { type Call, globalScope } from "../../host/call.ts";
import type {
  Api,
  ApiMapping,
  Authorizer,
  Deployment,
  DomainName,
  Integration,
  IntegrationResponse,
  Model,
  Route,
  RouteResponse,
  Stage,
  VpcLink,
} from "@aws-sdk/client-apigatewayv2";
import { table } from "../../store/table.ts";

/** AWS's record without its dates, which rows keep as milliseconds. */
export type Stored<Record> = Omit<Record, "CreatedDate" | "LastUpdatedDate"> & {
  readonly createdAtMs: number;
  readonly updatedAtMs?: number;
};

export type ApiRow = Stored<Api>;
export type StageRow = Stored<Stage>;
export type DeploymentRow = Stored<Deployment>;
export type VpcLinkRow = Stored<VpcLink>;
export type DomainNameRow = DomainName;

export interface RoutedRoute {
  readonly route: Route;
  readonly integration: Integration | null;
  readonly authorizer: Authorizer | null;
}

/** What one deployment serves: written when it is made, or on the first request after a change with automatic deployment. */
export interface RoutingRow {
  readonly routes: readonly RoutedRoute[];
}

export interface AuthorizerAnswerRow {
  readonly answer: string;
  readonly expiresAtMs: number;
}

/** An issuer's public keys (JSON Web Keys), as last fetched. */
export interface IssuerKeysRow {
  readonly keys: readonly object[];
  readonly fetchedAtMs: number;
}

export interface OwnerRow {
  readonly accountId: string;
  readonly region: string;
}

export const apis = table<[apiId: string], ApiRow>("apigatewayv2", "api");
export const routes = table<[apiId: string, routeId: string], Route>("apigatewayv2", "route");
/** One row per route key, so that a duplicate is found without walking the routes. */
export const routeKeys = table<[apiId: string, routeKey: string], string>("apigatewayv2", "route-key");
export const integrations = table<[apiId: string, integrationId: string], Integration>(
  "apigatewayv2",
  "integration",
);
export const stages = table<[apiId: string, stageName: string], StageRow>("apigatewayv2", "stage");
export const deployments = table<[apiId: string, deploymentId: string], DeploymentRow>(
  "apigatewayv2",
  "deployment",
);
export const authorizers = table<[apiId: string, authorizerId: string], Authorizer>(
  "apigatewayv2",
  "authorizer",
);
export const models = table<[apiId: string, modelId: string], Model>("apigatewayv2", "model");
export const routeResponses = table<[apiId: string, routeId: string, id: string], RouteResponse>(
  "apigatewayv2",
  "route-response",
);
export const integrationResponses = table<
  [apiId: string, integrationId: string, id: string],
  IntegrationResponse
>("apigatewayv2", "integration-response");
export const domainNames = table<[domainName: string], DomainNameRow>("apigatewayv2", "domain-name");
export const apiMappings = table<[domainName: string, apiMappingId: string], ApiMapping>(
  "apigatewayv2",
  "api-mapping",
);
export const vpcLinks = table<[vpcLinkId: string], VpcLinkRow>("apigatewayv2", "vpc-link");
/** `deploymentId` is `$live` for what automatic deployment serves. */
export const routings = table<[apiId: string, deploymentId: string], RoutingRow>("apigatewayv2", "routing");
export const authorizerAnswers = table<
  [apiId: string, authorizerId: string, identity: string],
  AuthorizerAnswerRow
>("apigatewayv2", "authorizer-answer");
export const issuerKeys = table<[issuer: string], IssuerKeysRow>("apigatewayv2", "issuer-keys");
export const owners = table<[kind: "api" | "domain", name: string], OwnerRow>("apigatewayv2", "owner");

export const liveRouting = "$live";

/** Where `owners` is kept: a scope of no account. */

export function setOwner(call: Call, kind: "api" | "domain", name: string): void {
  owners.set(call.in(globalScope).tx, [kind, name], { accountId: call.accountId, region: call.region });
}

export function clearOwner(call: Call, kind: "api" | "domain", name: string): void {
  owners.delete(call.in(globalScope).tx, [kind, name]);
}

export { globalScope as ownersScope } from "../../host/call.ts";
