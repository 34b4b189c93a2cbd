/** Reads of one item by key: what GetItem, BatchGetItem and TransactGetItems share. */
import { projection as parseProjection } from "../../engines/dynamo-expression/expressions.ts";
import { project, type Projection, projectionOf } from "../../engines/dynamo-expression/projection.ts";
import { normalizeItem } from "../../engines/dynamo-expression/validate-value.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { checkAttributesToGet, checkExpressionParameters, placeholdersOf } from "./expression-parameters.ts";
import { checkScalarKeys } from "./item-write.ts";
import type { ReadRequest } from "./requests.ts";
import type { TableRow } from "./schema.ts";

/** What of the items is wanted; undefined for all. */
export function prepareProjection(input: Omit<ReadRequest, "TableName">): Projection | undefined {
  checkAttributesToGet(input.AttributesToGet);
  if (input.ProjectionExpression === undefined) {
    return input.AttributesToGet === undefined
      ? undefined
      : projectionOf(input.AttributesToGet.map((name) => [name]));
  }
  const placeholders = placeholdersOf(input);
  const projection = parseProjection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  return projection;
}

export interface PreparedRead {
  readonly key: Item;
  readonly projection: Projection | undefined;
}

export function prepareRead(input: Omit<ReadRequest, "TableName">): PreparedRead {
  checkExpressionParameters(input, ["ProjectionExpression"], ["AttributesToGet"]);
  return { key: normalizeItem(input.Key ?? {}), projection: prepareProjection(input) };
}

export function checkProjection(table: TableRow, projection: Projection | undefined): void {
  for (const path of projection?.paths ?? []) checkScalarKeys(table, path);
}

export function projected(projection: Projection | undefined, item: Item): Item {
  return projection === undefined ? item : project(projection, item);
}
