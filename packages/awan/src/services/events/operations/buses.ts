/** Event buses: made, described, changed, listed, deleted. */
import type { Call } from "../../../host/call.ts";
import { busArn, defaultBus, findBus, placeOf, requireBus, updateBus } from "../bus.ts";
import { alreadyExists, invalidParameter, validation } from "../errors.ts";
import { type BusRow, buses, rules } from "../keys.ts";
import { pageOf, startOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";
import { withTags } from "../tags.ts";

const texts = (bus: BusRow) => ({
  Description: bus.description ?? undefined,
  KmsKeyIdentifier: bus.kmsKeyIdentifier ?? undefined,
  DeadLetterConfig: bus.deadLetterArn === null ? undefined : { Arn: bus.deadLetterArn },
});

const times = ({ createdAtMs, modifiedAtMs }: BusRow) =>
  createdAtMs === 0 ? {} : { CreationTime: new Date(createdAtMs), LastModifiedTime: new Date(modifiedAtMs) };

export function createEventBus(call: Call, input: In<"CreateEventBus">): Out<"CreateEventBus"> {
  const { Name: name } = input;
  if (input.EventSourceName === undefined && name.includes("/")) {
    throw invalidParameter("Name", "Event bus name must not contain '/'.");
  }
  if (findBus(call, name) !== undefined) throw alreadyExists(`Event bus ${name}`);
  const bus: BusRow = {
    name,
    description: input.Description ?? null,
    kmsKeyIdentifier: input.KmsKeyIdentifier ?? null,
    deadLetterArn: input.DeadLetterConfig?.Arn ?? null,
    policy: null,
    tags: withTags([], input.Tags),
    createdAtMs: call.nowMs,
    modifiedAtMs: call.nowMs,
  };
  buses.set(call.tx, [name], bus);
  return { EventBusArn: busArn(call, name), ...texts(bus) };
}

export function describeEventBus(caller: Call, { Name }: In<"DescribeEventBus">): Out<"DescribeEventBus"> {
  const { call, bus } = requireBus(caller, Name);
  return {
    Name: bus.name,
    Arn: busArn(call, bus.name),
    ...texts(bus),
    Policy: bus.policy ?? undefined,
    ...times(bus),
  };
}

export function updateEventBus(caller: Call, input: In<"UpdateEventBus">): Out<"UpdateEventBus"> {
  const located = requireBus(caller, input.Name);
  const { Description, KmsKeyIdentifier, DeadLetterConfig } = input;
  updateBus(located, {
    ...(Description === undefined ? {} : { description: Description }),
    ...(KmsKeyIdentifier === undefined
      ? {}
      : { kmsKeyIdentifier: KmsKeyIdentifier === "" ? null : KmsKeyIdentifier }),
    ...(DeadLetterConfig === undefined ? {} : { deadLetterArn: DeadLetterConfig.Arn ?? null }),
  });
  const { call, bus } = requireBus(caller, input.Name);
  return { Arn: busArn(call, bus.name), Name: bus.name, ...texts(bus) };
}

export function deleteEventBus(caller: Call, { Name }: In<"DeleteEventBus">): void {
  const { call, name } = placeOf(caller, Name);
  if (name === defaultBus) throw validation("Cannot delete event bus default.");
  // What is gone already is deleted, as far as AWS is concerned.
  if (rules.first(call.tx, [name]) !== undefined) {
    throw validation(`Event bus ${name} can't be deleted since it has rules.`);
  }
  buses.delete(call.tx, [name]);
}

function* listed(call: Call, prefix: string, after: string | undefined): Generator<BusRow> {
  const untouched = buses.has(call.tx, [defaultBus]) ? undefined : requireBus(call, defaultBus).bus;
  let isDefaultDue = untouched !== undefined && (after === undefined || after < defaultBus);
  const options = after === undefined ? { from: [prefix] } : { after: [after] };
  for (const { value } of buses.scan(call.tx, [], options)) {
    if (isDefaultDue && untouched !== undefined && value.name > defaultBus) {
      isDefaultDue = false;
      yield untouched;
    }
    yield value;
  }
  if (isDefaultDue && untouched !== undefined) yield untouched;
}

function* withPrefix<Item extends { readonly name: string }>(
  items: Iterable<Item>,
  prefix: string,
): Generator<Item> {
  for (const item of items) if (item.name.startsWith(prefix)) yield item;
}

export function listEventBuses(call: Call, input: In<"ListEventBuses">): Out<"ListEventBuses"> {
  const prefix = input.NamePrefix ?? "";
  const all = withPrefix(listed(call, prefix, startOf(input)), prefix);
  const { items, NextToken } = pageOf(all, input, ({ name }) => name);
  return {
    EventBuses: items.map((bus) => ({
      Name: bus.name,
      Arn: busArn(call, bus.name),
      Description: bus.description ?? undefined,
      Policy: bus.policy ?? undefined,
      ...times(bus),
    })),
    NextToken,
  };
}
