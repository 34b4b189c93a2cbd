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
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
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
