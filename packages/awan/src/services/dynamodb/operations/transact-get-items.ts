/** TransactGetItems: up to a hundred items as of one moment. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { itemResponse } from "../answers.ts";
import { checkTableName, Constraints } from "../constraints.ts";
import { checkKey } from "../item-key.ts";
import { checkProjection, prepareRead, projected } from "../item-read.ts";
import { openTable } from "../lookup.ts";
import { capacityModes, type ReadRequest } from "../requests.ts";
import { metered } from "../throughput.ts";
import { allOrNothing, checkTransactItems, TransactionUnits, untilInvalid } from "../transaction.ts";
import { readCounted } from "../write.ts";
import { checkDistinct } from "./transact-write-items.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function transactGetItems(
  call: Call,
  input: Input<Client, "TransactGetItems">,
): Output<Client, "TransactGetItems"> {
  new Constraints().oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes).check();
  checkTransactItems(input.TransactItems);
  const gets = (input.TransactItems ?? []).map(({ Get: get }, at) => {
    const path = `transactItems.${at + 1}.member.get`;
    const constraints = new Constraints().required(path, get);
    constraints.check();
    const request = get as unknown as ReadRequest;
    checkTableName(request.TableName, `${path}.tableName`);
    constraints.required(`${path}.key`, request.Key).check();
    return { request, prepared: prepareRead(request) };
  });
  const actions = gets.map(({ request, prepared }) => ({
    ...openTable(call, request.TableName),
    prepared: { ...prepared, item: prepared.key },
  }));
  untilInvalid(actions, ({ table, prepared }) => {
    checkKey(table, prepared.key);
    checkProjection(table, prepared.projection);
  });
  checkDistinct(actions);
  const units = new TransactionUnits();
  const responses = allOrNothing(call, actions, ({ call: there, table, prepared }) => {
    const read = { key: prepared.key, isConsistent: true };
    const row = metered(there, { table, kind: "read", factor: 2 }, units.of(table), (counted) =>
      readCounted(there, table, read, counted),
    );
    return itemResponse(row === undefined ? undefined : projected(prepared.projection, row.item));
  });
  const consumed = units.consumed(input.ReturnConsumedCapacity, "Read");
  return { Responses: [...responses], ...(consumed === undefined ? {} : { ConsumedCapacity: consumed }) };
}
