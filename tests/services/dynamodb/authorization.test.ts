/** Who may use a table, its indexes and its stream, with IAM enforced: policies of users and of the table, fine-grained conditions. */
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const [here, there] = ["000000000000", "111111111111"];
const arn = `arn:aws:dynamodb:us-east-1:${here}:table/orders`;
const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

interface User {
  readonly arn: string;
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  allow(...statements: object[]): Promise<unknown>;
}

async function userOf(app: App, account: string): Promise<User> {
  const root = { accessKeyId: account === here ? "test" : account, secretAccessKey: "test" };
  const iam = app.client(IAMClient, { credentials: root });
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId as string,
    secretAccessKey: AccessKey?.SecretAccessKey as string,
  };
  return {
    arn: `arn:aws:iam::${account}:user/ann`,
    dynamodb: app.client(DynamoDBClient, { credentials }),
    streams: app.client(DynamoDBStreamsClient, { credentials }),
    allow: (...statements) =>
      iam.send(
        new PutUserPolicyCommand({
          UserName: "ann",
          PolicyName: "p",
          PolicyDocument: policy(...statements.map((each) => ({ Effect: "Allow", Resource: arn, ...each }))),
        }),
      ),
  };
}

const keySchema = (name: string): { AttributeName: string; KeyType: "HASH" }[] => [
  { AttributeName: name, KeyType: "HASH" },
];

interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly dynamodb: DynamoDBClient;
  readonly streamArn: string;
}

async function enforced(): Promise<Bench> {
  const app = await startApp({ iam: "enforce", auth: true, clock: "manual", startAt: Date.now() });
  const dynamodb = app.client(DynamoDBClient);
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: "orders",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["id", "holder"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: keySchema("id"),
      GlobalSecondaryIndexes: [
        { IndexName: "byHolder", KeySchema: keySchema("holder"), Projection: { ProjectionType: "ALL" } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    }),
  );
  const streamArn = TableDescription?.LatestStreamArn as string;
  return { app, dynamodb, streamArn, [Symbol.asyncDispose]: () => app.close() };
}

const get = (id: string): GetItemCommand =>
  new GetItemCommand({ TableName: "orders", Key: { id: { S: id } } });
const query = (IndexName?: string): QueryCommand =>
  new QueryCommand({
    TableName: "orders",
    ...(IndexName === undefined ? {} : { IndexName }),
    KeyConditionExpression: `${IndexName === undefined ? "id" : "holder"} = :v`,
    ExpressionAttributeValues: { ":v": { S: "ann" } },
  });

test("actions are decided on the table, its index, and on what transactions and PartiQL do", async () => {
  await using bench = await enforced();
  const ann = await userOf(bench.app, here);
  await expect(ann.dynamodb.send(get("a"))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: ${ann.arn} is not authorized to perform: dynamodb:GetItem on resource: ${arn} because no identity-based policy allows the dynamodb:GetItem action`,
  });
  await expect(ann.dynamodb.send(new ListTablesCommand({}))).rejects.toThrow(
    "dynamodb:ListTables on resource: *",
  );
  await ann.allow({ Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"] });
  await ann.dynamodb.send(get("a"));
  await ann.dynamodb.send(query());
  await expect(ann.dynamodb.send(query("byHolder"))).rejects.toThrow(`${arn}/index/byHolder`);
  await expect(
    ann.dynamodb.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: [{ id: { S: "a" } }] } } })),
  ).rejects.toThrow("dynamodb:BatchGetItem");
  const put = { Put: { TableName: "orders", Item: { id: { S: "a" } } } };
  const check = {
    ConditionCheck: {
      TableName: "orders",
      Key: { id: { S: "b" } },
      ConditionExpression: "attribute_not_exists(id)",
    },
  };
  await ann.dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
  await expect(
    ann.dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [put, check] })),
  ).rejects.toThrow("dynamodb:ConditionCheckItem");
  const statement = new ExecuteStatementCommand({ Statement: `SELECT * FROM "orders" WHERE id = 'a'` });
  await expect(ann.dynamodb.send(statement)).rejects.toThrow(`dynamodb:PartiQLSelect on resource: ${arn}`);
  await ann.allow({ Action: "dynamodb:PartiQLSelect" });
  expect((await ann.dynamodb.send(statement)).Items).toEqual([{ id: { S: "a" } }]);
  await expect(ann.streams.send(new DescribeStreamCommand({ StreamArn: bench.streamArn }))).rejects.toThrow(
    `dynamodb:DescribeStream on resource: ${bench.streamArn}`,
  );
  await ann.allow({ Action: "dynamodb:DescribeStream", Resource: `${arn}/stream/*` });
  await ann.streams.send(new DescribeStreamCommand({ StreamArn: bench.streamArn }));
});

test("conditions limit a user to own items and to some attributes", async () => {
  await using bench = await enforced();
  const ann = await userOf(bench.app, here);
  await ann.allow({
    Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
    Condition: {
      "ForAllValues:StringEquals": {
        "dynamodb:LeadingKeys": ["${aws:username}"],
        "dynamodb:Attributes": ["id", "note"],
      },
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  });
  await ann.dynamodb.send(get("ann"));
  await ann.dynamodb.send(query());
  await expect(ann.dynamodb.send(get("bob"))).rejects.toThrow("not authorized");
  await expect(ann.dynamodb.send(new ScanCommand({ TableName: "orders" }))).rejects.toThrow("not authorized");
  const put = (attribute: string): Promise<unknown> =>
    ann.dynamodb.send(
      new PutItemCommand({ TableName: "orders", Item: { id: { S: "ann" }, [attribute]: { S: "x" } } }),
    );
  await put("note");
  await expect(put("secret")).rejects.toThrow("not authorized");
});

test("a table's policy lets another account in, together with that account's own", async () => {
  await using bench = await enforced();
  const ann = await userOf(bench.app, there);
  const foreign = new GetItemCommand({ TableName: arn, Key: { id: { S: "a" } } });
  await ann.allow({ Action: "dynamodb:*" });
  await expect(ann.dynamodb.send(foreign)).rejects.toThrow("because no resource-based policy allows");
  await bench.dynamodb.send(
    new PutResourcePolicyCommand({
      ResourceArn: arn,
      Policy: policy({
        Effect: "Allow",
        Principal: { AWS: ann.arn },
        Action: "dynamodb:GetItem",
        Resource: arn,
      }),
    }),
  );
  await ann.dynamodb.send(foreign);
  await expect(ann.dynamodb.send(new ScanCommand({ TableName: arn }))).rejects.toThrow("dynamodb:Scan");
});
