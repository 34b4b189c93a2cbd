/** Event source mappings as AWS describes them, and the little that all kinds of sources share. */
import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import type { Call } from "../../host/call.ts";
import { notFound } from "./errors.ts";
import { mappingResults, mappings, type MappingRow } from "./keys.ts";
import { functionArn } from "./names.ts";

export function requireMapping(call: Call, uuid: string): MappingRow {
  const row = mappings.get(call.tx, [uuid]);
  if (row === undefined) throw notFound("The resource you requested does not exist.");
  return row;
}

export const mappingArn = (call: Call, uuid: string): string =>
  `arn:${call.partition}:lambda:${call.region}:${call.accountId}:event-source-mapping:${uuid}`;

export const mappedFunctionArn = (call: Call, row: MappingRow): string =>
  functionArn(call, row.functionName, row.qualifier);

/** `state` is what the answer that starts a transition shows; otherwise the lasting state. */
export function describeMapping(
  call: Call,
  uuid: string,
  row: MappingRow,
  state?: "Creating" | "Updating" | "Deleting" | "Enabling" | "Disabling",
): EventSourceMappingConfiguration {
  const { stream } = row;
  const described: EventSourceMappingConfiguration = {
    UUID: uuid,
    EventSourceMappingArn: mappingArn(call, uuid),
    EventSourceArn: row.sourceArn,
    FunctionArn: mappedFunctionArn(call, row),
    BatchSize: row.BatchSize,
    MaximumBatchingWindowInSeconds: row.MaximumBatchingWindowInSeconds,
    FunctionResponseTypes: [...row.FunctionResponseTypes] as "ReportBatchItemFailures"[],
    LastModified: new Date(row.lastModifiedMs),
    State: state ?? (row.enabled ? "Enabled" : "Disabled"),
    StateTransitionReason: stream === null ? "USER_INITIATED" : "User action",
  };
  if (row.filters.length > 0)
    described.FilterCriteria = { Filters: row.filters.map((Pattern) => ({ Pattern })) };
  if (row.MaximumConcurrency !== null)
    described.ScalingConfig = { MaximumConcurrency: row.MaximumConcurrency };
  if (row.KMSKeyArn !== null) described.KMSKeyArn = row.KMSKeyArn;
  if (row.MetricsConfig !== null) described.MetricsConfig = row.MetricsConfig;
  if (stream === null) return described;
  return {
    ...described,
    LastProcessingResult: mappingResults.get(call.tx, [uuid]) ?? "No records processed",
    StartingPosition: stream.StartingPosition as "LATEST",
    ...(stream.startingAtMs === null ? {} : { StartingPositionTimestamp: new Date(stream.startingAtMs) }),
    ParallelizationFactor: stream.ParallelizationFactor,
    MaximumRecordAgeInSeconds: stream.MaximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: stream.BisectBatchOnFunctionError,
    MaximumRetryAttempts: stream.MaximumRetryAttempts,
    TumblingWindowInSeconds: stream.TumblingWindowInSeconds,
    DestinationConfig: { OnFailure: stream.onFailure === null ? {} : { Destination: stream.onFailure } },
  };
}

export function tellResult(call: Call, uuid: string, result: string): void {
  if (mappingResults.get(call.tx, [uuid]) !== result) mappingResults.set(call.tx, [uuid], result);
}

/** The identifiers a function reported as failed; undefined when the answer must count as a failure of the whole batch. */
export function reportedFailures(payload: Uint8Array): readonly string[] | undefined {
  const text = Buffer.from(payload).toString("utf8");
  let answer: unknown;
  try {
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) {
    return answer === null || answer === "" ? [] : typeof answer === "string" ? undefined : [];
  }
  const list = (answer as Record<string, unknown>)["batchItemFailures"];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const failed: string[] = [];
  for (const item of list as unknown[]) {
    const id = (item as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== "string" || id === "") return undefined;
    failed.push(id);
  }
  return failed;
}
