/** The pushing end of a subscription: an iterable of events, each read in a call that parks until there is something. */
import type { SubscribeToShardEvent, SubscribeToShardEventStream } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { type EffectContext, Park, type Shell } from "../../host/service.ts";
import type { TraceContext } from "../../host/call.ts";
import { resourceInUse, resourceNotFound } from "./errors.ts";
import { shards, streams, subscriptions } from "./keys.ts";
import { heartbeatMs, subscriptionBytesMax } from "./limits.ts";
import { behindMs, childrenOf, continuationOf, readPage, wireRecord } from "./read.ts";
import { shardName } from "./shard.ts";

export interface SubscriptionRequest {
  readonly accountId: string;
  readonly region: string;
  readonly streamName: string;
  readonly key: readonly [stream: number, consumer: string, shard: number];
  readonly id: string;
  /** The position records are wanted after. */
  readonly after: number;
  readonly endsAtMs: number;
}

const recordsPerEventMax = 10_000;

interface Step {
  readonly event: SubscribeToShardEvent | undefined;
  readonly after: number;
  readonly isLast: boolean;
}

class Subscription implements AsyncIterableIterator<SubscribeToShardEventStream> {
  readonly #shell: Shell;
  readonly #trace: TraceContext;
  readonly #request: SubscriptionRequest;
  readonly #gone = new AbortController();
  #after: number;
  #isOver = false;

  constructor(shell: Shell, trace: TraceContext, request: SubscriptionRequest) {
    this.#shell = shell;
    this.#trace = trace;
    this.#request = request;
    this.#after = request.after;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<SubscribeToShardEventStream>> {
    if (this.#isOver) return { done: true, value: undefined };
    const { accountId, region } = this.#request;
    const heartbeatAtMs = this.#shell.clock.nowMs() + heartbeatMs;
    const untilMs = Math.min(this.#request.endsAtMs, heartbeatAtMs);
    let step: Step;
    try {
      step = await this.#shell.run(
        {
          name: "kinesis.ReadSubscription",
          accountId,
          region,
          trace: this.#trace,
          caller: { signal: this.#gone.signal },
        },
        (call) => this.#read(call, untilMs),
      );
    } catch (error) {
      this.#isOver = true;
      // The client has gone: nobody is left to be told.
      if (this.#gone.signal.aborted) return { done: true, value: undefined };
      throw error;
    }
    this.#after = step.after;
    this.#isOver = step.isLast;
    if (step.event === undefined) return { done: true, value: undefined };
    return { done: false, value: { SubscribeToShardEvent: step.event } };
  }

  /** Called when the connection closes. */
  return(): Promise<IteratorResult<SubscribeToShardEventStream>> {
    this.#isOver = true;
    this.#gone.abort();
    return Promise.resolve({ done: true, value: undefined });
  }

  #read(call: Call, untilMs: number): Step | Park {
    const { endsAtMs, id, key, streamName } = this.#request;
    const [streamId, consumer, shard] = key;
    if (call.nowMs >= endsAtMs) return { event: undefined, after: this.#after, isLast: true };
    const stream = streams.get(call.tx, [streamName]);
    const row = shards.get(call.tx, [streamId, shard]);
    const holder = subscriptions.get(call.tx, [streamId, consumer, shard]);
    if (stream?.id !== streamId || row === undefined || holder === undefined) {
      throw resourceNotFound(
        `Stream ${streamName} under account ${call.accountId} or consumer ${consumer} not found.`,
      );
    }
    if (holder.id !== id) {
      throw resourceInUse(
        `Another active subscription exists for this consumer: ${call.accountId}:${streamName}:${shardName(shard)}:${consumer}`,
      );
    }
    const located = { call, stream };
    const found = { shard, row };
    const page = readPage(located, found, {
      after: this.#after,
      limit: recordsPerEventMax,
      bytesMax: subscriptionBytesMax,
    });
    if (page.rows.length === 0 && !page.atEnd && call.nowMs < untilMs) return new Park(untilMs);
    const lastAtMs = page.rows.at(-1)?.row.atMs ?? call.nowMs;
    const event: SubscribeToShardEvent = {
      Records: page.rows.map((each) => wireRecord(found, each)),
      // At the end of a shard there is nothing to continue from.
      ContinuationSequenceNumber: page.atEnd ? undefined : continuationOf(found, page.after, lastAtMs),
      MillisBehindLatest: behindMs(call, page),
      ...(page.atEnd ? { ChildShards: childrenOf(located, shard) } : {}),
    };
    return { event, after: page.after, isLast: page.atEnd };
  }
}

/** The effect `kinesis.subscribe`. */
export const subscribe = (
  { shell, trace }: EffectContext,
  request: SubscriptionRequest,
): Promise<AsyncIterable<SubscribeToShardEventStream>> =>
  Promise.resolve(new Subscription(shell, trace, request));
