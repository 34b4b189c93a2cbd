/** BatchGetItem: up to a hundred items of several tables; what exceeds 16 MB, or is throttled, comes back as unprocessed. */
import type { BatchGetItemOutput, ConsumedCapacity, KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../engines/dynamo-expression/value.ts";
import { normalizeItem } from "../../../engines/dynamo-expression/validate-value.ts";
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { wireItem } from "../answers.ts";
import { DistinctKeys } from "../batch-keys.ts";
import { addUnits, consumedCapacity, readUnits, type Units } from "../capacity.ts";
import { checkRequestNames, Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { checkExpressionParameters } from "../expression-parameters.ts";
import { checkKey, keyParts } from "../item-key.ts";
import { checkProjection, prepareProjection, projected } from "../item-read.ts";
import { limits } from "../limits.ts";
import { type Located, openTable } from "../lookup.ts";
import { capacityModes, type ReadRequest } from "../requests.ts";
import { seenItem } from "../staleness.ts";
import { metered } from "../throughput.ts";
import { Unprocessed } from "../unprocessed.ts";
import { readItem } from "../write.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");
type TableRequest = Omit<ReadRequest, "TableName"> & { readonly Keys: readonly Item[] };

export function batchGetItem(
  call: Call,
  input: Input<Client, "BatchGetItem">,
): Output<Client, "BatchGetItem"> {
  const requests = Object.entries((input.RequestItems ?? {}) as Readonly<Record<string, TableRequest>>);
  checkConstraints(input.ReturnConsumedCapacity, requests);
  const prepared = requests.map(([name, request]) => ({ name, request, ...prepare(request) }));
  const located = prepared.map((each) => ({ ...each, ...openTable(call, each.name) }));
  const distinct = new DistinctKeys();
  for (const { table, keys, projection } of located) {
    for (const key of keys) {
      checkKey(table, key);
      if (!distinct.add(table, keyParts(table, key))) {
        throw validationError("Provided list of item keys contains duplicates");
      }
    }
    checkProjection(table, projection);
  }
  const answer: BatchGetItemOutput = { Responses: {}, UnprocessedKeys: {} };
  const consumed: ConsumedCapacity[] = [];
  const unprocessed = new Unprocessed<Item>();
  let sizeBytes = 0;
  for (const each of located) {
    const { found, units, size } = read(each, sizeBytes, unprocessed);
    sizeBytes = size;
    (answer.Responses ??= {})[each.name] = found.map((item) => wireItem(projected(each.projection, item)));
    const capacity = consumedCapacity(each.table, units, input.ReturnConsumedCapacity);
    if (capacity !== undefined) consumed.push(capacity);
  }
  unprocessed.checkSome();
  for (const [name, keys] of Object.entries(unprocessed.byTable())) {
    const request = located.find((each) => each.name === name)?.request as KeysAndAttributes;
    (answer.UnprocessedKeys ??= {})[name] = { ...request, Keys: keys.map(wireItem) };
  }
  if (consumed.length > 0) answer.ConsumedCapacity = consumed;
  return answer;
}

function checkConstraints(mode: string | undefined, requests: readonly [string, TableRequest][]): void {
  new Constraints().oneOf("returnConsumedCapacity", mode, capacityModes).check();
  if (requests.length === 0) throw validationError("The requestItems parameter is required for BatchGetItem");
  checkRequestNames(Object.fromEntries(requests));
  let total = 0;
  for (const [name, request] of requests) {
    const path = `requestItems.${name}.member.keys`;
    new Constraints().required(path, request.Keys).length(path, request.Keys, 1).check();
    if (request.Keys.length > limits.batchGetKeysMax) {
      throw validationError(
        `1 validation error detected: Value at 'RequestItems.${name}.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100`,
      );
    }
    total += request.Keys.length;
  }
  if (total > limits.batchGetKeysMax)
    throw validationError("Too many items requested for the BatchGetItem call");
}

function prepare(request: TableRequest): {
  readonly keys: readonly Item[];
  readonly projection: ReturnType<typeof prepareProjection>;
} {
  checkExpressionParameters(request, ["ProjectionExpression"], ["AttributesToGet"]);
  const projection = prepareProjection(request);
  return { keys: request.Keys.map(normalizeItem), projection };
}

interface Read {
  readonly found: readonly Item[];
  readonly units: Units;
  readonly size: number;
}

function read(
  {
    call,
    table,
    name,
    keys,
    request,
  }: Located & { readonly name: string; readonly keys: readonly Item[]; readonly request: TableRequest },
  before: number,
  unprocessed: Unprocessed<Item>,
): Read {
  const found: Item[] = [];
  const units: Units = new Map();
  const isConsistent = request.ConsistentRead === true;
  let size = before;
  for (const key of keys) {
    const stored = readItem(call, table, key);
    const row = isConsistent ? stored : seenItem(call, table, keyParts(table, key), stored);
    const sizeBytes = row?.sizeBytes ?? 0;
    if (size > 0 && size + sizeBytes > limits.batchGetSizeBytesMax) {
      unprocessed.add(name, key);
      continue;
    }
    unprocessed.try(call, { table, name, request: key }, () => {
      metered(call, { table, kind: "read" }, units, (counted) => {
        if (counted !== undefined) addUnits(counted, "", readUnits(sizeBytes, isConsistent));
      });
      if (row === undefined) return;
      size += sizeBytes;
      found.push(row.item);
    });
  }
  return { found, units, size };
}
