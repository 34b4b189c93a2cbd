/** DynamoDB Streams as an event source: order, retries, bisecting, giving up, partial failures, windows. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";
import { Sink } from "./sink.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
let dynamodb: DynamoDBClient;
const sink = new Sink();
let count = 0;

beforeAll(async () => {
  await sink.open();
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
  dynamodb = app.client(DynamoDBClient);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});

interface Setup {
  readonly name: string;
  readonly put: (...ids: string[]) => Promise<void>;
}

async function setUp(body: string, mapping: object = {}): Promise<Setup> {
  count += 1;
  const name = `stream${count}`;
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  await app.clock.advance("1m");
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Environment: { Variables: { SINK: sink.url, NAME: name } },
      Code: {
        ZipFile: node(
          `exports.handler = async (event) => {
             const ids = event.Records.map((r) => r.dynamodb.Keys.id.S);
             await fetch(process.env.SINK + process.env.NAME, { method: "POST", body: JSON.stringify(event.window ? event : event.Records) });
             ${body} };`,
        ),
      },
    }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: TableDescription?.LatestStreamArn ?? "",
      StartingPosition: "TRIM_HORIZON",
      ...mapping,
    }),
  );
  return {
    name,
    put: async (...ids) => {
      for (const id of ids)
        await dynamodb.send(new PutItemCommand({ TableName: name, Item: { id: { S: id }, n: { N: "1" } } }));
    },
  };
}

const idsOf = (name: string): string[][] =>
  sink
    .seen(name)
    .map((records) =>
      (records as { dynamodb: { Keys: { id: { S: string } } } }[]).map((each) => each.dynamodb.Keys.id.S),
    );

test("records arrive in order, as AWS shapes them", async () => {
  const { name, put } = await setUp("");
  await put("a", "b", "c");
  await app.settle();
  expect(idsOf(name).flat()).toEqual(["a", "b", "c"]);
  expect((sink.seen(name)[0] as unknown[])[0]).toMatchObject({
    eventName: "INSERT",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventVersion: "1.1",
    dynamodb: { NewImage: { id: { S: "a" }, n: { N: "1" } }, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
});

test("a poison record among many is found by bisecting and given up; nothing else is lost or reordered", async () => {
  await app.client(SQSClient).send(new CreateQueueCommand({ QueueName: "given-up" }));
  const { name, put } = await setUp(
    `if (ids.includes("p")) throw new Error("poison"); await fetch(process.env.SINK + "done" + process.env.NAME, { method: "POST", body: JSON.stringify(ids) });`,
    {
      BatchSize: 20,
      MaximumBatchingWindowInSeconds: 1,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:given-up" } },
    },
  );
  const ids = Array.from({ length: 20 }, (_, at) => (at === 13 ? "p" : `r${at}`));
  await put(...ids);
  await app.clock.advance("2m");
  await app.settle();
  expect((sink.seen(`done${name}`) as string[][]).flat()).toEqual(ids.filter((id) => id !== "p"));
  const { Messages = [] } = await app
    .client(SQSClient)
    .send(new ReceiveMessageCommand({ QueueUrl: `${app.endpoint}/000000000000/given-up` }));
  expect(Messages).toHaveLength(1);
  expect(JSON.parse(Messages[0]?.Body ?? "")).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    DDBStreamBatchInfo: { batchSize: 1 },
  });
});

test("a reported failure is the new beginning", async () => {
  const { name, put } = await setUp(
    `globalThis.tries = (globalThis.tries ?? 0) + 1;
     if (globalThis.tries === 1) return { batchItemFailures: [{ itemIdentifier: event.Records[1].dynamodb.SequenceNumber }] };`,
    { FunctionResponseTypes: ["ReportBatchItemFailures"], MaximumBatchingWindowInSeconds: 1 },
  );
  await put("a", "b", "c");
  await app.clock.advance("30s");
  await app.settle();
  expect(idsOf(name)).toEqual([
    ["a", "b", "c"],
    ["b", "c"],
  ]);
});

test("filters, and records that grow too old", async () => {
  const filtered = await setUp("", {
    FilterCriteria: {
      Filters: [{ Pattern: JSON.stringify({ dynamodb: { Keys: { id: { S: [{ prefix: "x" }] } } } }) }],
    },
  });
  await filtered.put("x1", "y1", "x2");
  await app.settle();
  expect(idsOf(filtered.name).flat()).toEqual(["x1", "x2"]);
  const aging = await setUp(`if (ids.includes("bad")) throw new Error("no");`, {
    MaximumRecordAgeInSeconds: 60,
    BatchSize: 1,
  });
  await aging.put("bad", "good");
  await app.clock.advance("10m");
  await app.settle();
  const tries = idsOf(aging.name).flat();
  expect(tries.at(-1)).toBe("bad");
  expect(tries).not.toContain("good");
});

test("a tumbling window carries state and ends with a final event", async () => {
  const { name, put } = await setUp(`const n = (event.state.n ?? 0) + ids.length; return { state: { n } };`, {
    TumblingWindowInSeconds: 60,
  });
  await put("a", "b");
  await app.settle();
  await put("c");
  await app.clock.advance("2m");
  await app.settle();
  const events = sink.seen(name) as {
    state: { n?: number };
    isFinalInvokeForWindow: boolean;
    Records: unknown[];
  }[];
  expect(events.at(-1)).toMatchObject({ state: { n: 3 }, isFinalInvokeForWindow: true, Records: [] });
  expect(events.filter((each) => each.isFinalInvokeForWindow)).toHaveLength(1);
});

test("parallel lanes keep the order of each key", async () => {
  const { name } = await setUp("", { ParallelizationFactor: 4, BatchSize: 3 });
  const keys = ["k1", "k2", "k3", "k4", "k5"];
  for (let round = 1; round <= 4; round += 1) {
    for (const id of keys) {
      await dynamodb.send(
        new PutItemCommand({ TableName: name, Item: { id: { S: id }, n: { N: String(round) } } }),
      );
    }
  }
  await app.settle();
  const seen = (sink.seen(name) as { dynamodb: { NewImage: { id: { S: string }; n: { N: string } } } }[][])
    .flat()
    .map(({ dynamodb: { NewImage } }) => [NewImage.id.S, NewImage.n.N]);
  for (const key of keys) {
    expect(seen.filter(([id]) => id === key).map(([, n]) => n)).toEqual(["1", "2", "3", "4"]);
  }
});
