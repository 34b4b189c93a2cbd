/** Scan: a whole table or index in the order of the partitions' hashes, or one of its segments. */
import { conditionPaths } from "../../../engines/dynamo-expression/condition-paths.ts";
import type { Condition } from "../../../engines/dynamo-expression/condition.ts";
import {
  condition as parseCondition,
  projection as parseProjection,
} from "../../../engines/dynamo-expression/expressions.ts";
import { type Projection, projectionOf } from "../../../engines/dynamo-expression/projection.ts";
import type { Item } from "../../../engines/dynamo-expression/value.ts";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import type { ScanOptions } from "../../../store/table.ts";
import type { TuplePart } from "../../../store/tuple.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { checkAttributesToGet, checkExpressionParameters, placeholdersOf } from "../expression-parameters.ts";
import { checkProjection } from "../item-read.ts";
import { checkScalarKeys } from "../item-write.ts";
import { checkStartAttribute, checkStartSize, startParts } from "../key-range.ts";
import {
  checkConditionalOperator,
  checkConditionMembers,
  checkConditions,
  filterCondition,
} from "../legacy-conditions.ts";
import { limits } from "../limits.ts";
import { openTable } from "../lookup.ts";
import { readPage } from "../page.ts";
import { pageAnswer } from "../page-answer.ts";
import { capacityModes, conditionalOperators, type ReadRequest } from "../requests.ts";
import { hashKeys, type IndexRow, rangeKeys, type TableRow } from "../schema.ts";
import { checkSelect, findIndex, needsFetch, selectModes } from "../selection.ts";
import { normalizeStartKey } from "../start-key.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

interface PreparedScan {
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
  readonly start: Item | undefined;
}

export function scan(call: Call, input: Input<Client, "Scan">): Output<Client, "Scan"> {
  const request = input as ReadRequest;
  checkConstraints(request);
  const { filter, projection, start } = prepare(request);
  const { call: there, table } = openTable(call, request.TableName);
  const index = findIndex(table, request);
  const after = start === undefined ? undefined : checkedStart(table, index, start);
  const fetch = needsFetch(table, index, request, projection);
  checkProjection(table, projection);
  if (filter !== undefined) conditionPaths(filter, (path) => checkScalarKeys(table, path));
  const page = readPage(there, {
    table,
    index,
    prefix: [],
    range: segmentOf(request, after),
    filter,
    fetch,
    countOnly: request.Select === "COUNT",
    limit: request.Limit,
    consistent: request.ConsistentRead === true,
  });
  return pageAnswer(table, request, page, projection);
}

function checkedStart(table: TableRow, index: IndexRow | undefined, start: Item): readonly TuplePart[] {
  checkStartSize(table, index, start, "scan");
  if (index !== undefined) {
    for (const attribute of hashKeys(index)) checkStartAttribute(index, start, attribute, true);
    for (const attribute of rangeKeys(index)) checkStartAttribute(index, start, attribute, false);
  }
  return startParts(table, index, start);
}

function checkConstraints(request: ReadRequest): void {
  checkTableName(request.TableName);
  const constraints = new Constraints()
    .oneOf("returnConsumedCapacity", request.ReturnConsumedCapacity, capacityModes)
    .oneOf("conditionalOperator", request.ConditionalOperator, conditionalOperators)
    .length("indexName", request.IndexName, 3, 255)
    .oneOf("select", request.Select, selectModes)
    .length("attributesToGet", request.AttributesToGet, 1)
    .range("segment", request.Segment, 0, limits.segmentsMax - 1)
    .range("totalSegments", request.TotalSegments, 1, limits.segmentsMax)
    .range("limit", request.Limit, 1);
  checkConditionMembers("scanFilter", request.ScanFilter, constraints);
  constraints.check();
}

function prepare(request: ReadRequest): PreparedScan {
  checkExpressionParameters(
    request,
    ["ProjectionExpression", "FilterExpression"],
    ["AttributesToGet", "ScanFilter", "ConditionalOperator"],
  );
  checkAttributesToGet(request.AttributesToGet);
  checkConditions(request.ScanFilter);
  checkConditionalOperator(request.ConditionalOperator, request.ScanFilter);
  checkSelect(request);
  const start = normalizeStartKey(request.ExclusiveStartKey);
  checkSegment(request);
  const placeholders = placeholdersOf(request);
  const filter =
    request.FilterExpression === undefined
      ? filterCondition(request.ScanFilter, request.ConditionalOperator)
      : parseCondition(request.FilterExpression, placeholders, "FilterExpression");
  const projection =
    request.ProjectionExpression === undefined
      ? request.AttributesToGet && projectionOf(request.AttributesToGet.map((name) => [name]))
      : parseProjection(request.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  return { filter, projection, start };
}

function checkSegment({ Segment: segment, TotalSegments: total }: ReadRequest): void {
  if (segment !== undefined && total === undefined) {
    throw validationError(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (total === undefined) return;
  if (segment === undefined) {
    throw validationError(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (segment >= total) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

/** Segments are equal ranges of the first 32 bits of the partitions' hashes. */
function segmentOf(
  { Segment: segment = 0, TotalSegments: total = 1 }: ReadRequest,
  after: readonly TuplePart[] | undefined,
): ScanOptions {
  const edge = (number: number): string =>
    Math.ceil((number * 2 ** 32) / total)
      .toString(16)
      .padStart(8, "0");
  const from = edge(segment);
  const before = segment + 1 < total ? edge(segment + 1) : undefined;
  if (after !== undefined) {
    const partition = String(after[0]);
    if (partition < from || (before !== undefined && partition >= before)) {
      throw validationError(
        `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${total} Segment: ${segment}`,
      );
    }
  }
  return {
    ...(after === undefined ? { from: [from] } : { after }),
    ...(before === undefined ? {} : { before: [before] }),
  };
}
