/** What DynamoDB refuses, in its words: one row per documented or recorded message, through the real client. */
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, startBench } from "./bench.ts";
import type { Refusal } from "./refusals.ts";
import { expressions } from "./refusals-of-expressions.ts";
import { items } from "./refusals-of-items.ts";
import { limitsAndComparisons } from "./refusals-of-limits.ts";
import { names } from "./refusals-of-names.ts";
import { parameters } from "./refusals-of-parameters.ts";
import { reads } from "./refusals-of-reads.ts";
import { services } from "./refusals-of-services.ts";
import { tables } from "./refusals-of-tables.ts";
import { updatesAndPaths } from "./refusals-of-updates.ts";
import { valuesAtPlaces } from "./refusals-of-values.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Sends what the client's types would not allow. */
async function refusalOf({ operation, input }: Refusal): Promise<Error> {
  const client = `${operation}Command` in dynamodb ? bench.dynamodb : bench.streams;
  const Command = { ...streams, ...dynamodb }[`${operation}Command` as "PutItemCommand"];
  return (client as dynamodb.DynamoDBClient).send(new Command(input as dynamodb.PutItemCommandInput)).then(
    () => new Error("it was accepted"),
    (error: unknown) => error as Error,
  );
}

const all = [
  ...names,
  ...valuesAtPlaces,
  ...expressions,
  ...updatesAndPaths,
  ...limitsAndComparisons,
  ...services,
  ...items,
  ...parameters,
  ...reads,
  ...tables,
];

test.each(all)("$operation $input: $message", async (row) => {
  const error = await refusalOf(row);
  if (typeof row.message === "string") expect(error.message).toBe(row.message);
  else expect(error.message).toMatch(row.message);
  expect(error.name).toBe(row.code);
});
