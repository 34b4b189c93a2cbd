/** Time to live: one duty per item that expires, moved when the attribute changes; nothing is ever searched for. */
import type { Call } from "../../host/call.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { limits } from "./limits.ts";
import type { TableRow } from "./schema.ts";

/** When the item expires, or undefined: no number, or one too far back. */
export function expiresAtMs(call: Call, attribute: string, item: Item | undefined): number | undefined {
  const number = item?.[attribute]?.N;
  if (number === undefined) return undefined;
  const atMs = Math.floor(Number(number)) * 1000;
  if (!Number.isSafeInteger(atMs) || atMs < call.nowMs - limits.timeToLiveAgeMsMax) return undefined;
  return atMs;
}

export function scheduleExpiry(
  call: Call,
  table: TableRow,
  own: readonly TuplePart[],
  before: Item | undefined,
  after: Item | undefined,
): void {
  const attribute = table.timeToLive;
  if (attribute === null) return;
  const atMs = expiresAtMs(call, attribute, after);
  const key = [table.name, table.storage, ...own];
  if (atMs !== undefined) {
    if (before?.[attribute]?.N !== after?.[attribute]?.N)
      call.schedule("dynamodb.expire", key, Math.max(atMs, call.nowMs));
  } else if (before?.[attribute]?.N !== undefined) call.unschedule("dynamodb.expire", key);
}
