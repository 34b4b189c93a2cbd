/** What DynamoDB refuses, in its words: one row per documented or recorded message, through the real client. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";
import { items } from "./refusals-of-items.ts";
import { parameters } from "./refusals-of-parameters.ts";
import { reads } from "./refusals-of-reads.ts";
import { tables } from "./refusals-of-tables.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const commands = {
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  CreateTable: CreateTableCommand,
  DeleteItem: DeleteItemCommand,
  ExecuteStatement: ExecuteStatementCommand,
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  TagResource: TagResourceCommand,
  TransactGetItems: TransactGetItemsCommand,
  TransactWriteItems: TransactWriteItemsCommand,
  UpdateItem: UpdateItemCommand,
  UpdateTable: UpdateTableCommand,
  UpdateTimeToLive: UpdateTimeToLiveCommand,
};
type Operation = keyof typeof commands;

/** Sends what the client's types would not allow. */
async function refusalOf(client: DynamoDBClient, operation: Operation, input: object): Promise<Error> {
  const Command = commands[operation] as unknown as new (input: object) => PutItemCommand;
  return client.send(new Command(input)).then(
    () => new Error("it was accepted"),
    (error: unknown) => error as Error,
  );
}

test.each([...items, ...parameters, ...reads, ...tables])(
  "$operation $input: $message",
  async ({ operation, input, message, code }) => {
    const error = await refusalOf(bench.dynamodb, operation as Operation, input);
    if (typeof message === "string") expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.name).toBe(code);
  },
);
