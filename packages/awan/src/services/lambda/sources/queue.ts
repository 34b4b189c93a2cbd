/**
 * A queue as an event source: a resident takes messages, passes them on in batches and keeps so many batches under way;
 * the end of a batch deletes what succeeded and leaves the rest to the visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
import type { Call } from "../../../host/call.ts";
import type { Completion, Outcome, Resident } from "../../../host/service.ts";
import type { SqsRecord } from "../../sqs/port.ts";
import { decoded, passes } from "../filter.ts";
import {
  functions,
  mappings,
  type MappingRow,
  queueBatches,
  queueBuffers,
  type QueueBufferRow,
  queueBusySince,
} from "../keys.ts";
import { mappedFunctionArn, reportedFailures, tellResult } from "../mapping.ts";
import type { InvokeResult } from "../port.ts";

/** Lambda begins with five batches at a time and adds 300 a minute. */
const pollersFirst = 5;
const pollerEveryMs = 200;
/** Every batch under way is a process of this machine: AWS goes up to 1,250. */
const pollersMax = 100;
const payloadBytesMax = 6_291_556;
const throttleDelaysMs = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];

/** The resident `lambda.poll-queue`. */
export const pollQueue: Resident = (call, key) => {
  const [uuid] = key as [string];
  const mapping = mappings.get(call.tx, [uuid]);
  if (mapping === undefined || !mapping.enabled || mapping.kind !== "sqs") return undefined;
  const facts = call.ports.sqs.describe(call, mapping.sourceArn);
  if (facts === undefined) return undefined;
  const poll = new Poll(call, uuid, mapping, facts.visibilityTimeoutMs);
  return poll.run();
};

class Poll {
  readonly #call: Call;
  readonly #uuid: string;
  readonly #mapping: MappingRow;
  readonly #visibilityTimeoutMs: number;
  #underWay: number;

  constructor(call: Call, uuid: string, mapping: MappingRow, visibilityTimeoutMs: number) {
    this.#call = call;
    this.#uuid = uuid;
    this.#mapping = mapping;
    this.#visibilityTimeoutMs = visibilityTimeoutMs;
    this.#underWay = [...queueBatches.scan(call.tx, [uuid])].length;
  }

  /** Returns when to look again without being woken. */
  run(): number | undefined {
    const limit = this.#limit();
    while (this.#underWay < limit.count) {
      const { buffer, drained } = this.#fill();
      if (buffer === undefined) {
        this.#rest();
        return this.#call.ports.sqs.nextVisibleAtMs(this.#call, this.#mapping.sourceArn);
      }
      const dueAtMs = buffer.openedAtMs + this.#mapping.MaximumBatchingWindowInSeconds * 1000;
      const full = buffer.records.length >= this.#mapping.BatchSize || buffer.bytes >= payloadBytesMax;
      if (!full && dueAtMs > this.#call.nowMs) {
        const nextMs = this.#call.ports.sqs.nextVisibleAtMs(this.#call, this.#mapping.sourceArn);
        return nextMs === undefined ? dueAtMs : Math.min(dueAtMs, nextMs);
      }
      this.#send(buffer);
      if (drained) break;
    }
    if (this.#underWay >= limit.count) return limit.moreAtMs;
    return this.#call.ports.sqs.nextVisibleAtMs(this.#call, this.#mapping.sourceArn);
  }

  #limit(): { readonly count: number; readonly moreAtMs: number | undefined } {
    const { nowMs, tx } = this.#call;
    let sinceMs = queueBusySince.get(tx, [this.#uuid]);
    if (sinceMs === undefined) queueBusySince.set(tx, [this.#uuid], (sinceMs = nowMs));
    const reserved = functions.get(tx, [this.#mapping.functionName])?.reservedConcurrency;
    const ceiling = Math.min(
      this.#mapping.MaximumConcurrency ?? pollersMax,
      Math.max(1, reserved ?? pollersMax),
    );
    const grown = pollersFirst + Math.floor((nowMs - sinceMs) / pollerEveryMs);
    if (grown >= ceiling) return { count: ceiling, moreAtMs: undefined };
    return { count: grown, moreAtMs: sinceMs + (grown - pollersFirst + 1) * pollerEveryMs };
  }

  #rest(): void {
    if (this.#underWay === 0) queueBusySince.delete(this.#call.tx, [this.#uuid]);
  }

  /** Receives into the buffer up to a batch; `drained` when the queue had no more. */
  #fill(): { readonly buffer: QueueBufferRow | undefined; readonly drained: boolean } {
    const call = this.#call;
    const { sourceArn, BatchSize, filters } = this.#mapping;
    let buffer = queueBuffers.get(call.tx, [this.#uuid]);
    let drained = false;
    while ((buffer?.records.length ?? 0) < BatchSize && (buffer?.bytes ?? 0) < payloadBytesMax) {
      const limit = Math.min(10, BatchSize - (buffer?.records.length ?? 0));
      const received = call.ports.sqs.receive(call, { queueArn: sourceArn, limit });
      if (received.length === 0) {
        drained = true;
        break;
      }
      const wanted = received.filter((record) => passes(filters, { ...record, body: decoded(record.body) }));
      const unwanted = received.filter((record) => !wanted.includes(record));
      if (unwanted.length > 0) {
        call.ports.sqs.deleteMessages(
          call,
          sourceArn,
          unwanted.map((record) => record.receiptHandle),
        );
      }
      if (wanted.length === 0) continue;
      buffer = {
        records: [...(buffer?.records ?? []), ...wanted],
        bytes:
          (buffer?.bytes ?? 0) +
          wanted.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0),
        openedAtMs: buffer?.openedAtMs ?? call.nowMs,
      };
    }
    if (buffer !== undefined) queueBuffers.set(call.tx, [this.#uuid], buffer);
    return { buffer, drained };
  }

  #eventRecords(records: readonly SqsRecord[]): readonly object[] {
    return this.#mapping.MaximumBatchingWindowInSeconds > 0 ? records.map(eventRecord) : records;
  }

  #send(buffer: QueueBufferRow): void {
    const call = this.#call;
    const batchId = call.random.uuid();
    const records = buffer.records as readonly SqsRecord[];
    queueBuffers.delete(call.tx, [this.#uuid]);
    queueBatches.set(call.tx, [this.#uuid, batchId], {
      receiptHandles: Object.fromEntries(
        records.map(({ messageId, receiptHandle }) => [messageId, receiptHandle]),
      ),
    });
    this.#underWay += 1;
    call.dispatch({
      effect: "lambda.invoke",
      request: {
        functionArn: mappedFunctionArn(call, this.#mapping),
        payload: Buffer.from(JSON.stringify({ Records: this.#eventRecords(records) }), "utf8"),
        kind: "RequestResponse",
        traceHeaders: records.flatMap(({ attributes }) => attributes["AWSTraceHeader"] ?? []),
      },
      completion: "lambda.queue-batch-ended",
      context: { uuid: this.#uuid, batchId },
      // A throttled batch is tried again as long as nobody else can receive its messages.
      retryDelaysMs: throttleDelaysMs,
      ageMsMax: this.#visibilityTimeoutMs,
    });
  }
}

/** As events of mappings with a batching window have it: a message without attributes says so (recorded). */
const eventRecord = (record: SqsRecord): object => ({
  messageId: record.messageId,
  receiptHandle: record.receiptHandle,
  body: record.body,
  attributes: record.attributes,
  messageAttributes: record.messageAttributes,
  md5OfMessageAttributes: record.md5OfMessageAttributes ?? null,
  md5OfBody: record.md5OfBody,
  eventSource: record.eventSource,
  eventSourceARN: record.eventSourceARN,
  awsRegion: record.awsRegion,
});

/** The completion `lambda.queue-batch-ended`. */
export const queueBatchEnded: Completion = (call, context, outcome) => {
  const { uuid, batchId } = context as { uuid: string; batchId: string };
  const batch = queueBatches.get(call.tx, [uuid, batchId]);
  if (batch === undefined) return;
  queueBatches.delete(call.tx, [uuid, batchId]);
  const mapping = mappings.get(call.tx, [uuid]);
  if (mapping === undefined) return;
  const failed = failedMessages(mapping, outcome);
  if (failed === "all") {
    tellResult(call, uuid, "PROBLEM: Function call failed");
    return;
  }
  tellResult(call, uuid, "OK");
  const done = Object.entries(batch.receiptHandles).flatMap(([id, handle]) =>
    failed.has(id) ? [] : [handle],
  );
  if (call.ports.sqs.describe(call, mapping.sourceArn) === undefined) return;
  call.ports.sqs.deleteMessages(call, mapping.sourceArn, done);
};

function failedMessages(mapping: MappingRow, outcome: Outcome): ReadonlySet<string> | "all" {
  if (!outcome.ok) return "all";
  const { functionError, payload } = outcome.value as InvokeResult;
  if (functionError !== undefined) return "all";
  if (!mapping.FunctionResponseTypes.includes("ReportBatchItemFailures")) return new Set();
  const failures = reportedFailures(payload);
  return failures === undefined ? "all" : new Set(failures);
}
