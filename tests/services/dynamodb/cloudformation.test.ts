/** AWS::DynamoDB::Table and GlobalTable in stacks: created, changed in place, replaced, deleted. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DescribeContinuousBackupsCommand,
  DescribeContributorInsightsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const key = (name: string, type = "HASH"): object => ({ AttributeName: name, KeyType: type });
const attribute = (name: string): object => ({ AttributeName: name, AttributeType: "S" });

const template = (type: string, properties: object): string =>
  JSON.stringify({
    Resources: { Store: { Type: `AWS::DynamoDB::${type}`, Properties: properties } },
    Outputs: {
      Name: { Value: { Ref: "Store" } },
      Arn: { Value: { "Fn::GetAtt": ["Store", "Arn"] } },
      Stream: { Value: { "Fn::GetAtt": ["Store", "StreamArn"] } },
    },
  });

const base = {
  AttributeDefinitions: [attribute("id")],
  KeySchema: [key("id")],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamViewType: "NEW_IMAGE" },
  Tags: [{ Key: "team", Value: "a" }],
};

class Stack {
  readonly #app: App;
  readonly #client: CloudFormationClient;

  constructor(app: App) {
    this.#app = app;
    this.#client = app.client(CloudFormationClient);
  }

  async create(body: string): Promise<Readonly<Record<string, string>>> {
    await this.#client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: body }));
    return this.#outputs("CREATE_COMPLETE");
  }

  async update(body: string): Promise<Readonly<Record<string, string>>> {
    await this.#client.send(new UpdateStackCommand({ StackName: "shop", TemplateBody: body }));
    return this.#outputs("UPDATE_COMPLETE");
  }

  async delete(): Promise<void> {
    await this.#client.send(new DeleteStackCommand({ StackName: "shop" }));
    await this.#app.settle();
  }

  async #outputs(status: string): Promise<Readonly<Record<string, string>>> {
    await this.#app.settle();
    const { Stacks: [stack] = [] } = await this.#client.send(
      new DescribeStacksCommand({ StackName: "shop" }),
    );
    expect(stack?.StackStatus).toBe(status);
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  }
}

test("a table is created with its settings, changed in place and replaced", async () => {
  await using app = await startApp();
  const dynamodb = app.client(DynamoDBClient);
  const stack = new Stack(app);
  const describe = async (name: string | undefined): Promise<TableDescription | undefined> =>
    (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
  const created = await stack.create(
    template("Table", {
      ...base,
      TimeToLiveSpecification: { AttributeName: "until", Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  const name = created["Name"];
  expect(name).toMatch(/^shop-Store-[A-Za-z0-9]+$/);
  expect(created["Arn"]).toBe(`arn:aws:dynamodb:us-east-1:000000000000:table/${name}`);
  expect(created["Stream"]).toBe((await describe(name))?.LatestStreamArn);
  const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }));
  expect(TimeToLiveDescription?.AttributeName).toBe("until");
  const { ContinuousBackupsDescription: backups } = await dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName: name }),
  );
  expect(backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe("ENABLED");

  const indexed = {
    ...base,
    AttributeDefinitions: [attribute("id"), attribute("color")],
    GlobalSecondaryIndexes: [
      { IndexName: "byColor", KeySchema: [key("color")], Projection: { ProjectionType: "ALL" } },
    ],
    DeletionProtectionEnabled: false,
    Tags: [{ Key: "team", Value: "b" }],
  };
  const updated = await stack.update(template("Table", indexed));
  expect(updated["Name"]).toBe(name);
  expect((await describe(name))?.GlobalSecondaryIndexes).toMatchObject([
    { IndexName: "byColor", IndexStatus: "ACTIVE" },
  ]);
  const { Tags } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: updated["Arn"] }));
  expect(Tags).toContainEqual({ Key: "team", Value: "b" });

  const replaced = await stack.update(
    template("Table", { ...base, TableName: "named", KeySchema: [key("id")] }),
  );
  expect(replaced["Name"]).toBe("named");
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(["named"]);
  await stack.delete();
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

test("a global table has its replicas", async () => {
  await using app = await startApp();
  const europe = app.client(DynamoDBClient, { region: "eu-west-1" });
  const stack = new Stack(app);
  const properties = {
    AttributeDefinitions: [attribute("id")],
    KeySchema: [key("id")],
    BillingMode: "PAY_PER_REQUEST",
    TableName: "world",
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  };
  await stack.create(
    template("GlobalTable", { ...properties, Replicas: [{ Region: "us-east-1" }, { Region: "eu-west-1" }] }),
  );
  const { Table } = await europe.send(new DescribeTableCommand({ TableName: "world" }));
  expect(Table?.Replicas?.map(({ RegionName }) => RegionName)).toEqual(["us-east-1"]);
  await stack.update(template("GlobalTable", { ...properties, Replicas: [{ Region: "us-east-1" }] }));
  expect((await europe.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

const policy = (action: string): object => ({
  PolicyDocument: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: action, Resource: "*" }],
  },
});

/** Every property of `AWS::DynamoDB::Table`, in two versions. */
const wholeTable = (round: number): object => ({
  TableName: "whole",
  AttributeDefinitions: [attribute("pk"), attribute("sk"), attribute("rank"), attribute("holder")],
  KeySchema: [key("pk"), key("sk", "RANGE")],
  BillingMode: "PROVISIONED",
  ProvisionedThroughput: { ReadCapacityUnits: 5 + round, WriteCapacityUnits: 6 + round },
  LocalSecondaryIndexes: [
    {
      IndexName: "byRank",
      KeySchema: [key("pk"), key("rank", "RANGE")],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byHolder",
      KeySchema: [key("holder"), key("sk", "RANGE")],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["note"] },
      ProvisionedThroughput: { ReadCapacityUnits: 2 + round, WriteCapacityUnits: 3 + round },
      ContributorInsightsSpecification: { Enabled: round === 0 },
    },
  ],
  ContributorInsightsSpecification: { Enabled: round === 0 },
  DeletionProtectionEnabled: round === 0,
  KinesisStreamSpecification: {
    StreamArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${round === 0 ? "one" : "two"}`,
    ApproximateCreationDateTimePrecision: "MICROSECOND",
  },
  PointInTimeRecoverySpecification: {
    PointInTimeRecoveryEnabled: true,
    RecoveryPeriodInDays: 7 + round,
  },
  ResourcePolicy: policy(round === 0 ? "dynamodb:GetItem" : "dynamodb:Query"),
  SSESpecification: { SSEEnabled: round === 0, ...(round === 0 ? { SSEType: "KMS" } : {}) },
  StreamSpecification: {
    StreamViewType: "KEYS_ONLY",
    ResourcePolicy: policy(round === 0 ? "dynamodb:GetRecords" : "dynamodb:DescribeStream"),
  },
  TableClass: round === 0 ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD",
  Tags: [{ Key: "round", Value: String(round) }],
  TimeToLiveSpecification: { AttributeName: "until", Enabled: round === 0 },
});

test("every property of a table reaches it, and its change too", async () => {
  await using app = await startApp();
  const dynamodb = app.client(DynamoDBClient);
  const kinesis = app.client(KinesisClient);
  for (const StreamName of ["one", "two"])
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await app.settle();
  const stack = new Stack(app);
  const seen = async (arn: string | undefined, stream: string | undefined): Promise<unknown> => {
    const TableName = "whole";
    const { Table: t } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const insights = async (IndexName?: string): Promise<string | undefined> =>
      (await dynamodb.send(new DescribeContributorInsightsCommand({ TableName, IndexName })))
        .ContributorInsightsStatus;
    const action = async (ResourceArn: string | undefined): Promise<unknown> => {
      const { Policy } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }));
      return (JSON.parse(Policy ?? "{}") as { Statement: { Action: string }[] }).Statement[0]?.Action;
    };
    const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const destinations = await dynamodb.send(new DescribeKinesisStreamingDestinationCommand({ TableName }));
    const tags = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
    const ttl = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    return {
      throughput: t?.ProvisionedThroughput?.ReadCapacityUnits,
      local: t?.LocalSecondaryIndexes?.map(({ Projection }) => Projection),
      global: t?.GlobalSecondaryIndexes?.map(({ Projection, ProvisionedThroughput: throughput }) => [
        Projection,
        throughput?.WriteCapacityUnits,
      ]),
      insights: [await insights(), await insights("byHolder")],
      protected: t?.DeletionProtectionEnabled,
      kinesis: destinations.KinesisDataStreamDestinations?.map(({ StreamArn }) => StreamArn?.split("/")[1]),
      days: backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.RecoveryPeriodInDays,
      policies: [await action(arn), await action(stream)],
      encrypted: t?.SSEDescription?.Status,
      view: t?.StreamSpecification?.StreamViewType,
      tableClass: t?.TableClassSummary?.TableClass,
      tags: tags.Tags,
      ttl: ttl.TimeToLiveDescription?.TimeToLiveStatus,
    };
  };
  const include = { ProjectionType: "INCLUDE", NonKeyAttributes: ["note"] };
  const created = await stack.create(template("Table", wholeTable(0)));
  expect(await seen(created["Arn"], created["Stream"])).toEqual({
    throughput: 5,
    local: [{ ProjectionType: "KEYS_ONLY" }],
    global: [[include, 3]],
    insights: ["ENABLED", "ENABLED"],
    protected: true,
    kinesis: ["one"],
    days: 7,
    policies: ["dynamodb:GetItem", "dynamodb:GetRecords"],
    encrypted: "ENABLED",
    view: "KEYS_ONLY",
    tableClass: "STANDARD_INFREQUENT_ACCESS",
    tags: expect.arrayContaining([{ Key: "round", Value: "0" }]),
    ttl: "ENABLED",
  });
  const updated = await stack.update(template("Table", wholeTable(1)));
  expect(updated).toEqual(created);
  expect(await seen(updated["Arn"], updated["Stream"])).toEqual({
    throughput: 6,
    local: [{ ProjectionType: "KEYS_ONLY" }],
    global: [[include, 4]],
    insights: ["DISABLED", "DISABLED"],
    protected: false,
    kinesis: ["two"],
    days: 8,
    policies: ["dynamodb:Query", "dynamodb:DescribeStream"],
    encrypted: undefined,
    view: "KEYS_ONLY",
    tableClass: "STANDARD",
    tags: expect.arrayContaining([{ Key: "round", Value: "1" }]),
    ttl: "DISABLED",
  });
});
