/** Shard iterators: a position and when it was given out, as opaque text that is good for five minutes. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidArgument } from "./errors.ts";
import { iteratorLifetimeMs } from "./limits.ts";
import type { Located } from "./stream.ts";

export interface Position {
  readonly shard: number;
  readonly after: number;
}

export interface Iterator extends Position {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly id: number;
}

const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);

/** AWS's are as long as the stream's name in blocks of 16 makes them: clients have been seen to count. */
const lengthOf = (name: string): number => 152 + Math.floor((name.length + 2) / 16) * 16;

export function encodeIterator({ call, stream }: Located, { shard, after }: Position): string {
  const fields = [
    call.accountId,
    call.region,
    stream.name,
    stream.id,
    shard,
    after,
    call.nowMs,
    // Two iterators of one position differ, as AWS's do.
    call.random.hex(8),
  ];
  const text = fields.join("/").padEnd(lengthOf(stream.name) - header.length, "0");
  return Buffer.concat([header, Buffer.from(text, "latin1")]).toString("base64");
}

/** `Thu Jan 22 01:22:02 UTC 2015`, as the refusal has it. */
function dateText(timeMs: number): string {
  const [day, date, month, year, time] = new Date(timeMs).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}

/** What an iterator says, whatever its age; undefined for other text. */
export function positionIn(text: string): (Iterator & { readonly issuedAtMs: number }) | undefined {
  // Some clients hand back the JSON text of it, quotes included, and AWS takes that.
  const bytes = Buffer.from(text.replaceAll('"', ""), "base64");
  const fields = bytes.subarray(header.length).toString("latin1").split("/");
  const [accountId = "", region = "", name = "", ...rest] = fields;
  const numbers = rest.slice(0, 4).map(Number);
  const [id = 0, shard = 0, after = 0, issuedAtMs = 0] = numbers;
  const isOurs = fields.length === 8 && bytes.subarray(0, header.length).equals(header) && name !== "";
  if (!isOurs || !numbers.every((each) => each >= 0)) return undefined;
  return { accountId, region, name, id, shard, after, issuedAtMs };
}

export function decodeIterator(call: Call, text: string): Iterator {
  const iterator = positionIn(text);
  if (iterator === undefined) throw invalidArgument("Invalid ShardIterator.");
  if (call.nowMs - iterator.issuedAtMs > iteratorLifetimeMs) {
    throw new AwsError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${dateText(iterator.issuedAtMs)} while right now it is ${dateText(call.nowMs)} which is further in the future than the tolerated delay of ${iteratorLifetimeMs} milliseconds.`,
    );
  }
  return iterator;
}
