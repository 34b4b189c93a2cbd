/** GetItem: one item by its key. */
import type { Call } from "../../../host/call.ts";
import { JsonOutput } from "../../../kernel/json-output.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { wireItem } from "../answers.ts";
import { consumedCapacity } from "../capacity.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkKey } from "../item-key.ts";
import { checkProjection, prepareRead, projected } from "../item-read.ts";
import { readOutput } from "../item-row.ts";
import { openTable } from "../lookup.ts";
import { capacityModes, type ReadRequest } from "../requests.ts";
import { metered, unitsFor } from "../throughput.ts";
import { readCounted } from "../write.ts";

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
  const counted = unitsFor(request.ReturnConsumedCapacity);
  const isConsistent = request.ConsistentRead === true;
  const row = metered(there, { table, kind: "read" }, counted, (units) =>
    readCounted(there, table, { key, isConsistent }, units),
  );
  const consumed =
    counted === undefined ? undefined : consumedCapacity(table, counted, request.ReturnConsumedCapacity);
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
