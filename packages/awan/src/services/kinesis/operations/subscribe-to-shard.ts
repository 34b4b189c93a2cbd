/**
 * SubscribeToShard: records are pushed for five minutes. The subscription is a row; the connection runs a parked call
 * that is woken by what is put, and ends when another subscription takes the row.
 */
import type { SubscribeToShardEventStream } from "@aws-sdk/client-kinesis";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { requireConsumerByArn } from "../consumer.ts";
import { dryRun, resourceInUse } from "../errors.ts";
import { subscriptions } from "../keys.ts";
import { subscriptionMs, takeoverMs } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { requireShard } from "../shard.ts";
import { startPosition } from "../start.ts";
import { checkActive } from "../stream.ts";
import type { SubscriptionRequest } from "../subscription.ts";

export function subscribeToShard(call: Call, input: In<"SubscribeToShard">): Answer<Out<"SubscribeToShard">> {
  const { located, name, row } = requireConsumerByArn(call, input.ConsumerARN);
  const { call: there, stream } = located;
  if (stream.status !== "UPDATING") checkActive(located);
  if (row.status !== "ACTIVE") {
    throw resourceInUse(
      `Consumer ${input.ConsumerARN} under account ${there.accountId} is not ACTIVE, instead in state ${row.status}`,
    );
  }
  const found = requireShard(located, input.ShardId);
  const start = input.StartingPosition;
  const after = startPosition(located, found, {
    type: start.Type ?? "LATEST",
    sequence: start.SequenceNumber,
    timestamp: start.Timestamp,
    operation: "SubscribeToShard",
  });
  if (input.DryRun === true) throw dryRun();
  const key = [stream.id, name, found.shard] as [number, string, number];
  const before = subscriptions.get(there.tx, key);
  if (before !== undefined && there.nowMs - before.atMs < takeoverMs) {
    throw resourceInUse(
      `Another active subscription exists for this consumer: ${there.accountId}:${stream.name}:${input.ShardId}:${name}`,
    );
  }
  const id = there.random.uuid();
  subscriptions.set(there.tx, key, { id, atMs: there.nowMs });
  const request: SubscriptionRequest = {
    accountId: there.accountId,
    region: there.region,
    streamName: stream.name,
    key,
    id,
    after,
    endsAtMs: there.nowMs + subscriptionMs,
  };
  return new Perform(
    "kinesis.subscribe",
    request,
    (_later, events: AsyncIterable<SubscribeToShardEventStream>) => ({ EventStream: events }),
  );
}
