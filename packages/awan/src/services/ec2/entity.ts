/** What every kind has in common: made from its input, described with filters, tagged, deleted. */
import type { Call } from "../../host/call.ts";
import { dependencyViolation, notFound } from "./errors.ts";
import { fits, type Filter } from "./filters.ts";
import { type Body, entities, type EntityRow } from "./keys.ts";
import { type Kind, kindNamed } from "./kinds.ts";

export interface Entity {
  readonly id: string;
  readonly row: EntityRow;
}

/** Members of inputs that are no members of what they make. */
const notKept = new Set(["TagSpecifications", "ClientToken", "DryRun"]);

export function create(call: Call, kind: Kind, input: Body, more: Body = {}): Entity {
  const id = `${kind.prefix}-${call.random.hex(17)}`;
  const given = Object.entries(input).filter(([name, value]) => !notKept.has(name) && value !== undefined);
  const body: Body = {
    OwnerId: call.accountId,
    ...kind.defaults(call, input, id),
    ...Object.fromEntries(given),
    ...more,
    [kind.idMember]: id,
  };
  const row: EntityRow = { body, tags: tagsIn(input, kind) };
  entities.set(call.tx, [kind.name, id], row);
  return { id, row };
}

export const get = (call: Call, kind: Kind, id: string): EntityRow | undefined =>
  entities.get(call.tx, [kind.name, id]);

/** @throws AwsError that the id does not exist. */
export function need(call: Call, kind: Kind, id: unknown): EntityRow {
  const row = typeof id === "string" ? get(call, kind, id) : undefined;
  if (row === undefined) throw notFound(kind, String(id));
  return row;
}

/** The entity with some members changed. */
export function change(call: Call, kind: Kind, id: string, members: Body): EntityRow {
  const old = need(call, kind, id);
  const row: EntityRow = { body: { ...old.body, ...members }, tags: old.tags };
  entities.set(call.tx, [kind.name, id], row);
  return row;
}

export function* all(call: Call, kind: Kind): Generator<Entity, void> {
  for (const { key, value } of entities.scan(call.tx, [kind.name])) yield { id: key[1], row: value };
}

/** Deletes; refuses while something that belongs to it is left. */
export function remove(call: Call, kind: Kind, id: string): EntityRow {
  const row = need(call, kind, id);
  for (const held of kind.holds ?? []) {
    const own = held.endsWith("-own");
    const holder = kindNamed(own ? held.slice(0, -4) : held);
    for (const { row: other } of all(call, holder)) {
      // The group every VPC begins with goes with it.
      if (own && other.body["GroupName"] === "default") continue;
      if (other.body[kind.idMember] === id) throw dependencyViolation(kind.noun, id);
    }
  }
  entities.delete(call.tx, [kind.name, id]);
  return row;
}

const times = new Set(["CreateTime", "CreationTimestamp", "LaunchTime"]);

/** As answers tell it. */
export function told({ row }: Entity): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row.body)) {
    result[name] = times.has(name) ? new Date(Number(value)) : value;
  }
  result["Tags"] = Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value }));
  return result;
}

interface DescribeInput {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** The entities asked for, a page at a time, under the kind's list member. @throws AwsError for ids that do not exist. */
export function describe(call: Call, kind: Kind, input: Body): Record<string, unknown> {
  const { Filters = [], MaxResults, NextToken }: DescribeInput = input;
  const ids = input[kind.idsMember ?? `${kind.idMember}s`] as readonly string[] | undefined;
  const asked =
    ids === undefined || ids.length === 0
      ? [...all(call, kind)]
      : ids.map((id) => ({ id, row: need(call, kind, id) }));
  const fitting = asked.map(told).filter((entity) => Filters.every((filter) => fits(entity, filter)));
  const start = NextToken === undefined ? 0 : Number(NextToken);
  const end = start + (MaxResults ?? 1000);
  return {
    [kind.list]: fitting.slice(start, end),
    ...(end < fitting.length ? { NextToken: String(end) } : {}),
  };
}

interface TagSpecification {
  readonly ResourceType?: string | undefined;
  readonly Tags?:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
}

export function tagsIn(input: Body, kind: Kind): Record<string, string> {
  const specifications = (input["TagSpecifications"] ?? []) as readonly TagSpecification[];
  const mine = specifications.filter(
    ({ ResourceType }) => ResourceType === undefined || ResourceType === kind.name || kind.name === "address",
  );
  return Object.fromEntries(
    mine.flatMap(({ Tags = [] }) => Tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
  );
}

/** The id of the entity that has the value in a member. */
export function idWhere(call: Call, kind: Kind, member: string, value: string): string | undefined {
  for (const { id, row } of all(call, kind)) if (row.body[member] === value) return id;
  return undefined;
}
