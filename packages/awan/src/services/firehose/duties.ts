/** A delivery stream's transitions, which take no time, and what is left of deleted ones. */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import { flush } from "./buffer.ts";
import { type StreamRow, streams, streamTables } from "./keys.ts";
import { rowsPerRun } from "./limits.ts";

/** Ends a transition: key `[stream name]`. */
const settle: Duty = (call, key) => settleNow(call, key[0] as string);

/** Ends a transition in the transaction that began it: for deployments. */
export function settleNow(call: Call, name: string): void {
  const stream = streams.get(call.tx, [name]);
  if (stream?.status === "CREATING") {
    const active: StreamRow = { ...stream, status: "ACTIVE" };
    streams.set(call.tx, [name], active);
  } else if (stream?.status === "DELETING") {
    if (stream.source !== null) call.dismiss("firehose.read-source", [name]);
    streams.delete(call.tx, [name]);
    call.schedule("firehose.sweep", [stream.id], call.nowMs);
  }
}

/** Removes the rows of a deleted stream: key `[stream number]`. */
const sweep: Duty = (call, key) => {
  let left = rowsPerRun;
  for (const rows of streamTables) {
    for (const { key: row } of rows.scan(call.tx, key)) {
      if (left === 0) {
        call.schedule("firehose.sweep", key, call.nowMs);
        return;
      }
      rows.delete(call.tx, row as never);
      left -= 1;
    }
  }
};

export const duties: Readonly<Record<string, Duty>> = { settle, sweep, flush };
