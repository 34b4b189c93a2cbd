/** Runs one parsed PartiQL statement. */
import { evaluateCondition } from "../../engines/dynamo-expression/condition.ts";
import type { SelectStatement, Statement } from "../../engines/dynamo-expression/partiql.ts";
import type { Path } from "../../engines/dynamo-expression/placeholders.ts";
import { valueAt } from "../../engines/dynamo-expression/condition.ts";
import { project, projectionOf } from "../../engines/dynamo-expression/projection.ts";
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";
import type { Call } from "../../host/call.ts";
import { addUnits, type Units } from "./capacity.ts";
import { AwsError } from "../../kernel/errors.ts";
import { validationError } from "./errors.ts";
import { checkAgainst, execute } from "./item-write.ts";
import { checkKey, partitionOf } from "./item-key.ts";
import { rangeOf, startParts } from "./key-range.ts";
import { type Page, readPage } from "./page.ts";
import { duplicateItem, keyedWhere, partitionValues, prepareStatement, rangeCondition } from "./partiql.ts";
import type { IndexRow, TableRow } from "./schema.ts";
import { findIndex } from "./selection.ts";
import { metered } from "./throughput.ts";
import { readCounted, readItem } from "./write.ts";

/** Renames to what a SELECT's result calls its paths: `mymap.nested` is `nested`. */
function selected(paths: readonly Path[] | undefined, item: Item): Item {
  if (paths === undefined) return item;
  const result: Record<string, AttributeValue> = {};
  for (const path of paths) {
    const value = valueAt(item, path);
    const name = path.findLast((part) => typeof part === "string");
    if (value !== undefined && name !== undefined) result[name] = value;
  }
  return result;
}

export interface SelectOptions {
  readonly limit: number | undefined;
  readonly consistent: boolean;
  readonly start: Cursor | undefined;
}

/** Where a SELECT goes on: which of its partitions, and after which key. */
export interface Cursor {
  readonly partition: number;
  readonly key: Item | undefined;
}

export interface Selected {
  readonly items: readonly Item[];
  readonly units: Units;
  readonly next: Cursor | undefined;
}

export function select(
  call: Call,
  table: TableRow,
  statement: SelectStatement,
  options: SelectOptions,
): Selected {
  const index = findIndex(table, {
    TableName: table.name,
    ...(statement.index === undefined ? {} : { IndexName: statement.index }),
    ConsistentRead: options.consistent,
  });
  const partitions = partitionValues(index ?? table, statement.where);
  const units: Units = new Map();
  const items: Item[] = [];
  const first = options.start?.partition ?? 0;
  const count = partitions?.length ?? 1;
  for (let at = first; at < count; at += 1) {
    const start = at === first ? options.start?.key : undefined;
    const left = options.limit === undefined ? undefined : options.limit - items.length;
    const page = readPartition(call, {
      table,
      index,
      statement,
      partition: partitions?.[at],
      start,
      limit: left,
      consistent: options.consistent,
    });
    for (const [name, amount] of page.units) addUnits(units, name, amount);
    items.push(...page.rows.map(({ item }) => selected(statement.paths, item)));
    if (page.lastKey !== undefined) return { items, units, next: { partition: at, key: page.lastKey } };
    if (options.limit !== undefined && items.length >= options.limit && at + 1 < count) {
      return { items, units, next: { partition: at + 1, key: undefined } };
    }
  }
  return { items, units, next: undefined };
}

function readPartition(
  call: Call,
  request: {
    readonly table: TableRow;
    readonly index: IndexRow | undefined;
    readonly statement: SelectStatement;
    readonly partition: AttributeValue | undefined;
    readonly start: Item | undefined;
    readonly limit: number | undefined;
    readonly consistent: boolean;
  },
): Page {
  const { table, index, statement, partition } = request;
  const start = request.start === undefined ? undefined : startParts(table, index, request.start);
  const scanning = partition === undefined;
  return readPage(call, {
    table,
    index,
    prefix: scanning ? [] : [partitionOf(partition)],
    range: scanning
      ? start === undefined
        ? {}
        : { after: start }
      : rangeOf(rangeCondition(index ?? table, statement.where), start?.slice(1), statement.descending),
    filter: statement.where,
    fetch: false,
    countOnly: false,
    limit: request.limit,
    consistent: request.consistent,
  });
}

/** A SELECT of a batch or transaction: one item by its whole key. */
export function selectOne(
  call: Call,
  table: TableRow,
  statement: SelectStatement,
  { units, factor = 1 }: { readonly units: Units; readonly factor?: number },
): Item | undefined {
  const where = keyedWhere(table, statement.where);
  if (where === undefined || statement.index !== undefined) {
    throw validationError(
      "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
    );
  }
  checkKey(table, where.key);
  const { key } = where;
  const row = metered(call, { table, kind: "read", factor }, units, (counted) =>
    readCounted(call, table, { key, isConsistent: false }, counted),
  );
  if (row === undefined) return undefined;
  if (where.condition !== undefined && !evaluateCondition(where.condition, row.item)) return undefined;
  return selected(statement.paths, row.item);
}

/** A statement that writes; gives what RETURNING asks for. */
export function runWrite(
  call: Call,
  table: TableRow,
  statement: Exclude<Statement, SelectStatement>,
  options: { readonly units: Units; readonly returnFailed: boolean; readonly factor?: number },
): Item | undefined {
  const prepared = prepareStatement(table, statement, options.returnFailed);
  checkAgainst(table, prepared);
  if (statement.kind === "insert" && readItem(call, table, statement.item) !== undefined)
    throw duplicateItem();
  const { before, after } = execute(call, table, prepared, options.units, options.factor);
  if (statement.kind !== "update" && statement.kind !== "delete") return undefined;
  const touched = projectionOf(prepared.updates.map(({ path }) => path));
  switch (statement.returning) {
    case "ALL_OLD":
      return before?.item;
    case "ALL_NEW":
      return after;
    case "UPDATED_OLD":
      return before === undefined ? undefined : project(touched, before.item);
    case "UPDATED_NEW":
      return after === undefined ? undefined : project(touched, after);
    default:
      return undefined;
  }
}

const batchCodes: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  ThrottlingException: "ThrottlingError",
  DuplicateItemException: "DuplicateItem",
  ResourceNotFoundException: "ResourceNotFound",
  ValidationException: "ValidationError",
};

/** An error within a batch is part of its answer. */
export function batchErrorCode(error: AwsError): string {
  return batchCodes[error.code] ?? error.code.replace(/Exception$/, "");
}
