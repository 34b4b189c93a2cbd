/** PutItem: replaces an item whole. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { writeAnswer } from "../answers.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkAgainst, execute, preparePut } from "../item-write.ts";
import { openTable } from "../lookup.ts";
import type { WriteRequest } from "../requests.ts";
import { unitsFor } from "../throughput.ts";
import { checkWriteModes } from "../write-modes.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function putItem(call: Call, input: Input<Client, "PutItem">): Output<Client, "PutItem"> {
  const request = input as WriteRequest;
  checkTableName(request.TableName);
  const constraints = new Constraints().required("item", request.Item);
  checkWriteModes(constraints, request);
  const prepared = preparePut(request);
  const { call: there, table } = openTable(call, request.TableName);
  checkAgainst(table, prepared);
  const units = unitsFor(request.ReturnConsumedCapacity);
  const written = execute(there, table, prepared, units);
  return writeAnswer(table, request, prepared, written, units);
}
