/** UpdateItem: changes attributes of an item, or makes it. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { writeAnswer } from "../answers.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkAgainst, execute, prepareUpdate } from "../item-write.ts";
import { openTable } from "../lookup.ts";
import type { WriteRequest } from "../requests.ts";
import { unitsFor } from "../throughput.ts";
import { checkWriteModes } from "../write-modes.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function updateItem(call: Call, input: Input<Client, "UpdateItem">): Output<Client, "UpdateItem"> {
  const request = input as WriteRequest;
  checkTableName(request.TableName);
  const constraints = new Constraints().required("key", request.Key);
  for (const [name, { Action }] of Object.entries(request.AttributeUpdates ?? {})) {
    constraints.oneOf(`attributeUpdates.${name}.member.action`, Action, ["ADD", "PUT", "DELETE"]);
  }
  checkWriteModes(constraints, request);
  const prepared = prepareUpdate(request);
  const { call: there, table } = openTable(call, request.TableName);
  checkAgainst(table, prepared);
  const units = unitsFor(request.ReturnConsumedCapacity);
  const written = execute(there, table, prepared, units);
  return writeAnswer(table, request, prepared, written, units);
}
