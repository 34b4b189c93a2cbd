/** BatchWriteItem: up to 25 puts and deletes, each on its own; those that are throttled come back as unprocessed. */
import type { BatchWriteItemOutput, ConsumedCapacity, ItemCollectionMetrics } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../engines/dynamo-expression/value.ts";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { itemCollectionMetrics } from "../answers.ts";
import { DistinctKeys } from "../batch-keys.ts";
import { consumedCapacity, type Units } from "../capacity.ts";
import { checkRequestNames, Constraints } from "../constraints.ts";
import { keyMismatch, validationError } from "../errors.ts";
import { checkAgainst, execute, prepareDelete, preparePut, type Prepared } from "../item-write.ts";
import { keyParts } from "../item-key.ts";
import { limits } from "../limits.ts";
import { openTable } from "../lookup.ts";
import { capacityModes, metricModes } from "../requests.ts";
import type { TableRow } from "../schema.ts";
import { Unprocessed } from "../unprocessed.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

type UnprocessedItems = NonNullable<BatchWriteItemOutput["UnprocessedItems"]>;

interface Request {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

export function batchWriteItem(
  call: Call,
  input: Input<Client, "BatchWriteItem">,
): Output<Client, "BatchWriteItem"> {
  const requests = (input.RequestItems ?? {}) as Readonly<Record<string, readonly Request[]>>;
  new Constraints()
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes)
    .oneOf("returnItemCollectionMetrics", input.ReturnItemCollectionMetrics, metricModes)
    .check();
  checkCounts(requests);
  const prepared = Object.entries(requests).map(([name, list]) => ({
    name,
    list,
    writes: list.map((each) => prepare(name, each)),
  }));
  const located = prepared.map((each) => ({ ...each, ...openTable(call, each.name) }));
  const distinct = new DistinctKeys();
  for (const { table, writes } of located) {
    for (const write of writes) {
      check(table, write);
      if (!distinct.add(table, keyParts(table, write.item))) {
        throw validationError("Provided list of item keys contains duplicates");
      }
    }
  }
  const consumed: ConsumedCapacity[] = [];
  const metrics: Record<string, ItemCollectionMetrics[]> = {};
  const unprocessed = new Unprocessed<Request>();
  for (const { name, list, writes, table, call: there } of located) {
    const units: Units = new Map();
    for (const [at, write] of writes.entries()) {
      const isDone = unprocessed.try(there, { table, name, request: list[at] as Request }, () =>
        execute(there, table, write, units),
      );
      if (!isDone) continue;
      const metric = itemCollectionMetrics(table, write.item);
      if (metric !== undefined && input.ReturnItemCollectionMetrics === "SIZE")
        (metrics[name] ??= []).push(metric);
    }
    const capacity = consumedCapacity(table, units, input.ReturnConsumedCapacity);
    if (capacity !== undefined) consumed.push(capacity);
  }
  unprocessed.checkSome();
  const answer: BatchWriteItemOutput = { UnprocessedItems: unprocessed.byTable() as UnprocessedItems };
  if (consumed.length > 0) answer.ConsumedCapacity = consumed;
  if (Object.keys(metrics).length > 0) answer.ItemCollectionMetrics = metrics;
  return answer;
}

function checkCounts(requests: Readonly<Record<string, readonly Request[]>>): void {
  const lists = Object.entries(requests);
  if (lists.length === 0) throw validationError("The requestItems parameter is required for BatchWriteItem");
  checkRequestNames(requests);
  const max = limits.batchWriteRequestsMax;
  let total = 0;
  for (const [, list] of lists) {
    if (list.length > max || list.length === 0) {
      new Constraints()
        .add(
          "requestItems",
          requests,
          `Map value must satisfy constraint: [Member must have length less than or equal to ${max}, Member must have length greater than or equal to 1]`,
        )
        .check();
    }
    total += list.length;
  }
  if (total > max) throw validationError("Too many items requested for the BatchWriteItem call");
}

function prepare(name: string, request: Request): Prepared {
  if ((request.PutRequest === undefined) === (request.DeleteRequest === undefined)) {
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  if (request.PutRequest !== undefined) return preparePut({ TableName: name, Item: request.PutRequest.Item });
  return prepareDelete({ TableName: name, Key: request.DeleteRequest?.Key ?? {} });
}

/** Here a put's missing or mistyped key is worded like any other key's. */
function check(table: TableRow, write: Prepared): void {
  try {
    checkAgainst(table, write);
  } catch (error) {
    if (error instanceof AwsError && /Missing the key|Type mismatch for key/.test(error.message))
      throw keyMismatch();
    throw error;
  }
}
