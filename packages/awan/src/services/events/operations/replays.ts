/** Replays of an archive: started, described, listed, cancelled. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { busArn, requireBus } from "../bus.ts";
import { alreadyExists, invalidParameter, limitExceeded, notFound, validation } from "../errors.ts";
import { archives, type ReplayRow, replays } from "../keys.ts";
import { limits } from "../limits.ts";
import { pageOf, startOf } from "../paging.ts";
import { isUnderWay } from "../replay.ts";
import type { In, Out } from "../sdk.ts";
import { archiveArn } from "./archives.ts";

const replayArn = (call: Call, name: string): string =>
  `arn:${call.partition}:events:${call.region}:${call.accountId}:replay/${name}`;

function requireReplay(call: Call, name: string): ReplayRow {
  const row = replays.get(call.tx, [name]);
  if (row === undefined) throw notFound(`Replay ${name} does not exist.`);
  return row;
}

export function startReplay(call: Call, input: In<"StartReplay">): Out<"StartReplay"> {
  const { ReplayName: name, EventStartTime, EventEndTime, Destination } = input;
  const { bus } = requireBus(call, Destination.Arn);
  const archiveName = input.EventSourceArn.split("/").at(-1) ?? "";
  const archive = archives.get(call.tx, [archiveName]);
  if (archive === undefined) {
    throw invalidParameter("EventSourceArn", `Archive ${archiveName} does not exist.`);
  }
  if (EventStartTime.getTime() >= EventEndTime.getTime()) {
    throw invalidParameter("EventEndTime", "EventStartTime must be before EventEndTime.");
  }
  if (archive.bus !== bus.name) {
    throw invalidParameter("Destination.Arn", "Cross event bus replay is not permitted.");
  }
  if (replays.has(call.tx, [name])) throw alreadyExists(`Replay ${name}`);
  let underWay = 0;
  for (const { value } of replays.scan(call.tx, [])) if (isUnderWay(value)) underWay += 1;
  if (underWay >= limits.replaysMax) throw limitExceeded();
  replays.set(call.tx, [name], {
    name,
    description: input.Description ?? null,
    archive: archiveName,
    archiveNumber: archive.number,
    bus: bus.name,
    filterArns: Destination.FilterArns ?? [],
    fromMs: EventStartTime.getTime(),
    toMs: EventEndTime.getTime(),
    state: "STARTING",
    startedAtMs: call.nowMs,
    endedAtMs: null,
    lastReplayedAtMs: null,
  });
  call.schedule("events.replay", [name], call.nowMs);
  return {
    ReplayArn: replayArn(call, name),
    State: "STARTING",
    ReplayStartTime: new Date(call.nowMs),
  };
}

const dateOf = (atMs: number | null): Date | undefined => (atMs === null ? undefined : new Date(atMs));

const shown = (call: Call, row: ReplayRow) => ({
  ReplayName: row.name,
  EventSourceArn: archiveArn(call, row.archive),
  State: row.state,
  EventStartTime: new Date(row.fromMs),
  EventEndTime: new Date(row.toMs),
  EventLastReplayedTime: dateOf(row.lastReplayedAtMs),
  ReplayStartTime: new Date(row.startedAtMs),
  ReplayEndTime: dateOf(row.endedAtMs),
});

export function describeReplay(call: Call, { ReplayName }: In<"DescribeReplay">): Out<"DescribeReplay"> {
  const row = requireReplay(call, ReplayName);
  return {
    ...shown(call, row),
    ReplayArn: replayArn(call, row.name),
    Description: row.description ?? undefined,
    Destination: {
      Arn: busArn(call, row.bus),
      FilterArns: row.filterArns.length === 0 ? undefined : [...row.filterArns],
    },
  };
}

export function cancelReplay(call: Call, { ReplayName }: In<"CancelReplay">): Out<"CancelReplay"> {
  const row = requireReplay(call, ReplayName);
  if (row.state !== "STARTING" && row.state !== "RUNNING") {
    throw new AwsError(
      "IllegalStatusException",
      `Replay ${row.name} is not in a valid state for this operation.`,
    );
  }
  replays.set(call.tx, [row.name], { ...row, state: "CANCELLING" });
  call.schedule("events.replay", [row.name], call.nowMs);
  return { ReplayArn: replayArn(call, row.name), State: "CANCELLING" };
}

export function listReplays(call: Call, input: In<"ListReplays">): Out<"ListReplays"> {
  const given = [input.NamePrefix, input.EventSourceArn, input.State].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw validation(
      "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.",
    );
  }
  const { items, NextToken } = pageOf(listed(call, input), input, ({ name }) => name);
  return { Replays: items.map((row) => shown(call, row)), NextToken };
}

function* listed(call: Call, input: In<"ListReplays">): Generator<ReplayRow> {
  const prefix = input.NamePrefix ?? "";
  const after = startOf(input);
  const options = after === undefined ? { from: [prefix] } : { after: [after] };
  for (const { value } of replays.scan(call.tx, [], options)) {
    if (!value.name.startsWith(prefix)) return;
    if (input.EventSourceArn !== undefined && archiveArn(call, value.archive) !== input.EventSourceArn)
      continue;
    if (input.State === undefined || input.State === value.state) yield value;
  }
}
