/** Registering, describing and deregistering consumers with enhanced fan-out. */
import type { Call } from "../../../host/call.ts";
import { describeConsumer, requireConsumer } from "../consumer.ts";
import { limitExceeded, resourceInUse } from "../errors.ts";
import { consumers, consumerTags } from "../keys.ts";
import { consumersMax, listConsumersMax } from "../limits.ts";
import { issueToken, readToken } from "../page-token.ts";
import type { In, Out } from "../sdk.ts";
import { countConsumers, requireActive, requireStream, streamArn } from "../stream.ts";
import { checkTags } from "../tags.ts";

export function registerStreamConsumer(
  call: Call,
  input: In<"RegisterStreamConsumer">,
): Out<"RegisterStreamConsumer"> {
  const located = requireActive(call, { StreamARN: input.StreamARN });
  const { call: there, stream } = located;
  const name = input.ConsumerName;
  if (consumers.has(there.tx, [stream.id, name])) {
    throw resourceInUse(
      `Consumer ${name} of stream ${stream.name} under account ${there.accountId} already exists.`,
    );
  }
  if (countConsumers(located) >= consumersMax) {
    throw limitExceeded(
      `Stream ${stream.name} under account ${there.accountId} cannot have more than ${consumersMax} registered consumers.`,
    );
  }
  const row = { createdAtMs: there.nowMs, status: "CREATING" } as const;
  consumers.set(there.tx, [stream.id, name], row);
  there.schedule("kinesis.settleConsumer", [stream.name, name], there.nowMs);
  const described = describeConsumer({ located, name, row });
  if (input.Tags !== undefined) {
    const tags = checkTags(there, name, { before: {}, tags: input.Tags });
    consumerTags.set(there.tx, [described.ConsumerARN ?? ""], tags);
  }
  return { Consumer: described };
}

export function deregisterStreamConsumer(call: Call, input: In<"DeregisterStreamConsumer">): void {
  const { located, name, row } = requireConsumer(call, input);
  const { call: there, stream } = located;
  consumers.set(there.tx, [stream.id, name], { createdAtMs: row.createdAtMs, status: "DELETING" });
  there.schedule("kinesis.settleConsumer", [stream.name, name], there.nowMs);
}

export function describeStreamConsumer(
  call: Call,
  input: In<"DescribeStreamConsumer">,
): Out<"DescribeStreamConsumer"> {
  const found = requireConsumer(call, input);
  const { call: there, stream } = found.located;
  return {
    ConsumerDescription: { ...describeConsumer(found), StreamARN: streamArn(there, stream.name) },
  };
}

export function listStreamConsumers(
  call: Call,
  input: In<"ListStreamConsumers">,
): Out<"ListStreamConsumers"> {
  const located = requireStream(call, { StreamARN: input.StreamARN });
  const { call: there, stream } = located;
  const after = input.NextToken === undefined ? undefined : readToken(call, input.NextToken).after;
  const limit = Math.min(input.MaxResults ?? listConsumersMax, listConsumersMax);
  const page = [];
  const range = after === undefined ? {} : { after: [after] };
  for (const { key, value } of consumers.scan(there.tx, [stream.id], range)) {
    page.push(describeConsumer({ located, name: key[1], row: value }));
    if (page.length > limit) break;
  }
  const listed = page.slice(0, limit);
  const last = listed.at(-1)?.ConsumerName;
  return {
    Consumers: listed,
    ...(page.length > limit && last !== undefined
      ? { NextToken: issueToken(call, { of: input.StreamARN, after: last }) }
      : {}),
  };
}
