/** AWS::DynamoDB::GlobalTable: what the template says of the table, and of each replica in its own region. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DescribeContinuousBackupsCommand,
  DescribeContributorInsightsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const key = (AttributeName: string): object => ({ AttributeName, KeyType: "HASH" });
const attribute = (AttributeName: string): object => ({ AttributeName, AttributeType: "S" });
const scaling = (MinCapacity: number): object => ({
  MinCapacity,
  MaxCapacity: 100,
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
});

const replica = (Region: string, round: number, readUnits: number): object => ({
  Region,
  TableClass: round === 0 ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS",
  DeletionProtectionEnabled: round === 0,
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: round === 0 },
  ContributorInsightsSpecification: { Enabled: round === 0 },
  ReadProvisionedThroughputSettings: { ReadCapacityUnits: readUnits + round },
  ResourcePolicy: {
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: `dynamodb:Get${round}`, Resource: "*" }],
    },
  },
  Tags: [{ Key: "round", Value: `${Region} ${round}` }],
});

const index = (IndexName: string, round: number): object => ({
  IndexName,
  KeySchema: [key(IndexName)],
  Projection: { ProjectionType: "ALL" },
  WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaling(4 + round) },
});

const template = (round: number): string =>
  JSON.stringify({
    Resources: {
      World: {
        Type: "AWS::DynamoDB::GlobalTable",
        Properties: {
          TableName: "world",
          AttributeDefinitions: ["id", "color", ...(round === 0 ? [] : ["size"])].map(attribute),
          KeySchema: [key("id")],
          BillingMode: "PROVISIONED",
          WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaling(7 + round) },
          GlobalSecondaryIndexes: [index("color", round), ...(round === 0 ? [] : [index("size", round)])],
          SSESpecification: { SSEEnabled: round === 0, SSEType: "KMS" },
          StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
          TimeToLiveSpecification: { AttributeName: "until", Enabled: true },
          Replicas: [replica("us-east-1", round, 3), replica("eu-west-1", round, 8)],
        },
      },
    },
  });

async function seen(app: App, region: string): Promise<unknown> {
  const dynamodb = app.client(DynamoDBClient, { region });
  const TableName = "world";
  const { Table: t } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const ResourceArn = t?.TableArn;
  const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
  const insights = await dynamodb.send(new DescribeContributorInsightsCommand({ TableName }));
  const policy = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }));
  const { Tags = [] } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }));
  const ttl = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
  return {
    read: t?.ProvisionedThroughput?.ReadCapacityUnits,
    write: t?.ProvisionedThroughput?.WriteCapacityUnits,
    indexes: t?.GlobalSecondaryIndexes?.map(({ IndexName, ProvisionedThroughput: rate }) => [
      IndexName,
      rate?.WriteCapacityUnits,
    ]),
    replicas: t?.Replicas?.map(({ RegionName }) => RegionName),
    tableClass: t?.TableClassSummary?.TableClass ?? "STANDARD",
    protected: t?.DeletionProtectionEnabled,
    recovery: backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    insights: insights.ContributorInsightsStatus,
    policy: /dynamodb:Get\d/.exec(policy.Policy ?? "")?.[0],
    round: Tags.find(({ Key }) => Key === "round")?.Value,
    ttl: ttl.TimeToLiveDescription?.AttributeName,
  };
}

const expected = (region: string, other: string, round: number, readUnits: number): object => ({
  read: readUnits + round,
  write: 7 + round,
  indexes: [["color", 4 + round], ...(round === 0 ? [] : [["size", 4 + round]])],
  replicas: [other],
  tableClass: round === 0 ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS",
  protected: round === 0,
  recovery: round === 0 ? "ENABLED" : "DISABLED",
  insights: round === 0 ? "ENABLED" : "DISABLED",
  policy: `dynamodb:Get${round}`,
  round: `${region} ${round}`,
  ttl: "until",
});

test("settings of the table reach every region, those of a replica its own; both can be changed", async () => {
  await using app = await startApp();
  const cloudformation = app.client(CloudFormationClient);
  const StackName = "global";
  for (const round of [0, 1]) {
    const request = { StackName, TemplateBody: template(round) };
    await (round === 0
      ? cloudformation.send(new CreateStackCommand(request))
      : cloudformation.send(new UpdateStackCommand(request)));
    await app.settle();
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.StackStatus).toBe(round === 0 ? "CREATE_COMPLETE" : "UPDATE_COMPLETE");
    expect(await seen(app, "us-east-1")).toEqual(expected("us-east-1", "eu-west-1", round, 3));
    expect(await seen(app, "eu-west-1")).toEqual(expected("eu-west-1", "us-east-1", round, 8));
  }
});
