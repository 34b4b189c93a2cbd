/**
 * Transactions beside single writes are serialisable: what several clients were answered when they all ran at once, and
 * what the table holds afterwards, must be explained by some order of their operations, one after the other, on a naive
 * table. Histories are recorded, and small enough for every order to be tried.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type App, startApp } from "awan/testing";
import { array, assert, asyncProperty, constantFrom, integer, oneof, record, uniqueArray } from "fast-check";
import { expect, test } from "vitest";

type Cells = Readonly<Record<string, number>>;
const cells = ["a", "b", "c"];
const cell = constantFrom(...cells);

type Operation =
  /** Answers what was there before. */
  | { readonly kind: "put"; readonly cell: string; readonly value: number }
  /** Answers what is there afterwards. */
  | { readonly kind: "add"; readonly cell: string; readonly by: number }
  | { readonly kind: "compareAndSet"; readonly cell: string; readonly from: number; readonly to: number }
  /** Moves an amount if there is so much, both or neither; answers whether it did. */
  | { readonly kind: "move"; readonly pair: readonly string[]; readonly by: number }
  /** Sets two cells if a third has a value. */
  | {
      readonly kind: "guardedSet";
      readonly trio: readonly string[];
      readonly is: number;
      readonly to: number;
    }
  /** Answers all cells as of one moment. */
  | { readonly kind: "readAll" };

const small = integer({ min: 0, max: 4 });
const operation = oneof(
  record({ kind: constantFrom("put" as const), cell, value: small }),
  record({ kind: constantFrom("add" as const), cell, by: integer({ min: -2, max: 3 }) }),
  record({ kind: constantFrom("compareAndSet" as const), cell, from: small, to: small }),
  record({
    kind: constantFrom("move" as const),
    pair: uniqueArray(cell, { minLength: 2, maxLength: 2 }),
    by: integer({ min: 1, max: 3 }),
  }),
  record({
    kind: constantFrom("guardedSet" as const),
    trio: uniqueArray(cell, { minLength: 3, maxLength: 3 }),
    is: small,
    to: small,
  }),
  record({ kind: constantFrom("readAll" as const) }),
);

/** The naive table: the answer and the state after one operation. */
function step(state: Cells, each: Operation): readonly [answer: string, after: Cells] {
  const at = (name: string | undefined): number => state[name ?? ""] ?? 0;
  switch (each.kind) {
    case "put":
      return [`was ${at(each.cell)}`, { ...state, [each.cell]: each.value }];
    case "add":
      return [`is ${at(each.cell) + each.by}`, { ...state, [each.cell]: at(each.cell) + each.by }];
    case "compareAndSet":
      if (at(each.cell) !== each.from) return ["refused", state];
      return ["done", { ...state, [each.cell]: each.to }];
    case "move": {
      const [from = "", to = ""] = each.pair;
      if (at(from) < each.by) return ["refused", state];
      return ["done", { ...state, [from]: at(from) - each.by, [to]: at(to) + each.by }];
    }
    case "guardedSet": {
      const [guard, x = "", y = ""] = each.trio;
      return at(guard) === each.is ? ["done", { ...state, [x]: each.to, [y]: each.to }] : ["refused", state];
    }
    default:
      return [`saw ${cells.map(at).join(" ")}`, state];
  }
}

/** Whether some order of the operations gives every one its answer and ends in `end`. */
function hasOrder(
  state: Cells,
  left: readonly { readonly operation: Operation; readonly answer: string }[],
  end: Cells,
): boolean {
  if (left.length === 0) return cells.every((name) => state[name] === end[name]);
  return left.some((first, at) => {
    const [answer, after] = step(state, first.operation);
    return answer === first.answer && hasOrder(after, left.toSpliced(at, 1), end);
  });
}

const TableName = "cells";
const names = { "#v": "value" };
const keyOf = (id: string | undefined): Record<string, AttributeValue> => ({ id: { S: id ?? "" } });
const valueOf = (item: unknown): number =>
  Number((item as Record<string, AttributeValue> | undefined)?.["value"]?.N ?? 0);
const write = (id: string | undefined, expression: string, values: Record<string, number>): object => ({
  TableName,
  Key: keyOf(id),
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { N: String(value) }]),
  ),
  UpdateExpression: expression,
});

type Invoke = (operation: string, input: object) => Promise<Record<string, unknown>>;

const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: unknown) => {
      expect((error as Error).message).toMatch(/conditional request failed|ConditionalCheckFailed/);
      return "refused";
    },
  );

/** Runs an operation and gives its answer in the naive table's words. */
async function run(invoke: Invoke, each: Operation): Promise<string> {
  switch (each.kind) {
    case "put": {
      const Item = { ...keyOf(each.cell), value: { N: String(each.value) } };
      const { Attributes } = await invoke("PutItem", { TableName, Item, ReturnValues: "ALL_OLD" });
      return `was ${valueOf(Attributes)}`;
    }
    case "add": {
      const { Attributes } = await invoke("UpdateItem", {
        ...write(each.cell, "ADD #v :by", { ":by": each.by }),
        ReturnValues: "ALL_NEW",
      });
      return `is ${valueOf(Attributes)}`;
    }
    case "compareAndSet":
      return outcome(
        invoke("UpdateItem", {
          ...write(each.cell, "SET #v = :to", { ":to": each.to, ":from": each.from }),
          ConditionExpression: "#v = :from",
        }),
      );
    case "move": {
      const [from, to] = each.pair;
      const less = write(from, "SET #v = #v - :by", { ":by": each.by });
      const TransactItems = [
        { Update: { ...less, ConditionExpression: "#v >= :by" } },
        { Update: write(to, "ADD #v :by", { ":by": each.by }) },
      ];
      return outcome(invoke("TransactWriteItems", { TransactItems }));
    }
    case "guardedSet": {
      const [guard, x, y] = each.trio;
      const { UpdateExpression: _none, ...check } = {
        ...write(guard, "", { ":is": each.is }),
        ConditionExpression: "#v = :is",
      } as Record<string, unknown>;
      const set = (id: string | undefined): object => write(id, "SET #v = :to", { ":to": each.to });
      const TransactItems = [{ ConditionCheck: check }, { Update: set(x) }, { Update: set(y) }];
      return outcome(invoke("TransactWriteItems", { TransactItems }));
    }
    default: {
      const TransactItems = cells.map((id) => ({ Get: { TableName, Key: keyOf(id) } }));
      const { Responses } = await invoke("TransactGetItems", { TransactItems });
      return `saw ${(Responses as { Item?: unknown }[]).map(({ Item }) => valueOf(Item)).join(" ")}`;
    }
  }
}

async function table(app: App): Promise<Invoke> {
  const invoke: Invoke = (name, input) => app.platform.invoke("dynamodb", name, input);
  await invoke("CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  for (const id of cells) await invoke("PutItem", { TableName, Item: { ...keyOf(id), value: { N: "2" } } });
  return invoke;
}

test("whatever runs at once has an order that explains every answer", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const invoke = await table(app);
  await assert(
    asyncProperty(
      array(array(operation, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
      async (rounds) => {
        for (const operations of rounds) {
          const before = await stateOf(invoke);
          const answers = await Promise.all(operations.map((each) => run(invoke, each)));
          const history = operations.map((each, at) => ({ operation: each, answer: answers[at] as string }));
          const after = await stateOf(invoke);
          expect(hasOrder(before, history, after), JSON.stringify({ before, history, after })).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

async function stateOf(invoke: Invoke): Promise<Cells> {
  const { Items } = await invoke("Scan", { TableName });
  return Object.fromEntries(
    (Items as Record<string, AttributeValue>[]).map((item) => [item["id"]?.S ?? "", valueOf(item)]),
  );
}

test("the search finds no order where there is none", () => {
  const before = { a: 2, b: 2, c: 2 };
  const torn = [
    { operation: { kind: "move", pair: ["a", "b"], by: 1 } as const, answer: "done" },
    { operation: { kind: "readAll" } as const, answer: "saw 1 2 2" },
  ];
  expect(hasOrder(before, torn, { a: 1, b: 3, c: 2 })).toBe(false);
});
