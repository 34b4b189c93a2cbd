/** What API Gateway checks of records beyond their shape: route keys, integration types, URIs, timeouts. */
import type { CreateIntegrationCommandInput, Integration } from "@aws-sdk/client-apigatewayv2";
import { badRequest } from "./errors.ts";
import type { ApiRow } from "./keys.ts";
import {
  integrationTimeoutMsMax,
  integrationTimeoutMsMin,
  webSocketIntegrationTimeoutMsMax,
} from "./limits.ts";

const methods = new Set(["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/** Services an HTTP API may call itself ("Integration subtype reference"), with the parameters they demand. */
export const subtypes: Readonly<Record<string, readonly string[]>> = {
  "EventBridge-PutEvents": ["Detail", "DetailType", "Source"],
  "SQS-SendMessage": ["QueueUrl", "MessageBody"],
  "SQS-ReceiveMessage": ["QueueUrl"],
  "SQS-DeleteMessage": ["ReceiptHandle", "QueueUrl"],
  "SQS-PurgeQueue": ["QueueUrl"],
  "AppConfig-GetConfiguration": ["Application", "Environment", "Configuration", "ClientId"],
  "Kinesis-PutRecord": ["StreamName", "Data", "PartitionKey"],
  "StepFunctions-StartExecution": ["StateMachineArn"],
  "StepFunctions-StartSyncExecution": ["StateMachineArn"],
  "StepFunctions-StopExecution": ["ExecutionArn"],
};

export function checkRouteKey(api: ApiRow, routeKey: string): void {
  if (api.ProtocolType === "WEBSOCKET" || routeKey === "$default") return;
  const [method, path, ...rest] = routeKey.split(" ");
  if (
    method === undefined ||
    path === undefined ||
    rest.length > 0 ||
    !path.startsWith("/") ||
    !methods.has(method)
  ) {
    throw badRequest(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    );
  }
  const greedyAt = path.indexOf("+}");
  if (greedyAt !== -1 && greedyAt !== path.length - 2) {
    throw badRequest(
      `The provided route key is not formatted properly: a greedy path variable must be the last segment of ${path}`,
    );
  }
}

type NewIntegration = Pick<CreateIntegrationCommandInput, "IntegrationType"> &
  Partial<CreateIntegrationCommandInput>;

export function checkIntegration(api: ApiRow, input: NewIntegration | Integration): void {
  const http = api.ProtocolType === "HTTP";
  const type = input.IntegrationType;
  const subtype = input.IntegrationSubtype;
  if (http && (type === "AWS" || type === "HTTP" || type === "MOCK")) {
    throw badRequest("HTTP APIs support only AWS_PROXY and HTTP_PROXY integrations");
  }
  if (http && (type === "AWS_PROXY" || type === "HTTP_PROXY") && input.PayloadFormatVersion === undefined) {
    throw badRequest("PayloadFormatVersion is a required parameter for integration");
  }
  if (input.PayloadFormatVersion !== undefined && !["1.0", "2.0"].includes(input.PayloadFormatVersion)) {
    throw badRequest("Invalid value for PayloadFormatVersion. Must be one of [1.0, 2.0]");
  }
  if (type === "HTTP_PROXY" && http && input.PayloadFormatVersion !== "1.0") {
    throw badRequest("PayloadFormatVersion for HTTP_PROXY integrations must be 1.0");
  }
  if (subtype !== undefined) {
    const required = subtypes[subtype];
    if (required === undefined) throw badRequest(`Invalid integration subtype specified: ${subtype}`);
    const given = input.RequestParameters ?? {};
    const missing = required.filter((name) => given[name] === undefined);
    if (missing.length > 0)
      throw badRequest(`Parameters: (${missing.join(", ")}) are required for ${subtype}`);
    if (input.CredentialsArn === undefined) throw badRequest(`CredentialsArn is required for ${subtype}`);
  } else if (http && input.IntegrationUri === undefined) {
    throw badRequest("IntegrationUri is a required parameter for integration");
  }
  if (
    type === "HTTP_PROXY" &&
    input.ConnectionType !== "VPC_LINK" &&
    !/^https?:\/\/|\$\{stageVariables\./.test(input.IntegrationUri ?? "")
  ) {
    throw badRequest(`Invalid HTTP endpoint specified for URI`);
  }
  checkTimeout(api, input.TimeoutInMillis);
}

function checkTimeout(api: ApiRow, timeoutMs: number | undefined): void {
  if (timeoutMs === undefined) return;
  const most = api.ProtocolType === "HTTP" ? integrationTimeoutMsMax : webSocketIntegrationTimeoutMsMax;
  if (timeoutMs < integrationTimeoutMsMin || timeoutMs > most) {
    throw badRequest(`Timeout should be between ${integrationTimeoutMsMin} ms and ${most} ms`);
  }
}
