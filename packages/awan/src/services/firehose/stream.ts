/** Finding delivery streams. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { streamNotFound } from "./errors.ts";
import { type StreamRow, streams } from "./keys.ts";

/** A delivery stream and the call in the account and region it lives in. */
export interface Located {
  readonly call: Call;
  readonly stream: StreamRow;
}

export const streamArn = (call: Call, name: string): string =>
  `arn:${call.partition}:firehose:${call.region}:${call.accountId}:deliverystream/${name}`;

export function requireStream(call: Call, name: string): Located {
  const stream = streams.get(call.tx, [name]);
  if (stream === undefined) throw streamNotFound(call, name);
  return { call, stream };
}

/** The stream an ARN names, in its own account and region. */
export function findByArn(call: Call, arn: string): Located | undefined {
  const parsed = parseArn(arn);
  const name = /^deliverystream\/(.+)$/.exec(parsed?.resource ?? "")?.[1];
  if (parsed === undefined || name === undefined) return undefined;
  const there = call.in({ accountId: parsed.accountId, region: parsed.region });
  const stream = streams.get(there.tx, [name]);
  return stream === undefined ? undefined : { call: there, stream };
}
