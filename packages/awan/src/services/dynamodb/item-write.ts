/**
 * Put, update and delete of one item in two steps: `prepare…` checks all that needs no table, in AWS's order; what it
 * returns is applied to a table. Single operations, batches, transactions and PartiQL are made of these.
 */
import { conditionPaths } from "../../engines/dynamo-expression/condition-paths.ts";
import { type Condition, evaluateCondition } from "../../engines/dynamo-expression/condition.ts";
import {
  condition as parseCondition,
  update as parseUpdate,
} from "../../engines/dynamo-expression/expressions.ts";
import type { Path } from "../../engines/dynamo-expression/placeholders.ts";
import { itemSizeBytes } from "../../engines/dynamo-expression/size.ts";
import { applyUpdate, type Update, updatePaths } from "../../engines/dynamo-expression/update.ts";
import { normalizeItem } from "../../engines/dynamo-expression/validate-value.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import type { Call } from "../../host/call.ts";
import { addUnits, type Units, writeUnits } from "./capacity.ts";
import { conditionFailed, invalidParameter, validationError } from "./errors.ts";
import { checkExpressionParameters, placeholdersOf } from "./expression-parameters.ts";
import { checkIndexKeys, checkItemKeys, checkKey, nestedKeyError } from "./item-key.ts";
import { applyAttributeUpdates, checkAttributeUpdates, type LegacyUpdate } from "./legacy-updates.ts";
import { checkConditionalOperator, checkExpected, expectedCondition } from "./legacy-conditions.ts";
import { limits } from "./limits.ts";
import type { WriteRequest } from "./requests.ts";
import type { ItemRow } from "./item-row.ts";
import { hashKeys, keyNames, rangeKeys, type TableRow } from "./schema.ts";
import { metered } from "./throughput.ts";
import { readItem, writeItem } from "./write.ts";

export interface Prepared {
  readonly kind: "put" | "update" | "delete" | "check";
  /** The item to put, or the key. */
  readonly item: Item;
  readonly condition: Condition | undefined;
  readonly updates: readonly Update[];
  readonly legacyUpdates: readonly LegacyUpdate[] | undefined;
  readonly returnFailed: boolean;
}

export interface Written {
  readonly before: ItemRow | undefined;
  readonly after: Item | undefined;
}

export function preparePut(input: WriteRequest): Prepared {
  checkExpressionParameters(input, ["ConditionExpression"], ["Expected"]);
  const item = normalizeItem(input.Item ?? {});
  if (input.ReturnValues !== undefined && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE") {
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
  }
  if (itemSizeBytes(item) > limits.itemSizeBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  return { kind: "put", item, ...prepareCondition(input), updates: [], legacyUpdates: undefined };
}

export function prepareDelete(input: WriteRequest, kind: "delete" | "check" = "delete"): Prepared {
  checkExpressionParameters(input, ["ConditionExpression"], ["Expected"]);
  const item = normalizeItem(input.Key ?? {});
  if (input.ReturnValues !== undefined && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE") {
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
  }
  return { kind, item, ...prepareCondition(input), updates: [], legacyUpdates: undefined };
}

export function prepareUpdate(input: WriteRequest): Prepared {
  checkExpressionParameters(
    input,
    ["UpdateExpression", "ConditionExpression"],
    ["AttributeUpdates", "Expected"],
  );
  const item = normalizeItem(input.Key ?? {});
  const legacyUpdates = checkAttributeUpdates(input.AttributeUpdates);
  checkExpected(input.Expected);
  checkConditionalOperator(input.ConditionalOperator, input.Expected);
  const placeholders = placeholdersOf(input);
  const updates =
    input.UpdateExpression === undefined ? [] : parseUpdate(input.UpdateExpression, placeholders);
  const condition =
    input.ConditionExpression === undefined
      ? expectedCondition(input.Expected, input.ConditionalOperator)
      : parseCondition(input.ConditionExpression, placeholders);
  placeholders.checkAllUsed();
  return { kind: "update", item, condition, updates, legacyUpdates, returnFailed: returnsFailed(input) };
}

const returnsFailed = (input: WriteRequest): boolean =>
  input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";

function prepareCondition(input: WriteRequest): Pick<Prepared, "condition" | "returnFailed"> {
  checkExpected(input.Expected);
  checkConditionalOperator(input.ConditionalOperator, input.Expected);
  const returnFailed = returnsFailed(input);
  if (input.ConditionExpression === undefined) {
    return { condition: expectedCondition(input.Expected, input.ConditionalOperator), returnFailed };
  }
  const placeholders = placeholdersOf(input);
  const condition = parseCondition(input.ConditionExpression, placeholders);
  placeholders.checkAllUsed();
  return { condition, returnFailed };
}

/** Checks against the table's schema, without reading the item. */
export function checkAgainst(table: TableRow, prepared: Prepared): void {
  if (prepared.kind === "put") {
    checkItemKeys(table, prepared.item);
    checkIndexKeys(table, prepared.item);
  } else checkKey(table, prepared.item);
  if (prepared.kind === "update") checkUpdates(table, prepared);
  if (prepared.condition !== undefined) {
    conditionPaths(prepared.condition, (path) => checkScalarKeys(table, path));
  }
}

/** First that no key attribute is changed, then what is set to index keys, then paths into keys. */
function checkUpdates(table: TableRow, { updates, legacyUpdates }: Prepared): void {
  const keys = keyNames(table);
  const changed = legacyUpdates?.map(({ name }) => name) ?? updates.map(({ path }) => String(path[0]));
  const key = changed.find((name) => keys.includes(name));
  if (key !== undefined) {
    throw invalidParameter(`Cannot update attribute ${key}. This attribute is part of the key`);
  }
  const set: Record<string, Item[string]> = {};
  for (const update of updates) {
    if (update.section === "SET" && update.term.kind === "value" && update.path.length === 1) {
      set[String(update.path[0])] = update.term.value;
    }
  }
  checkIndexKeys(table, set);
  updatePaths(updates, (path) => checkScalarKeys(table, path));
}

export function checkScalarKeys(table: TableRow, path: Path): void {
  if (path.length === 1) return;
  const head = path[0] as string;
  if (keyNames(table).includes(head)) throw nestedKeyError("Key", head);
  if (table.indexes.some((index) => keyNames(index).includes(head))) {
    throw nestedKeyError("IndexKey", head);
  }
}

/** Reads, checks the condition, writes; `factor` is how much more it costs than a single write. */
export function execute(
  call: Call,
  table: TableRow,
  prepared: Prepared,
  counted?: Units,
  factor = 1,
): Written {
  return metered(call, { table, kind: "write", factor }, counted, (units) =>
    executeUnmetered(call, table, prepared, units),
  );
}

function executeUnmetered(
  call: Call,
  table: TableRow,
  prepared: Prepared,
  units: Units | undefined,
): Written {
  const before = readItem(call, table, prepared.item);
  if (prepared.condition !== undefined && !evaluateCondition(prepared.condition, before?.item)) {
    throw conditionFailed(prepared.returnFailed ? before?.item : undefined);
  }
  switch (prepared.kind) {
    case "check":
      if (units !== undefined) addUnits(units, "", writeUnits(before?.sizeBytes ?? 0));
      return { before, after: before?.item };
    case "put":
      writeItem(call, { table, before, after: prepared.item }, units);
      return { before, after: prepared.item };
    case "delete":
      writeItem(call, { table, before, after: undefined }, units);
      return { before, after: undefined };
    default: {
      const after = updated(table, prepared, before?.item);
      if (after === undefined) {
        if (units !== undefined) addUnits(units, "", 1);
      } else writeItem(call, { table, before, after }, units);
      return { before, after };
    }
  }
}

/** The item after an update; undefined when there was none and the update only takes away: that makes no item. */
function updated(
  table: TableRow,
  { item: key, updates, legacyUpdates }: Prepared,
  before: Item | undefined,
): Item | undefined {
  const start = before ?? key;
  if (before === undefined && onlyTakesAway(updates, legacyUpdates)) return undefined;
  const after =
    legacyUpdates !== undefined
      ? normalizeItem(applyAttributeUpdates(legacyUpdates, start))
      : updates.length === 0
        ? start
        : normalizeItem(applyUpdate(updates, start));
  if (itemSizeBytes(after) > limits.itemSizeBytesMax) {
    throw validationError("Item size to update has exceeded the maximum allowed size");
  }
  if (table.indexes.length > 0) checkUpdatedIndexKeys(table, start, after, legacyUpdates === undefined);
  return after;
}

function onlyTakesAway(
  updates: readonly Update[],
  legacyUpdates: readonly LegacyUpdate[] | undefined,
): boolean {
  if (legacyUpdates !== undefined) {
    return legacyUpdates.length > 0 && legacyUpdates.every(({ action }) => action === "DELETE");
  }
  return updates.length > 0 && updates.every(({ section }) => section === "REMOVE" || section === "DELETE");
}

/** What an expression computes for an index key is refused in words of its own. */
function checkUpdatedIndexKeys(table: TableRow, before: Item, after: Item, isExpression: boolean): void {
  for (const index of isExpression ? table.indexes : []) {
    for (const { name, type } of [...hashKeys(index), ...rangeKeys(index)]) {
      const value = after[name];
      if (value !== undefined && value !== before[name] && value[type] === undefined) {
        throw validationError(
          "The update expression attempted to update the secondary index key to unsupported type",
        );
      }
    }
  }
  checkIndexKeys(table, after);
}
