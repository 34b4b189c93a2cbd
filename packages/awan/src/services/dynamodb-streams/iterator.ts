/** Shard iterators: a position and when it was given out, as opaque text after the stream's ARN. */
import { AwsError } from "../../kernel/errors.ts";

export interface Position {
  readonly shardId: string;
  /** Records after this one; from the oldest without it. */
  readonly after?: string;
  readonly issuedAtMs: number;
}

/** API reference, GetShardIterator: "A shard iterator expires 15 minutes after it is retrieved". */
const lifetimeMs = 15 * 60_000;

export function encodeIterator(streamArn: string, position: Position): string {
  return `${streamArn}|1|${Buffer.from(JSON.stringify(position)).toString("base64")}`;
}

export function decodeIterator(text: string, nowMs: number): Position & { readonly streamArn: string } {
  const [streamArn = "", , encoded = ""] = text.split("|");
  let position: Position;
  try {
    position = JSON.parse(Buffer.from(encoded, "base64").toString()) as Position;
  } catch {
    throw new AwsError("ValidationException", "Invalid ShardIterator");
  }
  if (nowMs - position.issuedAtMs > lifetimeMs) {
    throw new AwsError(
      "ExpiredIteratorException",
      "Iterator expired. The iterator was created more than 15 minutes ago.",
    );
  }
  return { ...position, streamArn };
}
