/** PartiQL statements, alone and in transactions. */
import {
  type DynamoDBClient,
  ExecuteStatementCommand,
  type ExecuteStatementCommandOutput,
  ExecuteTransactionCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, fill, startBench } from "./bench.ts";

let bench: Bench;
let dynamodb: DynamoDBClient;
beforeEach(async () => {
  bench = await startBench();
  dynamodb = bench.dynamodb;
});
afterEach(() => bench[Symbol.asyncDispose]());

const run = (Statement: string, ...Parameters: { S: string }[]): Promise<ExecuteStatementCommandOutput> =>
  dynamodb.send(
    new ExecuteStatementCommand({ Statement, ...(Parameters.length === 0 ? {} : { Parameters }) }),
  );

const transact = (exists: string): Promise<unknown> =>
  dynamodb.send(
    new ExecuteTransactionCommand({
      TransactStatements: [
        { Statement: `EXISTS(SELECT * FROM plain WHERE id = 'gate' AND ${exists})` },
        { Statement: `INSERT INTO plain VALUE {'id': 'made'}` },
      ],
    }),
  );

describe("PartiQL", () => {
  test("inserts, updates, selects and deletes", async () => {
    await run(
      `INSERT INTO "items" VALUE {'pk': 'p', 'sk': ?, 'list': [1, 'two', null, true], 'tags': <<'a', 'b'>>, 'deep': {'n': -1.50}}`,
      { S: "1" },
    );
    await expect(run(`UPDATE items SET a = [1] REMOVE a[0] WHERE pk = 'p' AND sk = '1'`)).rejects.toThrow(
      "Two document paths overlap with each other",
    );
    const { Items: updated } = await run(
      `UPDATE items SET deep.n = deep.n + 2 SET tags = set_add(tags, <<'c'>>) REMOVE list[0] WHERE pk = 'p' AND sk = '1' RETURNING ALL NEW *`,
    );
    expect(updated).toEqual([
      {
        pk: { S: "p" },
        sk: { S: "1" },
        list: { L: [{ S: "two" }, { NULL: true }, { BOOL: true }] },
        tags: { SS: ["a", "b", "c"] },
        deep: { M: { n: { N: "0.5" } } },
      },
    ]);
    const { Items } = await run(
      `SELECT deep.n, list[1] FROM items WHERE pk = 'p' AND begins_with(sk, '1') AND deep.n BETWEEN 0 AND 1 AND other IS MISSING`,
    );
    expect(Items).toEqual([{ n: { N: "0.5" }, list: { NULL: true } }]);
    await expect(run(`DELETE FROM items WHERE pk = 'p' AND sk = '1' AND deep.n > 1`)).rejects.toThrow(
      "The conditional request failed",
    );
    await run(`DELETE FROM items WHERE pk = 'p' AND sk = '1'`);
    await expect(run(`UPDATE items SET a = 1 WHERE pk = 'p' AND sk = '1'`)).rejects.toThrow(
      "The conditional request failed",
    );
  });

  test("selects in order, by several partitions, from an index, in pages", async () => {
    await fill(bench, 4);
    const { Items: descending } = await run(`SELECT sk FROM items WHERE pk = 'p' ORDER BY sk DESC`);
    expect(descending?.map(({ sk }) => sk?.S)).toEqual(["003", "002", "001", "000"]);
    const { Items: indexed } = await run(
      `SELECT * FROM items.byHolder WHERE holder IN ['ann', 'bob'] AND "rank" >= 3`,
    );
    expect(indexed?.map(({ rank }) => rank?.N)).toEqual(["4", "3"]);
    const pages: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await dynamodb.send(
        new ExecuteStatementCommand({ Statement: "SELECT * FROM items WHERE pk = 'p'", Limit: 3, NextToken }),
      );
      pages.push(...(page.Items ?? []).map(({ sk }) => sk?.S));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual(["000", "001", "002", "003"]);
  });

  test("a transaction with EXISTS", async () => {
    await run(`INSERT INTO plain VALUE {'id': 'gate', 'open': true}`);
    await expect(transact(`"open" = false`)).rejects.toThrow("[ConditionalCheckFailed, None]");
    await transact(`"open" = true`);
    await expect(transact(`"open" = true`)).rejects.toThrow("[None, DuplicateItem]");
  });
});
