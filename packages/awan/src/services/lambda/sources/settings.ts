/** What AWS checks when a source is mapped to a function. */
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { notImplemented } from "../../../kernel/errors.ts";
import { invalidParameter } from "../errors.ts";
import type { MappingRow, SourceKind, StreamSettings } from "../keys.ts";
import type { In } from "../sdk.ts";
import { sourceOf } from "./stream-source.ts";

export function kindOf(sourceArn: string): SourceKind {
  const service = parseArn(sourceArn)?.service;
  switch (service) {
    case "sqs":
    case "dynamodb":
    case "kinesis":
      return service;
    case "kafka":
    case "mq":
    case "rds":
      throw notImplemented(`lambda:CreateEventSourceMapping for ${service}`);
    default:
      throw invalidParameter("Unrecognized event source.");
  }
}

export const defaultsOf = (kind: SourceKind): { readonly batchSize: number } => ({
  batchSize: kind === "sqs" ? 10 : 100,
});

export function streamSettings(
  kind: SourceKind,
  sourceArn: string,
  input: In<"CreateEventSourceMapping">,
): StreamSettings {
  if (input.StartingPosition === undefined) {
    throw invalidParameter(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (kind === "dynamodb" && input.StartingPosition === "AT_TIMESTAMP") {
    throw invalidParameter(`Unsupported starting position for arn type: ${sourceArn}`);
  }
  if (input.StartingPosition === "AT_TIMESTAMP" && input.StartingPositionTimestamp === undefined) {
    throw invalidParameter("StartingPositionTimestamp must be provided for StartingPosition AT_TIMESTAMP.");
  }
  return {
    StartingPosition: input.StartingPosition,
    startingAtMs: input.StartingPositionTimestamp?.getTime() ?? null,
    ParallelizationFactor: input.ParallelizationFactor ?? 1,
    MaximumRecordAgeInSeconds: input.MaximumRecordAgeInSeconds ?? -1,
    BisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? false,
    MaximumRetryAttempts: input.MaximumRetryAttempts ?? -1,
    TumblingWindowInSeconds: input.TumblingWindowInSeconds ?? 0,
    onFailure: input.DestinationConfig?.OnFailure?.Destination ?? null,
  };
}

/** Checks the source itself and how it is to be batched. `timeoutSeconds` of 0 leaves the function's timeout out. */
export function checkBatching(call: Call, row: MappingRow, timeoutSeconds: number): void {
  if (row.kind !== "sqs") {
    if (!sourceOf(row.kind).exists(call, row.sourceArn))
      throw invalidParameter(`Stream not found: ${row.sourceArn}`);
    return;
  }
  const facts = call.ports.sqs.describe(call, row.sourceArn);
  if (facts === undefined) {
    throw invalidParameter(
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    );
  }
  if (facts.fifo && row.MaximumBatchingWindowInSeconds > 0) {
    throw invalidParameter("Batching window is not supported for FIFO queues.");
  }
  if (facts.fifo && row.BatchSize > 10)
    throw invalidParameter("FIFO queues support a maximum batch size of 10.");
  if (row.BatchSize > 10 && row.MaximumBatchingWindowInSeconds === 0) {
    throw invalidParameter(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
  if (facts.visibilityTimeoutMs < timeoutSeconds * 1000) {
    throw invalidParameter(
      `Queue visibility timeout: ${facts.visibilityTimeoutMs / 1000} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  }
}
