/** GetItem: one item by its key. */
import type { ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { JsonOutput } from "../../../kernel/json-output.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { wireItem } from "../answers.ts";
import { addUnits, consumedCapacity, readUnits } from "../capacity.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkKey } from "../item-key.ts";
import { checkProjection, prepareRead, projected } from "../item-read.ts";
import { readOutput } from "../item-row.ts";
import { openTable } from "../lookup.ts";
import { capacityModes, type ReadRequest } from "../requests.ts";
import { openUnits, payUnits } from "../throughput.ts";
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
  const counted = openUnits(there, table, request.ReturnConsumedCapacity, "read");
  const row = readItem(there, table, key);
  let consumed: ConsumedCapacity | undefined;
  if (counted !== undefined) {
    addUnits(counted, "", readUnits(row?.sizeBytes ?? 0, request.ConsistentRead === true));
    payUnits(there, table, counted, "read");
    consumed = consumedCapacity(table, counted, request.ReturnConsumedCapacity);
  }
  if (row !== undefined && projection === undefined) {
    const capacity = consumed === undefined ? "" : `,"ConsumedCapacity":${JSON.stringify(consumed)}`;
    const output: object = new JsonOutput(`{"Item":${row.text}${capacity}}`, readOutput);
    return output;
  }
  const answer: Output<Client, "GetItem"> = {};
  if (row !== undefined) answer.Item = wireItem(projected(projection, row.item));
  if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  return answer;
}
