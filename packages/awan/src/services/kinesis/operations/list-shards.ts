/** ListShards, with its filters by time. */
import type { ShardFilter } from "@aws-sdk/client-kinesis";
import type { Call } from "../../../host/call.ts";
import { broken, invalidArgument } from "../errors.ts";
import { type ShardRow, shards } from "../keys.ts";
import { listShardsMax, retentionMs } from "../limits.ts";
import { issueToken, type Listing, readToken } from "../page-token.ts";
import type { In, Out } from "../sdk.ts";
import { describeShard, shardName, shardNumber } from "../shard.ts";
import { type Located, requireStream, streamArn } from "../stream.ts";

export function listShards(call: Call, input: In<"ListShards">): Out<"ListShards"> {
  const { located, listing } = begin(call, input);
  const { call: there, stream } = located;
  const passes = filterOf(located, listing.filter);
  const limit = Math.min(input.MaxResults ?? listShardsMax, listShardsMax);
  const first = listing.after === "" ? -1 : (shardNumber(listing.after) ?? -1);
  const page = [];
  if (stream.status !== "CREATING") {
    for (const { key, value } of shards.scan(there.tx, [stream.id], { after: [first] })) {
      if (passes(value)) page.push({ shard: key[1], row: value });
      if (page.length > limit) break;
    }
  }
  const listed = page.slice(0, limit);
  const last = listed.at(-1);
  const more = page.length > limit && last !== undefined;
  return {
    Shards: listed.map(describeShard),
    ...(more ? { NextToken: issueToken(call, { ...listing, after: shardName(last.shard) }) } : {}),
  };
}

function begin(
  call: Call,
  input: In<"ListShards">,
): { readonly located: Located; readonly listing: Listing } {
  if (input.NextToken !== undefined) {
    if (input.StreamName !== undefined) {
      throw invalidArgument("NextToken and StreamName cannot be provided together.");
    }
    const listing = readToken(call, input.NextToken);
    return { located: requireStream(call, { StreamARN: listing.of }), listing };
  }
  if (input.StreamName === undefined && input.StreamARN === undefined) {
    throw invalidArgument("Either NextToken or StreamName should be provided.");
  }
  const located = requireStream(call, input);
  const { ShardFilter: filter } = input;
  checkFilter(filter);
  const of = streamArn(located.call, located.stream.name);
  const afterShard = filter?.Type === "AFTER_SHARD_ID" ? filter.ShardId : undefined;
  return {
    located,
    listing: {
      of,
      after: input.ExclusiveStartShardId ?? afterShard ?? "",
      ...(filter?.Type === undefined
        ? {}
        : { filter: { Type: filter.Type, atMs: filter.Timestamp?.getTime() } }),
    },
  };
}

function checkFilter(filter: ShardFilter | undefined): void {
  if (filter === undefined) return;
  const { Type: type, ShardId, Timestamp } = filter;
  if (type === undefined) throw broken("null", "shardFilter.type", "Member must not be null");
  const byTime = type === "AT_TIMESTAMP" || type === "FROM_TIMESTAMP";
  if (type === "AFTER_SHARD_ID" && ShardId === undefined) {
    throw invalidArgument("ShardId must be provided when ShardFilter type is AFTER_SHARD_ID.");
  }
  if (byTime && Timestamp === undefined) {
    throw invalidArgument(`Timestamp must be provided when ShardFilter type is ${type}.`);
  }
  if (!byTime && Timestamp !== undefined) {
    throw invalidArgument(`Timestamp must not be provided when ShardFilter type is ${type}.`);
  }
}

const openAt =
  (atMs: number) =>
  ({ closedAtMs, createdAtMs }: ShardRow): boolean =>
    createdAtMs <= atMs && (closedAtMs === null || closedAtMs >= atMs);

/** Which shards a filter lets through. */
function filterOf({ call, stream }: Located, filter: Listing["filter"]): (shard: ShardRow) => boolean {
  const horizonMs = Math.max(stream.createdAtMs, call.nowMs - retentionMs(stream.retentionHours));
  switch (filter?.Type) {
    case "AT_LATEST":
      return ({ closedAtMs }) => closedAtMs === null;
    case "AT_TRIM_HORIZON":
      return openAt(horizonMs);
    case "AT_TIMESTAMP":
      return openAt(Math.max(horizonMs, filter.atMs ?? 0));
    case "FROM_TIMESTAMP":
      return ({ closedAtMs }) => closedAtMs === null || closedAtMs >= (filter.atMs ?? 0);
    default:
      return () => true;
  }
}
