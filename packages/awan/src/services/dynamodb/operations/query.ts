/** Query: items of one partition, in sort key order. */
import { conditionPaths } from "../../../engines/dynamo-expression/condition-paths.ts";
import type { Condition } from "../../../engines/dynamo-expression/condition.ts";
import {
  condition as parseCondition,
  projection as parseProjection,
} from "../../../engines/dynamo-expression/expressions.ts";
import { type KeyConditions, toKeyConditions } from "../../../engines/dynamo-expression/key-condition.ts";
import { type Projection, projectionOf } from "../../../engines/dynamo-expression/projection.ts";
import { type AttributeValue, type Item, typeOf } from "../../../engines/dynamo-expression/value.ts";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { checkAttributesToGet, checkExpressionParameters, placeholdersOf } from "../expression-parameters.ts";
import { checkProjection } from "../item-read.ts";
import { checkScalarKeys } from "../item-write.ts";
import {
  boundsOf,
  checkStartAttribute,
  checkStartSize,
  checkStartWithin,
  rowsOf,
  startParts,
} from "../key-range.ts";
import {
  checkConditionalOperator,
  checkConditionMembers,
  checkConditions,
  filterCondition,
  legacyKeyConditions,
} from "../legacy-conditions.ts";
import { openTable } from "../lookup.ts";
import { readPage } from "../page.ts";
import { pageAnswer } from "../page-answer.ts";
import { capacityModes, conditionalOperators, type ReadRequest } from "../requests.ts";
import { checkFilterPaths, checkSelect, findIndex, needsFetch, selectModes } from "../selection.ts";
import { normalizeStartKey } from "../start-key.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export interface PreparedQuery {
  readonly keys: KeyConditions;
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
  readonly start: Item | undefined;
}

export function query(call: Call, input: Input<Client, "Query">): Output<Client, "Query"> {
  const request = input as ReadRequest;
  checkConstraints(request);
  return runQuery(call, request, prepareQuery(request));
}

function checkConstraints(request: ReadRequest): void {
  checkTableName(request.TableName);
  const constraints = new Constraints()
    .oneOf("returnConsumedCapacity", request.ReturnConsumedCapacity, capacityModes)
    .oneOf("conditionalOperator", request.ConditionalOperator, conditionalOperators)
    .length("indexName", request.IndexName, 3, 255)
    .oneOf("select", request.Select, selectModes)
    .length("attributesToGet", request.AttributesToGet, 1);
  checkConditionMembers("keyConditions", request.KeyConditions, constraints);
  checkConditionMembers("queryFilter", request.QueryFilter, constraints);
  constraints.check();
  if (request.Limit !== undefined && request.Limit < 1) {
    // Since 2024 Query words this one differently from Scan.
    throw validationError(
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  }
}

export function prepareQuery(request: ReadRequest): PreparedQuery {
  checkExpressionParameters(
    request,
    ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
  );
  checkConditions(request.QueryFilter);
  checkAttributesToGet(request.AttributesToGet);
  checkSelect(request);
  const start = normalizeStartKey(request.ExclusiveStartKey);
  if (request.KeyConditions === undefined && request.KeyConditionExpression === undefined) {
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  }
  const placeholders = placeholdersOf(request);
  const fromExpression =
    request.KeyConditionExpression === undefined
      ? undefined
      : parseCondition(request.KeyConditionExpression, placeholders, "KeyConditionExpression");
  const filter =
    request.FilterExpression === undefined
      ? filterCondition(request.QueryFilter, request.ConditionalOperator)
      : parseCondition(request.FilterExpression, placeholders, "FilterExpression");
  const projection =
    request.ProjectionExpression === undefined
      ? request.AttributesToGet && projectionOf(request.AttributesToGet.map((name) => [name]))
      : parseProjection(request.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  checkConditions(request.KeyConditions);
  if (request.ConditionalOperator !== undefined)
    checkConditionalOperator(request.ConditionalOperator, request.QueryFilter);
  const keys =
    fromExpression === undefined
      ? legacyKeyConditions(request.KeyConditions ?? {})
      : toKeyConditions(fromExpression);
  if (keys.size < 1 || (keys.size > 2 && request.IndexName === undefined))
    throw validationError("Conditions can be of length 1 or 2 only");
  return { keys, filter, projection, start };
}

/** The partition a Query asks for, if it can be told: what IAM knows as its leading key. */
export function queryPartition(call: Call, request: Partial<ReadRequest>): AttributeValue | undefined {
  try {
    const asked = request as ReadRequest;
    const { table } = openTable(call, asked.TableName);
    const { keys } = prepareQuery(asked);
    return keys.get((findIndex(table, asked) ?? table).hash.name)?.values[0];
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

export function runQuery(call: Call, request: ReadRequest, prepared: PreparedQuery): Output<Client, "Query"> {
  const { call: there, table } = openTable(call, request.TableName);
  const index = findIndex(table, request);
  const schema = index ?? table;
  const { start: startKey } = prepared;
  if (startKey !== undefined) checkStartSize(table, index, startKey, "query");
  const bounds = boundsOf(schema, prepared.keys, (attribute, isHash) => {
    if (startKey !== undefined) checkStartAttribute(index, startKey, attribute, isHash);
  });
  const start = startKey === undefined ? undefined : startParts(table, index, startKey);
  if (prepared.start !== undefined) checkStartWithin(schema, bounds, prepared.start);
  if (prepared.start !== undefined && schema.range === null && index === undefined) {
    throw validationError(
      `The provided exclusive start key is invalid: ExclusiveStartKey: ${keyText(prepared.start)}`,
    );
  }
  checkProjection(table, prepared.projection);
  if (prepared.filter !== undefined) {
    checkFilterPaths(schema, prepared.filter, request.FilterExpression === undefined);
    conditionPaths(prepared.filter, (path) => checkScalarKeys(table, path));
  }
  const page = readPage(there, {
    table,
    index,
    ...rowsOf(bounds, start, request.ScanIndexForward === false),
    filter: prepared.filter,
    fetch: needsFetch(table, index, request, prepared.projection),
    countOnly: request.Select === "COUNT",
    limit: request.Limit,
    consistent: request.ConsistentRead === true,
  });
  return pageAnswer(table, request, page, prepared.projection);
}

/** `{p=AttributeValue: {S:a}}` */
function keyText(key: Item): string {
  const members = Object.entries(key).map(
    ([name, value]) => `${name}=AttributeValue: {${typeOf(value)}:${value.S ?? value.N ?? ""}}`,
  );
  return `{${members.join(", ")}}`;
}
