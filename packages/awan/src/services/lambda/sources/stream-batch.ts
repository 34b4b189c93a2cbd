/** One batch of a stream: its runs, and what its failure leads to. */
import type { Call } from "../../../host/call.ts";
import type { Completion, EffectContext, Outcome } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { sendTo } from "../destinations.ts";
import type { Invoker } from "../invoke.ts";
import {
  type LaneRow,
  lanes,
  mappings,
  type MappingRow,
  type PendingRecord,
  type StreamBatch,
  type StreamSettings,
} from "../keys.ts";
import { mappedFunctionArn, reportedFailures, tellResult } from "../mapping.ts";
import type { InvokeResult } from "../port.ts";
import type { ShardPlace } from "./stream.ts";
import { sourceOf } from "./stream-source.ts";

const retryDelayMsFirst = 1000;
const retryDelayMsMax = 60_000;

/** `2022-07-13T13:48:01Z`. */
const seconds = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d+Z$/, "Z");

type LaneKey = [uuid: string, shardId: string, lane: number];

/** Takes `records` under way; `row` is the lane without them. */
export function startBatch(
  { call, uuid, shardId, mapping, stream }: ShardPlace,
  lane: number,
  row: LaneRow,
  records: readonly PendingRecord[],
  isFinal: boolean,
): void {
  const key: LaneKey = [uuid, shardId, lane];
  const batch: StreamBatch = { records, failures: 0, throttles: 0, requestId: call.random.uuid(), isFinal };
  run({ call, key, mapping, stream }, { ...row, batch }, batch, 0);
}

interface BatchPlace {
  readonly call: Call;
  readonly key: LaneKey;
  readonly mapping: MappingRow;
  readonly stream: StreamSettings;
}

/** Starts a run of the lane's batch after `delayMs`. */
function run({ call, key }: BatchPlace, lane: LaneRow, batch: StreamBatch, delayMs: number): void {
  const requestId = call.random.uuid();
  lanes.set(call.tx, key, { ...lane, batch: { ...batch, requestId } });
  call.dispatch({
    effect: "lambda.run-stream-batch",
    request: { key },
    completion: "lambda.stream-batch-ended",
    context: { key, requestId },
    notBeforeMs: call.nowMs + delayMs,
  });
}

/** Gives up what has grown too old before a run. Undefined when nothing is left to run. */
function withoutOldRecords(place: BatchPlace, lane: LaneRow, batch: StreamBatch): LaneRow | undefined {
  const { call, key, stream } = place;
  if (stream.MaximumRecordAgeInSeconds < 0) return lane;
  const oldestMs = call.nowMs - stream.MaximumRecordAgeInSeconds * 1000;
  const fresh = batch.records.filter(({ atMs }) => atMs >= oldestMs);
  if (fresh.length === batch.records.length) return lane;
  const old = batch.records.filter(({ atMs }) => atMs < oldestMs);
  giveUp(place, { ...batch, records: old }, "RecordAgeExceeded", undefined);
  const isEmpty = fresh.length === 0 && !batch.isFinal;
  const left = { ...lane, batch: isEmpty ? null : { ...batch, records: fresh } };
  lanes.set(call.tx, key, left);
  return isEmpty ? undefined : left;
}

const readEvent = (
  { call, key, mapping }: BatchPlace,
  { event, sequence }: PendingRecord,
): PendingRecord["event"] | undefined =>
  event ?? sourceOf(mapping.kind).event(call, mapping, key[1], sequence);

/** The records as the event carries them, without those the stream has dropped while they waited. */
function readEvents(
  place: BatchPlace,
  lane: LaneRow,
  batch: StreamBatch,
): { readonly lane: LaneRow; readonly events: readonly unknown[] } {
  const { call, key } = place;
  const events = batch.records.map((record) => readEvent(place, record));
  const there = batch.records.filter((_record, at) => events[at] !== undefined);
  if (there.length === events.length) return { lane, events };
  call.note("lambda.records-expired", { mapping: key[0], count: events.length - there.length });
  const isEmpty = there.length === 0 && !batch.isFinal;
  const left = { ...lane, batch: isEmpty ? null : { ...batch, records: there } };
  lanes.set(call.tx, key, left);
  return { lane: left, events: events.filter((event) => event !== undefined) };
}

/** The effect `lambda.run-stream-batch`. */
export const runStreamBatch =
  (invoker: Invoker) =>
  async (context: EffectContext, { key }: { readonly key: LaneKey }): Promise<InvokeResult | undefined> => {
    const { shell, scope, trace } = context;
    const request = await shell.run({ name: "lambda.read-batch", ...scope, trace }, (call: Call) => {
      const mapping = mappings.get(call.tx, [key[0]]);
      const before = lanes.get(call.tx, key);
      if (mapping?.stream == null || before?.batch == null) return { gone: true } as const;
      const place: BatchPlace = { call, key, mapping, stream: mapping.stream };
      const young = withoutOldRecords(place, before, before.batch);
      if (young?.batch == null) return { gone: true } as const;
      const { events, lane } = readEvents(place, young, young.batch);
      if (lane.batch === null) return { gone: true } as const;
      return {
        gone: false,
        functionArn: mappedFunctionArn(call, mapping),
        requestId: lane.batch.requestId,
        payload: encodeEvent(eventOf(place, lane, events)),
      } as const;
    });
    if (request.gone) return undefined;
    return invoker.invoke(context, { ...request, kind: "RequestResponse" });
  };

/** AWS writes these seconds with a decimal point, and typed languages can tell. */
const encodeEvent = (event: object): Uint8Array =>
  Buffer.from(
    JSON.stringify(event).replaceAll(
      /"(ApproximateCreationDateTime|approximateArrivalTimestamp)":(\d+)(?=[,}])/g,
      '"$1":$2.0',
    ),
    "utf8",
  );

function eventOf({ key, mapping, stream }: BatchPlace, lane: LaneRow, Records: readonly unknown[]): object {
  const shardId = key[1];
  if (lane.window === null) return { Records };
  const { startMs, state } = lane.window;
  return {
    Records,
    window: { start: seconds(startMs), end: seconds(startMs + stream.TumblingWindowInSeconds * 1000) },
    state,
    shardId,
    eventSourceARN: mapping.sourceArn,
    isFinalInvokeForWindow: lane.batch?.isFinal === true,
    isWindowTerminatedEarly: false,
  };
}

/** The completion `lambda.stream-batch-ended`. */
export const streamBatchEnded: Completion = (call, context, outcome) => {
  const { key, requestId } = context as { key: LaneKey; requestId: string };
  const lane = lanes.get(call.tx, key);
  const mapping = mappings.get(call.tx, [key[0]]);
  if (lane?.batch == null || mapping?.stream == null || lane.batch.requestId !== requestId) return;
  const place: BatchPlace = { call, key, mapping, stream: mapping.stream };
  if (!outcome.ok) {
    tellResult(call, key[0], `PROBLEM: ${outcome.message}`);
    const batch = { ...lane.batch, throttles: lane.batch.throttles + 1 };
    run(place, lane, batch, delayMs(lane.batch.throttles));
    return;
  }
  const result = outcome.value as InvokeResult;
  const rest = unfinished(mapping, lane.batch, result);
  if (rest.length === 0 && result.functionError === undefined) {
    succeed(place, lane, result);
    return;
  }
  fail(place, lane, rest, outcome);
};

/** The records that must be run again. */
function unfinished(mapping: MappingRow, batch: StreamBatch, result: InvokeResult): readonly PendingRecord[] {
  if (result.functionError !== undefined) return batch.records;
  if (!mapping.FunctionResponseTypes.includes("ReportBatchItemFailures")) return [];
  const failures = reportedFailures(result.payload);
  if (failures === undefined) return batch.records;
  if (failures.length === 0) return [];
  // A checkpoint: everything from the first failure on; an identifier of no record fails the whole batch.
  const known = new Set(batch.records.map(({ sequence }) => sequence));
  if (failures.some((sequence) => !known.has(sequence))) return batch.records;
  const first = batch.records.findIndex(({ sequence }) => failures.includes(sequence));
  return batch.records.slice(first);
}

function succeed({ call, key, stream }: BatchPlace, lane: LaneRow, result: InvokeResult): void {
  tellResult(call, key[0], "OK");
  let { window } = lane;
  if (stream.TumblingWindowInSeconds > 0 && window !== null) {
    window = lane.batch?.isFinal === true ? null : { ...window, state: stateOf(result) };
  }
  lanes.set(call.tx, key, { ...lane, batch: null, window });
}

function stateOf(result: InvokeResult): unknown {
  try {
    const answer = JSON.parse(Buffer.from(result.payload).toString("utf8")) as { state?: unknown } | null;
    return answer?.state ?? {};
  } catch {
    return {};
  }
}

function fail(
  place: BatchPlace,
  lane: LaneRow,
  rest: readonly PendingRecord[],
  outcome: Outcome & { ok: true },
): void {
  const { call, key, stream } = place;
  tellResult(call, key[0], "PROBLEM: Function call failed");
  const batch = lane.batch as StreamBatch;
  const result = outcome.value as InvokeResult;
  if (stream.BisectBatchOnFunctionError && rest.length === batch.records.length && rest.length > 1) {
    // Splitting does not count as a retry.
    const middle = Math.ceil(rest.length / 2);
    const halves = { ...lane, next: [rest.slice(middle), ...lane.next] };
    run(place, halves, { ...batch, records: rest.slice(0, middle) }, delayMs(0));
    return;
  }
  if (rest.length < batch.records.length) {
    // Progress was made: what is left is a batch of its own, with all its retries (recorded).
    run(place, lane, { ...batch, records: rest, failures: 0 }, delayMs(0));
    return;
  }
  const failures = batch.failures + 1;
  if (stream.MaximumRetryAttempts >= 0 && failures > stream.MaximumRetryAttempts) {
    giveUp(place, { ...batch, records: rest, failures }, "RetryAttemptsExhausted", result);
    lanes.set(call.tx, key, { ...lane, batch: null });
    return;
  }
  run(place, lane, { ...batch, records: rest, failures }, delayMs(batch.failures));
}

const delayMs = (failures: number): number =>
  Math.min(retryDelayMsMax, retryDelayMsFirst * 2 ** Math.min(failures, 10));

/** Tells the on-failure destination which records are given up; a bucket gets the records too. */
function giveUp(
  place: BatchPlace,
  batch: StreamBatch,
  condition: "RetryAttemptsExhausted" | "RecordAgeExceeded",
  result: InvokeResult | undefined,
): void {
  const { call, key, mapping, stream } = place;
  const [uuid, shardId] = key;
  const [first] = batch.records;
  const last = batch.records.at(-1);
  call.note("lambda.records-given-up", { mapping: uuid, condition, count: batch.records.length });
  if (stream.onFailure === null || first === undefined || last === undefined) return;
  const source = sourceOf(mapping.kind);
  const info = {
    shardId,
    startSequenceNumber: first.sequence,
    endSequenceNumber: last.sequence,
    approximateArrivalOfFirstRecord: source.timeText(first.atMs),
    approximateArrivalOfLastRecord: source.timeText(last.atMs),
    batchSize: batch.records.length,
    streamArn: mapping.sourceArn,
  };
  const envelope = {
    requestContext: {
      requestId: batch.requestId,
      functionArn: mappedFunctionArn(call, mapping),
      condition,
      approximateInvokeCount: batch.failures,
    },
    ...(result === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: result.executedVersion,
            functionError: result.functionError ?? null,
          },
        }),
    version: "1.0",
    timestamp: new Date(call.nowMs).toISOString(),
    [source.batchInfo]: info,
    ...(stream.onFailure.startsWith("arn:aws:s3:")
      ? { payload: { Records: batch.records.map((record) => readEvent(place, record) ?? null) } }
      : {}),
  };
  const destination = stream.onFailure;
  const failed = call.tx.draft.attempt(() =>
    sendTo(call, destination, JSON.stringify(envelope), `aws/lambda/${uuid}/${shardId}`),
  );
  if (failed instanceof AwsError)
    call.note("lambda.destination-failed", { code: failed.code, message: failed.message });
}
