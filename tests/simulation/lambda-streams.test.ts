/**
 * DynamoDB Streams → Lambda under failing functions, beside a model: records of one key succeed once and in order or are
 * given up; with bisecting only poison is; and never more batches are under way than the shard has lanes.
 */
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { fc, test as property } from "@fast-check/vitest";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";
import { node, role } from "../services/lambda/code.ts";

/** One write: its key and how often the run that holds it fails; from 9 on it is poison. */
const writes = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 3 }), failures: fc.constantFrom(0, 0, 0, 0, 1, 2, 9) }),
  { minLength: 1, maxLength: 30 },
);

const scenarios = fc.record({
  writes,
  batchSize: fc.integer({ min: 1, max: 12 }),
  lanes: fc.integer({ min: 1, max: 3 }),
  retries: fc.integer({ min: 0, max: 3 }),
  bisect: fc.boolean(),
  partial: fc.boolean(),
  windowSeconds: fc.constantFrom(0, 0, 2),
  seed: fc.nat(),
});

interface StreamRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: { readonly id: { readonly S: string } };
    readonly NewImage: { readonly n: { readonly N: string } };
  };
}

interface Seen {
  readonly key: string;
  readonly n: number;
}

const seenOf = ({ dynamodb }: StreamRecord): Seen => ({
  key: dynamodb.Keys.id.S,
  n: Number(dynamodb.NewImage.n.N),
});

/** A table with a stream mapped to the function `worker`; resolves with how many shards the stream has. */
async function setUp(app: App, mapping: object): Promise<number> {
  const { TableDescription } = await app.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: "items",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    }),
  );
  const StreamArn = TableDescription?.LatestStreamArn ?? "";
  await app.clock.advance("1m");
  const lambda = app.client(LambdaClient);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "worker",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node("") },
    }),
  );
  await app.client(SQSClient).send(new CreateQueueCommand({ QueueName: "given-up" }));
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: "worker",
      EventSourceArn: StreamArn,
      StartingPosition: "TRIM_HORIZON",
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:given-up" } },
      ...mapping,
    }),
  );
  const { StreamDescription } = await app
    .client(DynamoDBStreamsClient)
    .send(new DescribeStreamCommand({ StreamArn }));
  return StreamDescription?.Shards?.length ?? 1;
}

interface BatchInfo {
  readonly batchSize: number;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

/** The batches that were given up. */
async function givenUp(app: App): Promise<BatchInfo[]> {
  const sqs = app.client(SQSClient);
  const batches: BatchInfo[] = [];
  for (;;) {
    const QueueUrl = `${app.endpoint}/000000000000/given-up`;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return batches;
    for (const { Body = "" } of Messages)
      batches.push((JSON.parse(Body) as { DDBStreamBatchInfo: BatchInfo }).DDBStreamBatchInfo);
  }
}

/** The function, and what it saw: a run fails when it holds a record that has still to fail. */
class Worker {
  readonly succeeded: Seen[] = [];
  readonly failedRuns: (readonly StreamRecord[])[] = [];
  underWayMax = 0;
  #underWay = 0;
  readonly #failures: readonly number[];
  readonly #partial: boolean;
  readonly #attempts = new Map<number, number>();

  constructor(failures: readonly number[], partial: boolean) {
    this.#failures = failures;
    this.#partial = partial;
  }

  readonly run = async (event: unknown): Promise<unknown> => {
    const { Records } = event as { Records: readonly StreamRecord[] };
    this.#underWay += 1;
    this.underWayMax = Math.max(this.underWayMax, this.#underWay);
    await new Promise(setImmediate);
    this.#underWay -= 1;
    const first = Records.findIndex((record) => this.#fails(seenOf(record).n));
    if (first === -1) {
      this.succeeded.push(...Records.map(seenOf));
      return { batchItemFailures: [] };
    }
    if (!this.#partial) {
      this.failedRuns.push(Records);
      throw new Error("failed");
    }
    this.succeeded.push(...Records.slice(0, first).map(seenOf));
    this.failedRuns.push(Records.slice(first));
    return { batchItemFailures: [{ itemIdentifier: Records[first]?.dynamodb.SequenceNumber }] };
  };

  #fails(n: number): boolean {
    const attempt = (this.#attempts.get(n) ?? 0) + 1;
    this.#attempts.set(n, attempt);
    return attempt <= (this.#failures[n] ?? 0);
  }

  /** The records of a batch that was given up: those of its last run. */
  recordsOf({ batchSize, startSequenceNumber, endSequenceNumber }: BatchInfo): Seen[] {
    const run = this.failedRuns.findLast(
      (records) =>
        records.length === batchSize &&
        records[0]?.dynamodb.SequenceNumber === startSequenceNumber &&
        records.at(-1)?.dynamodb.SequenceNumber === endSequenceNumber,
    );
    return (run ?? []).map(seenOf);
  }
}

property.prop([scenarios], { numRuns: 25 })(
  "each record succeeds once, in its key's order, or is given up for a reason",
  async ({ writes: written, batchSize, lanes, retries, bisect, partial, windowSeconds, seed }) => {
    await using app = await startApp({ clock: "manual", seed });
    const shards = await setUp(app, {
      BatchSize: batchSize,
      ParallelizationFactor: lanes,
      MaximumRetryAttempts: retries,
      BisectBatchOnFunctionError: bisect,
      MaximumBatchingWindowInSeconds: windowSeconds,
      ...(partial ? { FunctionResponseTypes: ["ReportBatchItemFailures"] } : {}),
    });
    const failures = written.map((write) => write.failures);
    const worker = new Worker(failures, partial);
    app.fn("worker").mock(worker.run);
    const dynamodb = app.client(DynamoDBClient);
    for (const [n, { key }] of written.entries()) {
      const Item = { id: { S: `key${key}` }, n: { N: String(n) } };
      await dynamodb.send(new PutItemCommand({ TableName: "items", Item }));
    }
    await app.clock.advance("2h");
    await app.settle();

    const batches = await givenUp(app);
    const dropped = batches.flatMap((batch) => worker.recordsOf(batch));
    expect(dropped).toHaveLength(batches.reduce((sum, batch) => sum + batch.batchSize, 0));
    const all = [...worker.succeeded, ...dropped].map(({ n }) => n).toSorted((a, b) => a - b);
    expect(all).toEqual(written.map((_write, n) => n));
    for (const key of new Set(written.map((write) => write.key))) {
      const order = worker.succeeded.filter((seen) => seen.key === `key${key}`).map(({ n }) => n);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    for (const batch of batches) {
      const stubborn = worker.recordsOf(batch).filter(({ n }) => (failures[n] ?? 0) > retries);
      if (bisect) expect([batch.batchSize, stubborn.length]).toEqual([1, 1]);
    }
    expect(worker.underWayMax).toBeLessThanOrEqual(shards * lanes);
  },
  120_000,
);

test("a poison record among a thousand", { timeout: 120_000 }, async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  await setUp(app, { BatchSize: 100, MaximumRetryAttempts: 2, BisectBatchOnFunctionError: true });
  const count = 1000;
  const poison = 637;
  const worker = new Worker(
    Array.from({ length: count }, (_unused, n) => (n === poison ? Infinity : 0)),
    false,
  );
  app.fn("worker").mock(worker.run);
  const dynamodb = app.client(DynamoDBClient);
  for (let n = 0; n < count; n += 25) {
    const items = Array.from({ length: 25 }, (_unused, i) => ({
      PutRequest: { Item: { id: { S: `key${n + i}` }, n: { N: String(n + i) } } },
    }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { items } }));
  }
  await app.clock.advance("1h");
  await app.settle();
  const batches = await givenUp(app);
  expect(batches.map((batch) => worker.recordsOf(batch))).toEqual([[{ key: `key${poison}`, n: poison }]]);
  const done = worker.succeeded.map(({ n }) => n).toSorted((a, b) => a - b);
  expect(done).toEqual(Array.from({ length: count }, (_unused, n) => n).filter((n) => n !== poison));
  // Halving finds it: of one batch in runs of 100, 50, 25, …, and then its three attempts.
  expect(worker.failedRuns.length).toBeLessThanOrEqual(Math.ceil(Math.log2(100)) + 3);
});
