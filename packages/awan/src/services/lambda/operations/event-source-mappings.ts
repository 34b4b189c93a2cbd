/** Create, update, read and delete event source mappings. Each enabled mapping is kept alive as a resident. */
import type { Call } from "../../../host/call.ts";
import { notImplemented } from "../../../kernel/errors.ts";
import { conflict, invalidParameter } from "../errors.ts";
import { patternsOf } from "../filter.ts";
import { qualifierExists, requireVersion } from "../function.ts";
import {
  mappingPairs,
  mappingResults,
  mappings,
  type MappingRow,
  queueBuffers,
  queueBusySince,
} from "../keys.ts";
import { describeMapping, requireMapping } from "../mapping.ts";
import { type FunctionReference, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";
import { checkBatching, defaultsOf, kindOf, streamSettings } from "../sources/settings.ts";
import { clearStreamState, startAtPosition } from "../sources/stream-state.ts";

const residentOf = (row: MappingRow): string =>
  row.kind === "sqs" ? "lambda.poll-queue" : "lambda.poll-stream";

function requireTarget(call: Call, functionName: string): FunctionReference {
  const reference = parseFunctionName(call, functionName);
  if (!qualifierExists(call, reference)) throw invalidParameter("Function does not exist");
  return reference;
}

export function createEventSourceMapping(
  call: Call,
  input: In<"CreateEventSourceMapping">,
): Out<"CreateEventSourceMapping"> {
  if (input.EventSourceArn === undefined) {
    if (input.SelfManagedEventSource !== undefined)
      throw notImplemented("lambda:CreateEventSourceMapping for Kafka");
    throw invalidParameter("Unrecognized event source.");
  }
  const sourceArn = input.EventSourceArn;
  const kind = kindOf(sourceArn);
  const stream = kind === "sqs" ? null : streamSettings(kind, sourceArn, input);
  if (kind === "sqs" && input.DestinationConfig !== undefined) {
    throw invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  const filters = patternsOf(input.FilterCriteria);
  const reference = requireTarget(call, input.FunctionName);
  const row: MappingRow = {
    kind,
    sourceArn,
    functionName: reference.name,
    qualifier: reference.qualifier ?? "",
    enabled: input.Enabled ?? true,
    lastModifiedMs: call.nowMs,
    tags: input.Tags ?? {},
    BatchSize: input.BatchSize ?? defaultsOf(kind).batchSize,
    MaximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds ?? 0,
    FunctionResponseTypes: input.FunctionResponseTypes ?? [],
    filters,
    MaximumConcurrency: input.ScalingConfig?.MaximumConcurrency ?? null,
    KMSKeyArn: input.KMSKeyArn ?? null,
    MetricsConfig: input.MetricsConfig === undefined ? null : { ...input.MetricsConfig },
    stream,
  };
  checkBatching(call, row, requireVersion(call, reference).version.settings.Timeout ?? 3);
  requireOnly(call, row);
  const uuid = call.random.uuid();
  mappings.set(call.tx, [uuid], row);
  mappingPairs.set(call.tx, [sourceArn, row.functionName, row.qualifier], uuid);
  startAtPosition(call, uuid, row);
  call.keep(residentOf(row), [uuid]);
  call.note("lambda.map", { function: row.functionName, source: sourceArn });
  return describeMapping(call, uuid, row, row.enabled ? "Creating" : undefined);
}

function requireOnly(call: Call, row: MappingRow): void {
  const other = mappingPairs.get(call.tx, [row.sourceArn, row.functionName, row.qualifier]);
  if (other === undefined) return;
  throw conflict(
    row.kind === "sqs"
      ? `An event source mapping with SQS arn (" ${row.sourceArn} ") and function (" ${row.functionName} ") already exists. Please update or delete the existing mapping with UUID ${other}`
      : `The event source arn (" ${row.sourceArn} ") and function (" ${row.functionName} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${other}`,
  );
}

export function updateEventSourceMapping(
  call: Call,
  input: In<"UpdateEventSourceMapping">,
): Out<"UpdateEventSourceMapping"> {
  const before = requireMapping(call, input.UUID);
  const reference =
    input.FunctionName === undefined
      ? { name: before.functionName, qualifier: before.qualifier === "" ? undefined : before.qualifier }
      : requireTarget(call, input.FunctionName);
  const stream = before.stream;
  const row: MappingRow = {
    ...before,
    functionName: reference.name,
    qualifier: reference.qualifier ?? "",
    enabled: input.Enabled ?? before.enabled,
    lastModifiedMs: call.nowMs,
    BatchSize: input.BatchSize ?? before.BatchSize,
    MaximumBatchingWindowInSeconds:
      input.MaximumBatchingWindowInSeconds ?? before.MaximumBatchingWindowInSeconds,
    FunctionResponseTypes: input.FunctionResponseTypes ?? before.FunctionResponseTypes,
    filters: input.FilterCriteria === undefined ? before.filters : patternsOf(input.FilterCriteria),
    MaximumConcurrency:
      input.ScalingConfig === undefined
        ? before.MaximumConcurrency
        : (input.ScalingConfig.MaximumConcurrency ?? null),
    stream:
      stream === null
        ? null
        : {
            ...stream,
            ParallelizationFactor: input.ParallelizationFactor ?? stream.ParallelizationFactor,
            MaximumRecordAgeInSeconds: input.MaximumRecordAgeInSeconds ?? stream.MaximumRecordAgeInSeconds,
            BisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? stream.BisectBatchOnFunctionError,
            MaximumRetryAttempts: input.MaximumRetryAttempts ?? stream.MaximumRetryAttempts,
            TumblingWindowInSeconds: input.TumblingWindowInSeconds ?? stream.TumblingWindowInSeconds,
            onFailure:
              input.DestinationConfig === undefined
                ? stream.onFailure
                : (input.DestinationConfig.OnFailure?.Destination ?? null),
          },
  };
  checkBatching(call, row, 0);
  mappingPairs.delete(call.tx, [before.sourceArn, before.functionName, before.qualifier]);
  requireOnly(call, row);
  mappingPairs.set(call.tx, [row.sourceArn, row.functionName, row.qualifier], input.UUID);
  mappings.set(call.tx, [input.UUID], row);
  const state = before.enabled === row.enabled ? "Updating" : row.enabled ? "Enabling" : "Disabling";
  return describeMapping(call, input.UUID, row, state);
}

export function getEventSourceMapping(
  call: Call,
  input: In<"GetEventSourceMapping">,
): Out<"GetEventSourceMapping"> {
  return describeMapping(call, input.UUID, requireMapping(call, input.UUID));
}

export function deleteEventSourceMapping(
  call: Call,
  input: In<"DeleteEventSourceMapping">,
): Out<"DeleteEventSourceMapping"> {
  const row = requireMapping(call, input.UUID);
  const described = describeMapping(call, input.UUID, row, "Deleting");
  mappings.delete(call.tx, [input.UUID]);
  mappingResults.delete(call.tx, [input.UUID]);
  mappingPairs.delete(call.tx, [row.sourceArn, row.functionName, row.qualifier]);
  queueBuffers.delete(call.tx, [input.UUID]);
  queueBusySince.delete(call.tx, [input.UUID]);
  clearStreamState(call, input.UUID);
  call.dismiss(residentOf(row), [input.UUID]);
  return described;
}

export function listEventSourceMappings(
  call: Call,
  input: In<"ListEventSourceMappings">,
): Out<"ListEventSourceMappings"> {
  const reference =
    input.FunctionName === undefined ? undefined : parseFunctionName(call, input.FunctionName);
  const rows = [...mappings.scan(call.tx, [])].filter(
    ({ value }) =>
      (input.EventSourceArn === undefined || value.sourceArn === input.EventSourceArn) &&
      (reference === undefined ||
        (value.functionName === reference.name &&
          (reference.qualifier === undefined || value.qualifier === reference.qualifier))),
  );
  const { items, next } = pageOf(rows, ({ key }) => key[0], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 100, 100),
  });
  return {
    EventSourceMappings: items.map(({ key, value }) => describeMapping(call, key[0], value)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}
