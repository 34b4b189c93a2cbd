/** Replays: what an archive kept between two times goes to its bus again, marked with the replay's name. */
import type { Duty } from "../../host/service.ts";
import { findBus } from "./bus.ts";
import { archivedEvents, archives, type BusEvent, type ReplayRow, replays } from "./keys.ts";
import { limits } from "./limits.ts";
import { route } from "./put.ts";

export const isUnderWay = ({ state }: ReplayRow): boolean =>
  state === "STARTING" || state === "RUNNING" || state === "CANCELLING";

/** In the order of the members of events. */
function marked(event: BusEvent, name: string): BusEvent {
  const { version, id, source, account, time, region, resources, detail } = event;
  const detailType = event["detail-type"];
  return {
    version,
    id,
    "detail-type": detailType,
    source,
    account,
    time,
    region,
    "replay-name": name,
    resources,
    detail,
  };
}

type Position = readonly [ingestedAtMs: number, sequence: number];

/** The duty `events.replay`: key `[replay name]`, payload the last event replayed. */
export const replay: Duty = (call, key, payload) => {
  const [name] = key as [string];
  const row = replays.get(call.tx, [name]);
  if (row === undefined || !isUnderWay(row)) return;
  const end = (state: ReplayRow["state"]): void =>
    replays.set(call.tx, [name], { ...row, state, endedAtMs: call.nowMs, lastReplayedAtMs });
  let { lastReplayedAtMs } = row;
  if (row.state === "CANCELLING") {
    end("CANCELLED");
    return;
  }
  const located = findBus(call, row.bus);
  if (located === undefined || archives.get(call.tx, [row.archive])?.number !== row.archiveNumber) {
    end("FAILED");
    return;
  }
  const after = (payload ?? undefined) as Position | undefined;
  const range = { ...(after === undefined ? { from: [row.fromMs] } : { after }), before: [row.toMs] };
  let left: number = limits.rowsPerRun;
  let last: Position | undefined;
  for (const { key: at, value } of archivedEvents.scan(call.tx, [row.archiveNumber], range)) {
    if (left === 0 && last !== undefined) {
      replays.set(call.tx, [name], { ...row, state: "RUNNING", lastReplayedAtMs });
      call.schedule("events.replay", key, call.nowMs, last);
      return;
    }
    route(located, {
      event: marked(value.event, name),
      hops: 0,
      traceHeader: null,
      ...(row.filterArns.length === 0 ? {} : { onlyRules: row.filterArns }),
    });
    last = [at[1], at[2]];
    lastReplayedAtMs = at[1];
    left -= 1;
  }
  end("COMPLETED");
};
