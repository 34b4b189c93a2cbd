/** The duty that empties what a deleted topic left, a little at a time. */
import type { Call } from "../../host/call.ts";
import type { Table } from "../../store/table.ts";
import type { TuplePart } from "../../store/tuple.ts";
import {
  archive,
  archiveTopics,
  confirmationTokens,
  deduplicationExpiries,
  deduplications,
  deliveryTimes,
  subscriptions,
  subscriptionsByEndpoint,
  subscriptionTopics,
  topicCounts,
} from "./keys.ts";
import { rowsPerSweep } from "./limits.ts";

const swept = [
  archive,
  archiveTopics,
  deduplications,
  deduplicationExpiries,
  deliveryTimes,
  subscriptionsByEndpoint,
] as readonly unknown[] as readonly Table<readonly TuplePart[], unknown>[];

export function sweep(call: Call, key: readonly TuplePart[]): void {
  const topicId = key[0] as number;
  let rows = 0;
  const again = (): boolean => {
    rows += 1;
    if (rows < rowsPerSweep) return false;
    call.schedule("sns.sweep", key, call.nowMs);
    return true;
  };
  for (const { value } of subscriptions.scan(call.tx, [topicId])) {
    subscriptions.delete(call.tx, [topicId, value.id]);
    subscriptionTopics.delete(call.tx, [value.id]);
    if (value.token !== null) confirmationTokens.delete(call.tx, [value.token]);
    if (again()) return;
  }
  for (const table of swept) {
    for (const row of table.scan(call.tx, [topicId])) {
      table.delete(call.tx, row.key);
      if (again()) return;
    }
  }
  topicCounts.delete(call.tx, [topicId]);
}
