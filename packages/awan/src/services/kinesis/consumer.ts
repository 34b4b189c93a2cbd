/** Registered consumers, found by name or ARN. */
import type { Consumer } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { consumerArn } from "./duties.ts";
import { invalidArgument, resourceNotFound, streamNotFound } from "./errors.ts";
import { type ConsumerRow, consumers } from "./keys.ts";
import { findStream, type Located, requireStream, streamArn } from "./stream.ts";

export interface FoundConsumer {
  readonly located: Located;
  readonly name: string;
  readonly row: ConsumerRow;
}

const arnOf = ({ located, name, row }: FoundConsumer): string =>
  consumerArn(streamArn(located.call, located.stream.name), name, row.createdAtMs);

export const describeConsumer = (found: FoundConsumer): Consumer => ({
  ConsumerName: found.name,
  ConsumerARN: arnOf(found),
  ConsumerStatus: found.row.status,
  ConsumerCreationTimestamp: new Date(found.row.createdAtMs),
});

export const isConsumerArn = (arn: string): boolean => /:stream\/[^/]+\/consumer\//.test(arn);

/** The consumer an ARN names: one that was registered again under its name has another. */
export function findConsumer(call: Call, arn: string): FoundConsumer | undefined {
  const name = /\/consumer\/([^/:]+):\d+$/.exec(arn)?.[1];
  const located = findStream(call, arn);
  if (name === undefined || located === undefined) return undefined;
  const row = consumers.get(located.call.tx, [located.stream.id, name]);
  if (row === undefined) return undefined;
  const found = { located, name, row };
  return arnOf(found) === arn ? found : undefined;
}

export function requireConsumerByArn(call: Call, arn: string): FoundConsumer {
  const found = findConsumer(call, arn);
  if (found !== undefined) return found;
  const located = findStream(call, arn);
  const stream = /:stream\/([^/]+)\//.exec(arn)?.[1] ?? "";
  if (located === undefined) throw streamNotFound(call, stream);
  throw resourceNotFound(`Consumer ${arn} under account ${located.call.accountId} not found.`);
}

interface Named {
  readonly ConsumerARN?: string | undefined;
  readonly ConsumerName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

/** By its ARN, or by its name and its stream's ARN. */
export function requireConsumer(call: Call, input: Named): FoundConsumer {
  if (input.ConsumerARN !== undefined) return requireConsumerByArn(call, input.ConsumerARN);
  const { ConsumerName: name, StreamARN } = input;
  if (name === undefined || StreamARN === undefined) {
    throw invalidArgument("Either ConsumerARN or both StreamARN and ConsumerName must be provided.");
  }
  const located = requireStream(call, { StreamARN });
  const row = consumers.get(located.call.tx, [located.stream.id, name]);
  if (row === undefined) {
    throw resourceNotFound(
      `Consumer ${name} of stream ${located.stream.name} under account ${located.call.accountId} not found.`,
    );
  }
  return { located, name, row };
}
