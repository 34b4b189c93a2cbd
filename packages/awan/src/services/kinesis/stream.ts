/** Finding streams by name or ARN, and what every operation asks of one. */
import type { StreamDescriptionSummary } from "@aws-sdk/client-kinesis";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { invalidArgument, resourceInUse, streamNotFound } from "./errors.ts";
import { consumers, type StreamRow, streams } from "./keys.ts";

/** A stream and the call in the account and region it lives in. */
export interface Located {
  readonly call: Call;
  readonly stream: StreamRow;
}

export const streamArn = (call: Call, name: string): string =>
  `arn:${call.partition}:kinesis:${call.region}:${call.accountId}:stream/${name}`;

/** The account, region and name an ARN means; a consumer's ARN means its stream. */
export function addressOf(call: Call, arn: string): { readonly call: Call; readonly name: string } {
  const parsed = parseArn(arn);
  const name = /^stream\/([^/]+)/.exec(parsed?.resource ?? "")?.[1];
  if (parsed?.service !== "kinesis" || name === undefined) {
    throw invalidArgument(`Invalid ARN: ${arn}`);
  }
  return { call: call.in({ accountId: parsed.accountId, region: parsed.region }), name };
}

interface Named {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

/** Where the stream of a request lives, and its name, whether or not it exists. */
export function namedStream(call: Call, input: Named): { readonly call: Call; readonly name: string } {
  if (input.StreamARN !== undefined) {
    const address = addressOf(call, input.StreamARN);
    if (input.StreamName !== undefined && input.StreamName !== address.name) {
      throw invalidArgument(`StreamName ${input.StreamName} and StreamARN ${input.StreamARN} do not match.`);
    }
    return address;
  }
  if (input.StreamName === undefined)
    throw invalidArgument("Either StreamName or StreamARN must be provided.");
  return { call, name: input.StreamName };
}

export function requireStream(call: Call, input: Named): Located {
  const { call: there, name } = namedStream(call, input);
  const stream = streams.get(there.tx, [name]);
  if (stream === undefined) throw streamNotFound(there, name);
  return { call: there, stream };
}

/** As `requireStream`, of a stream that nothing is happening to. */
export function requireActive(call: Call, input: Named): Located {
  const located = requireStream(call, input);
  checkActive(located);
  return located;
}

export function checkActive({ call, stream }: Located): void {
  if (stream.status === "ACTIVE") return;
  throw resourceInUse(
    `Stream ${stream.name} under account ${call.accountId} not ACTIVE, instead in state ${stream.status}`,
  );
}

/** The stream an ARN names, or undefined when there is none. */
export function findStream(call: Call, arn: string): Located | undefined {
  const parsed = parseArn(arn);
  const name = /^stream\/([^/]+)/.exec(parsed?.resource ?? "")?.[1];
  if (parsed === undefined || name === undefined) return undefined;
  const there = call.in({ accountId: parsed.accountId, region: parsed.region });
  const stream = streams.get(there.tx, [name]);
  return stream === undefined ? undefined : { call: there, stream };
}

/** Changes a stream's row. */
export function updateStream({ call, stream }: Located, change: Partial<StreamRow>): StreamRow {
  const changed: StreamRow = { ...stream, ...change };
  streams.set(call.tx, [stream.name], changed);
  return changed;
}

/** What all descriptions of a stream begin with. */
export function describe({ call, stream }: Located) {
  return {
    StreamName: stream.name,
    StreamARN: streamArn(call, stream.name),
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: new Date(stream.createdAtMs),
    EnhancedMonitoring: [
      { ShardLevelMetrics: [...stream.shardMetrics] as ("IncomingBytes" | "IncomingRecords")[] },
    ],
    EncryptionType: stream.keyId === null ? ("NONE" as const) : ("KMS" as const),
    ...(stream.keyId === null ? {} : { KeyId: stream.keyId }),
  } satisfies Partial<StreamDescriptionSummary>;
}

export function countConsumers({ call, stream }: Located): number {
  let count = 0;
  for (const _ of consumers.scan(call.tx, [stream.id])) count += 1;
  return count;
}
