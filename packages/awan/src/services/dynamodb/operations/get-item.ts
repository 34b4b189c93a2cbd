/** GetItem: one item by its key. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { wireItem } from "../answers.ts";
import { consumedCapacity, readUnits } from "../capacity.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkKey } from "../item-key.ts";
import { checkProjection, prepareRead, projected } from "../item-read.ts";
import { openTable } from "../lookup.ts";
import { capacityModes, type ReadRequest } from "../requests.ts";
import { readItem } from "../write.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function getItem(call: Call, input: Input<Client, "GetItem">): Output<Client, "GetItem"> {
  const request = input as ReadRequest;
  checkTableName(request.TableName);
  new Constraints()
    .oneOf("returnConsumedCapacity", request.ReturnConsumedCapacity, capacityModes)
    .required("key", request.Key)
    .length("attributesToGet", request.AttributesToGet, 1)
    .check();
  const { key, projection } = prepareRead(request);
  const { call: there, table } = openTable(call, request.TableName);
  checkKey(table, key);
  checkProjection(table, projection);
  const row = readItem(there, table, key);
  const answer: Output<Client, "GetItem"> = {};
  if (row !== undefined) answer.Item = wireItem(projected(projection, row.item));
  if (request.ReturnConsumedCapacity !== undefined) {
    const units = new Map([["", readUnits(row?.sizeBytes ?? 0, request.ConsistentRead === true)]]);
    const consumed = consumedCapacity(table, units, request.ReturnConsumedCapacity);
    if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  }
  return answer;
}
