/** Transactions: all or nothing, with reasons, once per token. */
import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";

let bench: Bench;
let dynamodb: DynamoDBClient;
beforeEach(async () => {
  bench = await startBench();
  dynamodb = bench.dynamodb;
});
afterEach(() => bench[Symbol.asyncDispose]());

const put = (id: string, n: string, condition?: string): object => ({
  Put: {
    TableName: "plain",
    Item: { id: { S: id }, n: { N: n } },
    ...(condition === undefined
      ? {}
      : { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
  },
});
const send = (items: object[], token?: string): Promise<unknown> =>
  dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: token }));
const n = async (id: string): Promise<string | undefined> =>
  (await dynamodb.send(new GetItemCommand({ TableName: "plain", Key: { id: { S: id } } }))).Item?.["n"]?.N;

describe("transactions", () => {
  test("happen whole or not at all, and say why per action", async () => {
    await send([put("a", "1")]);
    const error = await send([put("b", "1"), put("a", "2", "attribute_not_exists(id)"), put("c", "1")]).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons).toEqual([
      { Code: "None" },
      {
        Code: "ConditionalCheckFailed",
        Message: "The conditional request failed",
        Item: { id: { S: "a" }, n: { N: "1" } },
      },
      { Code: "None" },
    ]);
    expect([await n("a"), await n("b"), await n("c")]).toEqual(["1", undefined, undefined]);
  });

  test("with a token happen once within ten minutes", async () => {
    const add = {
      Update: {
        TableName: "plain",
        Key: { id: { S: "a" } },
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    };
    await send([add], "token");
    await send([add], "token");
    expect(await n("a")).toBe("1");
    await expect(send([put("a", "5")], "token")).rejects.toThrow(
      "The request uses the same client token as a previous, but non-identical request",
    );
    await bench.app.clock.advance("11m");
    await send([add], "token");
    expect(await n("a")).toBe("2");
  });
});
