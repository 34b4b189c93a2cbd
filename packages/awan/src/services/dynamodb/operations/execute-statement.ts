/** ExecuteStatement, BatchExecuteStatement and ExecuteTransaction: PartiQL. */
import type { BatchStatementResponse, ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import { parsePartiql, type Statement } from "../../../engines/dynamo-expression/partiql.ts";
import type { AttributeValue } from "../../../engines/dynamo-expression/value.ts";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { itemResponse, wireItem } from "../answers.ts";
import { consumedCapacity, type Units } from "../capacity.ts";
import { Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { type Located, openTable } from "../lookup.ts";
import { batchErrorCode, type Cursor, runWrite, select, selectOne } from "../partiql-run.ts";
import { capacityModes } from "../requests.ts";
import { allOrNothing, checkTransactItems, TransactionUnits } from "../transaction.ts";
import { checkDistinctStatements } from "../partiql-distinct.ts";
import { claimToken } from "./transact-write-items.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

/** Statements and their parameters (API reference). */
const statementSizeMax = 8192;
const batchStatementsMax = 25;

function parse(text: string | undefined, parameters: unknown): Statement {
  new Constraints().required("statement", text).length("statement", text, 1, statementSizeMax).check();
  new Constraints().length("parameters", parameters as readonly unknown[] | undefined, 1).check();
  return parsePartiql(text ?? "", (parameters ?? []) as readonly AttributeValue[]);
}

export function executeStatement(
  call: Call,
  input: Input<Client, "ExecuteStatement">,
): Output<Client, "ExecuteStatement"> {
  new Constraints()
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes)
    .range("limit", input.Limit, 1)
    .check();
  const statement = parse(input.Statement, input.Parameters);
  const { call: there, table } = openTable(call, statement.table);
  if (statement.kind === "exists")
    throw validationError("EXISTS is only supported within ExecuteTransaction");
  if (statement.kind !== "select") {
    const units: Units = new Map();
    const returnFailed = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    const item = runWrite(there, table, statement, { units, returnFailed });
    return {
      Items: item === undefined ? [] : [wireItem(item)],
      ...consumed({ call: there, table }, units, input.ReturnConsumedCapacity),
    };
  }
  const { items, units, next } = select(there, table, statement, {
    limit: input.Limit,
    consistent: input.ConsistentRead === true,
    start: input.NextToken === undefined ? undefined : decodeToken(input.NextToken, input.Statement),
  });
  return {
    Items: items.map(wireItem),
    ...(next === undefined
      ? {}
      : {
          NextToken: encodeToken(next, input.Statement),
          ...(next.key === undefined ? {} : { LastEvaluatedKey: wireItem(next.key) }),
        }),
    ...consumed({ call: there, table }, units, input.ReturnConsumedCapacity),
  };
}

function consumed(
  { table }: Located,
  units: Units,
  mode: string | undefined,
): { ConsumedCapacity?: ConsumedCapacity } {
  const capacity = consumedCapacity(table, units, mode);
  return capacity === undefined ? {} : { ConsumedCapacity: capacity };
}

/** Binary keys survive JSON as tagged base64. */
function encodeToken(next: Cursor, statement: string): string {
  const json = JSON.stringify({ next, statement }, (_, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value,
  );
  return Buffer.from(json).toString("base64");
}

function decodeToken(token: string, statement: string): Cursor {
  let parsed: { readonly next: Cursor; readonly statement: string };
  try {
    parsed = JSON.parse(Buffer.from(token, "base64").toString(), (_, value: unknown) =>
      typeof value === "object" && value !== null && "$bytes" in value
        ? new Uint8Array(Buffer.from(String(value.$bytes), "base64"))
        : value,
    ) as typeof parsed;
  } catch {
    throw validationError("NextToken does not match request");
  }
  if (parsed.statement !== statement) throw validationError("NextToken does not match request");
  return parsed.next;
}

export function batchExecuteStatement(
  call: Call,
  input: Input<Client, "BatchExecuteStatement">,
): Output<Client, "BatchExecuteStatement"> {
  new Constraints()
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes)
    .required("statements", input.Statements)
    .length("statements", input.Statements, 1, batchStatementsMax)
    .check();
  const capacities = new Map<string, { located: Located; units: Units }>();
  const unitsOf = (located: Located): Units => {
    let entry = capacities.get(located.table.arn);
    if (entry === undefined) capacities.set(located.table.arn, (entry = { located, units: new Map() }));
    return entry.units;
  };
  const statements = input.Statements ?? [];
  const responses = statements.map(
    ({ Statement: text, Parameters: parameters, ReturnValuesOnConditionCheckFailure: failed }) => {
      let tableName: string | undefined;
      const result = call.tx.draft.attempt((): BatchStatementResponse => {
        const statement = parse(text, parameters);
        tableName = statement.table;
        const located = openTable(call, statement.table);
        const units = unitsOf(located);
        const item =
          statement.kind === "select"
            ? selectOne(located.call, located.table, statement, { units })
            : runWrite(located.call, located.table, statement, { units, returnFailed: failed === "ALL_OLD" });
        return { TableName: located.table.name, ...itemResponse(item) };
      });
      return result instanceof AwsError ? failedResponse(result, tableName) : result;
    },
  );
  const all = [...capacities.values()].map(({ located, units }) =>
    consumedCapacity(located.table, units, input.ReturnConsumedCapacity),
  );
  const told = all.filter((capacity) => capacity !== undefined);
  return { Responses: responses, ...(told.length === 0 ? {} : { ConsumedCapacity: told }) };
}

function failedResponse(error: AwsError, tableName: string | undefined): BatchStatementResponse {
  const { Item: item } = error.members as { Item?: NonNullable<BatchStatementResponse["Item"]> };
  return {
    Error: {
      Code: batchErrorCode(error) as "ValidationError",
      Message: error.message,
      ...(item === undefined ? {} : { Item: item }),
    },
    ...(tableName === undefined ? {} : { TableName: tableName }),
  };
}

export function executeTransaction(
  call: Call,
  input: Input<Client, "ExecuteTransaction">,
): Output<Client, "ExecuteTransaction"> {
  new Constraints().oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, capacityModes).check();
  checkTransactItems(input.TransactStatements, "transactStatements");
  const requests = input.TransactStatements ?? [];
  const actions = requests.map(
    ({ Statement: text, Parameters: parameters, ReturnValuesOnConditionCheckFailure: failed }) => {
      const statement = parse(text, parameters);
      return { statement, ...openTable(call, statement.table), returnFailed: failed === "ALL_OLD" };
    },
  );
  const reads = actions.filter(({ statement }) => statement.kind === "select").length;
  if (reads > 0 && reads < actions.length) {
    throw validationError(
      "ExecuteTransaction API does not support both read and write operations in the same request",
    );
  }
  checkDistinctStatements(actions);
  if (
    input.ClientRequestToken !== undefined &&
    reads === 0 &&
    !claimToken(call, input.ClientRequestToken, requests)
  ) {
    return { Responses: [] };
  }
  const units = new TransactionUnits();
  const items = allOrNothing(call, actions, ({ call: there, table, statement, returnFailed }) =>
    statement.kind === "select"
      ? selectOne(there, table, statement, { units: units.of(table), factor: 2 })
      : runWrite(there, table, statement, { units: units.of(table), returnFailed, factor: 2 }),
  );
  const capacity = units.consumed(input.ReturnConsumedCapacity, reads > 0 ? "Read" : "Write");
  return {
    Responses: reads > 0 ? items.map(itemResponse) : [],
    ...(capacity === undefined ? {} : { ConsumedCapacity: capacity }),
  };
}
