/** Whether a request's capacity units must be counted; throttling by provisioned throughput would hook in here. */
import type { Call } from "../../host/call.ts";
import type { Units } from "./capacity.ts";
import type { TableRow } from "./schema.ts";

/** A counter of units if the answer is to tell them. */
export function throttleWrite(_call: Call, _table: TableRow, mode: string | undefined): Units | undefined {
  return mode === "INDEXES" || mode === "TOTAL" ? new Map() : undefined;
}
