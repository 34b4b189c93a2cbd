/** The members that single writes answer with: attributes as asked for, capacity, item collection. */
import type {
  AttributeValue as WireValue,
  ConsumedCapacity,
  ItemCollectionMetrics,
  ItemResponse,
} from "@aws-sdk/client-dynamodb";
import { project, projectionOf } from "../../engines/dynamo-expression/projection.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { consumedCapacity, type Units } from "./capacity.ts";
import type { Prepared, Written } from "./item-write.ts";
import type { WriteRequest } from "./requests.ts";
import type { TableRow } from "./schema.ts";

/** The same object under the SDK's type, whose members are unions with `undefined`. */
export function wireItem(item: Item): Record<string, WireValue> {
  return item as Record<string, WireValue>;
}

export interface WriteAnswer {
  Attributes?: Record<string, WireValue>;
  ConsumedCapacity?: ConsumedCapacity;
  ItemCollectionMetrics?: ItemCollectionMetrics;
}

export function writeAnswer(
  table: TableRow,
  input: WriteRequest,
  prepared: Prepared,
  written: Written,
  units: Units | undefined,
): WriteAnswer {
  const answer: WriteAnswer = {};
  const attributes = returned(input.ReturnValues, prepared, written);
  if (attributes !== undefined) answer.Attributes = wireItem(attributes);
  if (units !== undefined) {
    const consumed = consumedCapacity(table, units, input.ReturnConsumedCapacity);
    if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  }
  if (input.ReturnItemCollectionMetrics === "SIZE") {
    const metrics = itemCollectionMetrics(table, prepared.item);
    if (metrics !== undefined) answer.ItemCollectionMetrics = metrics;
  }
  return answer;
}

/** Only tables with local indexes have item collections. The estimate is always the smallest: nothing here is gigabytes. */
export function itemCollectionMetrics(table: TableRow, item: Item): ItemCollectionMetrics | undefined {
  const value = item[table.hash.name];
  if (value === undefined || !table.indexes.some(({ kind }) => kind === "local")) return undefined;
  return { ItemCollectionKey: wireItem({ [table.hash.name]: value }), SizeEstimateRangeGB: [0, 1] };
}

function returned(
  mode: string | undefined,
  prepared: Prepared,
  { before, after }: Written,
): Item | undefined {
  switch (mode) {
    case "ALL_OLD":
      return before?.item;
    case "ALL_NEW":
      return after;
    case "UPDATED_OLD":
      return nonEmpty(before === undefined ? undefined : touched(prepared, before.item));
    case "UPDATED_NEW":
      return nonEmpty(after === undefined ? undefined : touched(prepared, after));
    default:
      return undefined;
  }
}

const nonEmpty = (item: Item | undefined): Item | undefined =>
  item === undefined || Object.keys(item).length === 0 ? undefined : item;

function touched(prepared: Prepared, item: Item): Item {
  const paths = prepared.legacyUpdates?.map(({ name }) => [name]) ?? prepared.updates.map(({ path }) => path);
  return project(projectionOf(paths), item);
}

/** A page's or batch's items as responses of a transaction. */
export function itemResponse(item: Item | undefined): ItemResponse {
  return item === undefined ? {} : { Item: wireItem(item) };
}
