/** `Select`, projections and indexes: what a Query or Scan gives of each item, and what it may not ask for. */
import type { Condition } from "../../engines/dynamo-expression/condition.ts";
import { conditionPaths } from "../../engines/dynamo-expression/condition-paths.ts";
import type { Projection } from "../../engines/dynamo-expression/projection.ts";
import { invalidParameter, validationError } from "./errors.ts";
import type { ReadRequest } from "./requests.ts";
import { type IndexRow, keyNames, type TableRow } from "./schema.ts";

export const selectModes = ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"];

/** The index a request names. Consistent reads need the table or a local index. */
export function findIndex(table: TableRow, request: ReadRequest): IndexRow | undefined {
  if (request.IndexName === undefined) return undefined;
  const index = table.indexes.find(({ name }) => name === request.IndexName);
  if (index === undefined) {
    throw validationError(`The table does not have the specified index: ${request.IndexName}`);
  }
  if (index.kind === "global" && request.ConsistentRead === true) {
    throw validationError("Consistent reads are not supported on global secondary indexes");
  }
  if (index.status === "CREATING") {
    throw validationError(`Cannot read from backfilling global secondary index: ${index.name}`);
  }
  return index;
}

/** `Select` against the other parameters. */
export function checkSelect(request: ReadRequest): void {
  const { Select: select } = request;
  const given =
    request.ProjectionExpression !== undefined
      ? "ProjectionExpression"
      : request.AttributesToGet !== undefined
        ? "AttributesToGet"
        : undefined;
  if (select === "SPECIFIC_ATTRIBUTES" && given === undefined) {
    throw invalidParameter(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  }
  if (given !== undefined && select !== undefined && select !== "SPECIFIC_ATTRIBUTES") {
    const what = select === "COUNT" ? "only the Count" : select;
    throw validationError(`Cannot specify the ${given} when choosing to get ${what}`);
  }
  if (select === "ALL_PROJECTED_ATTRIBUTES" && request.IndexName === undefined) {
    throw invalidParameter("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
}

/** Whether items must be read from the table; refuses what a global index does not hold. */
export function needsFetch(
  table: TableRow,
  index: IndexRow | undefined,
  request: ReadRequest,
  projection: Projection | undefined,
): boolean {
  if (index === undefined || index.projection === "ALL") return false;
  if (request.Select === "ALL_ATTRIBUTES") {
    if (index.kind === "local") return true;
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  }
  if (projection === undefined) return false;
  const held = new Set([...keyNames(table, index), ...index.nonKeyAttributes]);
  const lacking = projection.paths.map((path) => String(path[0])).filter((name) => !held.has(name));
  if (lacking.length === 0) return false;
  if (index.kind === "local") return true;
  throw invalidParameter(
    `Global secondary index ${index.name} does not project [${[...new Set(lacking)].join(", ")}]`,
  );
}

/** A Query's filter may not look at the keys the query is by. */
export function checkFilterPaths(schema: TableRow | IndexRow, filter: Condition, legacy: boolean): void {
  const keys = keyNames(schema);
  conditionPaths(filter, ([head]) => {
    if (keys.includes(head as string)) {
      throw validationError(
        `${legacy ? "QueryFilter" : "Filter Expression"} can only contain non-primary key attributes: Primary key attribute: ${head}`,
      );
    }
  });
}
