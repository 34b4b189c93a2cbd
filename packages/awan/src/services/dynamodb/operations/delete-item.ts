/** DeleteItem: removes an item; one that is not there is no error. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { writeAnswer } from "../answers.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkAgainst, execute, prepareDelete } from "../item-write.ts";
import { openTable } from "../lookup.ts";
import type { WriteRequest } from "../requests.ts";
import { unitsFor } from "../throughput.ts";
import { checkWriteModes } from "../write-modes.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function deleteItem(call: Call, input: Input<Client, "DeleteItem">): Output<Client, "DeleteItem"> {
  const request = input as WriteRequest;
  checkTableName(request.TableName);
  checkWriteModes(new Constraints().required("key", request.Key), request);
  const prepared = prepareDelete(request);
  const { call: there, table } = openTable(call, request.TableName);
  checkAgainst(table, prepared);
  const units = unitsFor(request.ReturnConsumedCapacity);
  const written = execute(there, table, prepared, units);
  return writeAnswer(table, request, prepared, written, units);
}
