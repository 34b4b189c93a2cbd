/** Archives of a bus: made, described, changed, listed, deleted. */
import type { Call } from "../../../host/call.ts";
import { countsOf, scheduleForget } from "../archive.ts";
import { busArn, requireBus } from "../bus.ts";
import { alreadyExists, notFound, validation } from "../errors.ts";
import { archivedEvents, archiveNumbers, type ArchiveRow, archives, archivesByBus } from "../keys.ts";
import { pageOf, startOf } from "../paging.ts";
import { checkPattern } from "../pattern.ts";
import type { In, Out } from "../sdk.ts";

export const archiveArn = (call: Call, name: string): string =>
  `arn:${call.partition}:events:${call.region}:${call.accountId}:archive/${name}`;

function requireArchive(call: Call, name: string): ArchiveRow {
  const row = archives.get(call.tx, [name]);
  if (row === undefined) throw notFound(`Archive ${name} does not exist.`);
  return row;
}

export function createArchive(caller: Call, input: In<"CreateArchive">): Out<"CreateArchive"> {
  const { ArchiveName: name, EventPattern } = input;
  if (archives.has(caller.tx, [name])) throw alreadyExists(`Archive ${name}`);
  const { call, bus } = requireBus(caller, input.EventSourceArn);
  if (EventPattern !== undefined) checkPattern(EventPattern);
  const number = (archiveNumbers.get(call.tx, []) ?? 0) + 1;
  archiveNumbers.set(call.tx, [], number);
  archives.set(call.tx, [name], {
    name,
    bus: bus.name,
    description: input.Description ?? null,
    pattern: EventPattern ?? null,
    retentionDays: input.RetentionDays ?? 0,
    createdAtMs: call.nowMs,
    number,
  });
  archivesByBus.set(call.tx, [bus.name, name], true);
  return { ArchiveArn: archiveArn(call, name), State: "ENABLED", CreationTime: new Date(call.nowMs) };
}

const shown = (call: Call, row: ArchiveRow) => {
  const { events, bytes } = countsOf(call, row);
  return {
    ArchiveName: row.name,
    EventSourceArn: busArn(call, row.bus),
    State: "ENABLED" as const,
    RetentionDays: row.retentionDays,
    SizeBytes: bytes,
    EventCount: events,
    CreationTime: new Date(row.createdAtMs),
  };
};

export function describeArchive(call: Call, { ArchiveName }: In<"DescribeArchive">): Out<"DescribeArchive"> {
  const row = requireArchive(call, ArchiveName);
  return {
    ArchiveArn: archiveArn(call, row.name),
    ...shown(call, row),
    Description: row.description ?? undefined,
    EventPattern: row.pattern ?? undefined,
  };
}

export function updateArchive(call: Call, input: In<"UpdateArchive">): Out<"UpdateArchive"> {
  const row = requireArchive(call, input.ArchiveName);
  const { Description, EventPattern, RetentionDays } = input;
  if (Description === undefined && EventPattern === undefined && RetentionDays === undefined) {
    throw validation("At least one of EventPattern, RetentionDays or Description must be provided.");
  }
  if (EventPattern !== undefined) checkPattern(EventPattern);
  const changed: ArchiveRow = {
    name: row.name,
    bus: row.bus,
    description: Description ?? row.description,
    pattern: EventPattern ?? row.pattern,
    retentionDays: RetentionDays ?? row.retentionDays,
    createdAtMs: row.createdAtMs,
    number: row.number,
  };
  archives.set(call.tx, [row.name], changed);
  const oldest = archivedEvents.first(call.tx, [row.number]);
  if (oldest !== undefined) scheduleForget(call, changed, oldest.key[1]);
  return {
    ArchiveArn: archiveArn(call, row.name),
    State: "ENABLED",
    CreationTime: new Date(row.createdAtMs),
  };
}

export function deleteArchive(call: Call, { ArchiveName }: In<"DeleteArchive">): void {
  const row = requireArchive(call, ArchiveName);
  archives.delete(call.tx, [row.name]);
  archivesByBus.delete(call.tx, [row.bus, row.name]);
  call.schedule("events.forget", [row.number], call.nowMs, null);
}

export function listArchives(call: Call, input: In<"ListArchives">): Out<"ListArchives"> {
  const given = [input.NamePrefix, input.EventSourceArn, input.State].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw validation(
      "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
    );
  }
  if (input.EventSourceArn !== undefined) requireBus(call, input.EventSourceArn);
  const { items, NextToken } = pageOf(listed(call, input), input, ({ name }) => name);
  return { Archives: items.map((row) => shown(call, row)), NextToken };
}

function* listed(call: Call, input: In<"ListArchives">): Generator<ArchiveRow> {
  const prefix = input.NamePrefix ?? "";
  const after = startOf(input);
  const options = after === undefined ? { from: [prefix] } : { after: [after] };
  for (const { value } of archives.scan(call.tx, [], options)) {
    if (!value.name.startsWith(prefix)) return;
    if (input.EventSourceArn !== undefined && busArn(call, value.bus) !== input.EventSourceArn) continue;
    if (input.State === undefined || input.State === "ENABLED") yield value;
  }
}
