/** TransactWriteItems: up to a hundred writes and checks of different items, all or none; idempotent by token for ten minutes. */
import { hash } from "node:crypto";
import type { ItemCollectionMetrics, TransactWriteItemsOutput } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { itemCollectionMetrics } from "../answers.ts";
import { DistinctKeys } from "../batch-keys.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { itemSizeBytes } from "../../../engines/dynamo-expression/size.ts";
import {
  checkAgainst,
  execute,
  prepareDelete,
  type Prepared,
  preparePut,
  prepareUpdate,
} from "../item-write.ts";
import { keyParts } from "../item-key.ts";
import { tokens } from "../keys.ts";
import { limits } from "../limits.ts";
import { type Located, openTable } from "../lookup.ts";
import { capacityModes, failureValueModes, metricModes, type WriteRequest } from "../requests.ts";
import { allOrNothing, checkTransactItems, TransactionUnits, untilInvalid } from "../transaction.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");
type Action = Located & { readonly prepared: Prepared; readonly request: WriteRequest };

export function transactWriteItems(
  call: Call,
  input: Input<Client, "TransactWriteItems">,
): Output<Client, "TransactWriteItems"> {
  checkConstraints(input);
  const requests = (input.TransactItems ?? []) as unknown as readonly Readonly<
    Record<string, WriteRequest | undefined>
  >[];
  const prepared = requests.map(prepare);
  const actions: readonly Action[] = prepared.map((each) => ({
    ...each,
    ...openTable(call, each.request.TableName),
  }));
  untilInvalid(actions, ({ table, prepared: each }) => checkAgainst(table, each));
  checkDistinct(actions);
  checkSize(actions);
  const units = new TransactionUnits();
  if (input.ClientRequestToken !== undefined && !claimToken(call, input.ClientRequestToken, requests)) {
    // A repetition is answered like a read of what it wrote.
    return {};
  }
  allOrNothing(call, actions, ({ call: there, table, prepared: each }) =>
    execute(there, table, each, units.of(table), 2),
  );
  const answer: TransactWriteItemsOutput = {};
  const consumed = units.consumed(input.ReturnConsumedCapacity, "Write");
  if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  if (input.ReturnItemCollectionMetrics === "SIZE") answer.ItemCollectionMetrics = collectionMetrics(actions);
  return answer;
}

function checkConstraints(input: Input<Client, "TransactWriteItems">): void {
  const constraints = new Constraints()
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes)
    .oneOf("returnItemCollectionMetrics", input.ReturnItemCollectionMetrics, metricModes)
    .length("clientRequestToken", input.ClientRequestToken, 1, 36);
  constraints.check();
  checkTransactItems(input.TransactItems);
  const members = new Constraints();
  for (const [at, item] of (input.TransactItems ?? []).entries()) {
    for (const [kind, request] of Object.entries(item) as [string, WriteRequest | undefined][]) {
      if (request === undefined) continue;
      const path = `transactItems.${at + 1}.member.${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
      checkTableName(request.TableName, `${path}.tableName`);
      members.oneOf(
        `${path}.returnValuesOnConditionCheckFailure`,
        request.ReturnValuesOnConditionCheckFailure,
        failureValueModes,
      );
      if (kind === "Put") members.required(`${path}.item`, request.Item);
      else members.required(`${path}.key`, request.Key);
      if (kind === "Update") members.required(`${path}.updateExpression`, request.UpdateExpression);
      if (kind === "ConditionCheck")
        members.required(`${path}.conditionExpression`, request.ConditionExpression);
    }
  }
  members.check();
}

function prepare(item: Readonly<Record<string, WriteRequest | undefined>>): {
  readonly prepared: Prepared;
  readonly request: WriteRequest;
} {
  const given = Object.entries(item).filter(([, request]) => request !== undefined);
  const [kind, request] = given[0] ?? [];
  if (given.length !== 1 || request === undefined) {
    throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  switch (kind) {
    case "Put":
      return { request, prepared: preparePut(request) };
    case "Update":
      return { request, prepared: prepareUpdate(request) };
    case "Delete":
      return { request, prepared: prepareDelete(request) };
    default:
      return { request, prepared: prepareDelete(request, "check") };
  }
}

export function checkDistinct(
  actions: readonly (Located & { readonly prepared: Pick<Prepared, "item"> })[],
): void {
  const distinct = new DistinctKeys();
  for (const { table, prepared } of actions) {
    if (!distinct.add(table, keyParts(table, prepared.item))) {
      throw validationError("Transaction request cannot include multiple operations on one item");
    }
  }
}

function checkSize(actions: readonly Action[]): void {
  let size = 0;
  for (const { prepared } of actions) size += itemSizeBytes(prepared.item);
  if (size > limits.transactionSizeBytesMax) {
    throw validationError("Transaction request size cannot exceed 4 MB");
  }
}

/** False when the same request was carried out with this token before. */
export function claimToken(call: Call, token: string, request: unknown): boolean {
  const digest = hash("sha256", JSON.stringify(request, sortedMembers), "hex");
  const earlier = tokens.get(call.tx, [token]);
  if (earlier !== undefined) {
    if (earlier.digest === digest) return false;
    throw new AwsError(
      "IdempotentParameterMismatchException",
      "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical",
    );
  }
  tokens.set(call.tx, [token], { digest });
  call.schedule("dynamodb.forgetToken", [token], call.nowMs + limits.tokenLifetimeMs);
  return true;
}

/** Members in one order, so that equal requests have equal digests. */
function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function collectionMetrics(actions: readonly Action[]): Record<string, ItemCollectionMetrics[]> {
  const metrics: Record<string, ItemCollectionMetrics[]> = {};
  for (const { table, prepared } of actions) {
    const metric = itemCollectionMetrics(table, prepared.item);
    if (metric !== undefined) (metrics[table.name] ??= []).push(metric);
  }
  return metrics;
}
