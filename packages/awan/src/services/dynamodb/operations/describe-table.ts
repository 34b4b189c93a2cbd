/** DescribeTable and ListTables. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints, tableNamePattern } from "../constraints.ts";
import { tables } from "../keys.ts";
import { requireTable } from "../lookup.ts";
import { describeTable as description } from "../table-description.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function describeTable(
  call: Call,
  input: Input<Client, "DescribeTable">,
): Output<Client, "DescribeTable"> {
  checkControlTableName(input.TableName);
  const { call: there, table } = requireTable(call, input.TableName);
  return { Table: description(there, table) };
}

const pageSizeMax = 100;

export function listTables(call: Call, input: Input<Client, "ListTables">): Output<Client, "ListTables"> {
  const { ExclusiveStartTableName: start, Limit: limit = pageSizeMax } = input;
  new Constraints()
    .pattern("exclusiveStartTableName", start, tableNamePattern)
    .length("exclusiveStartTableName", start, 3, 255)
    .range("limit", limit, 1, pageSizeMax)
    .check();
  const names: string[] = [];
  for (const { value } of tables.scan(call.tx, [], start === undefined ? {} : { after: [start] })) {
    if (names.length === limit) return { TableNames: names, LastEvaluatedTableName: names.at(-1) };
    names.push(value.name);
  }
  return { TableNames: names };
}
