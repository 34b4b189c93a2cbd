/** AWS::S3::Bucket, BucketPolicy and AccessPoint through stacks: every property seen through S3's own API, changed and taken away. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import * as s3 from "@aws-sdk/client-s3";
import {
  GetAccessPointPolicyCommand,
  ListTagsForResourceCommand,
  S3ControlClient,
} from "@aws-sdk/client-s3-control";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "stacked";
const AccountId = "000000000000";
const arnOf = (name: string): string => `arn:aws:s3:::${name}`;

const plain = { Type: "AWS::S3::Bucket", Properties: { BucketName: Bucket } };
const logs = { Type: "AWS::S3::Bucket", Properties: { BucketName: "stacked-logs" } };
const replica = {
  Type: "AWS::S3::Bucket",
  Properties: { BucketName: "stacked-replica", VersioningConfiguration: { Status: "Enabled" } },
};

const full = {
  BucketName: Bucket,
  AccelerateConfiguration: { AccelerationStatus: "Enabled" },
  AccessControl: "LogDeliveryWrite",
  AnalyticsConfigurations: [{ Id: "all", StorageClassAnalysis: {} }],
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } },
    ],
  },
  CorsConfiguration: {
    CorsRules: [
      { Id: "any", AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposedHeaders: ["etag"], MaxAge: 60 },
    ],
  },
  IntelligentTieringConfigurations: [
    { Id: "cold", Status: "Enabled", Tierings: [{ AccessTier: "ARCHIVE_ACCESS", Days: 90 }] },
  ],
  InventoryConfigurations: [
    {
      Id: "weekly",
      Enabled: true,
      IncludedObjectVersions: "Current",
      ScheduleFrequency: "Weekly",
      Destination: { BucketArn: arnOf("stacked-logs"), Format: "CSV", Prefix: "inventory" },
    },
  ],
  LifecycleConfiguration: {
    Rules: [{ Id: "expire", Status: "Enabled", Prefix: "tmp/", ExpirationInDays: 3 }],
  },
  LoggingConfiguration: { DestinationBucketName: "stacked-logs", LogFilePrefix: "access/" },
  MetricsConfigurations: [{ Id: "all" }],
  NotificationConfiguration: {
    QueueConfigurations: [
      {
        Event: "s3:ObjectCreated:*",
        Queue: { "Fn::GetAtt": ["Queue", "Arn"] },
        Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } },
      },
    ],
  },
  ObjectLockEnabled: true,
  ObjectLockConfiguration: {
    ObjectLockEnabled: "Enabled",
    Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
  PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
  ReplicationConfiguration: {
    Role: "arn:aws:iam::000000000000:role/replication",
    Rules: [{ Id: "copy", Status: "Enabled", Prefix: "", Destination: { Bucket: arnOf("stacked-replica") } }],
  },
  Tags: [{ Key: "team", Value: "orders" }],
  VersioningConfiguration: { Status: "Enabled" },
  WebsiteConfiguration: { IndexDocument: "index.html", ErrorDocument: "error.html" },
};

const templateOf = (Resources: object): string =>
  JSON.stringify({
    Resources,
    Outputs: {
      Website: { Value: { "Fn::GetAtt": ["Bucket", "WebsiteURL"] } },
      Arn: { Value: { "Fn::GetAtt": ["Bucket", "Arn"] } },
    },
  });

async function statusOf(app: App): Promise<string | undefined> {
  const { Stacks } = await app
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName: "storage" }));
  return Stacks?.[0]?.StackStatus;
}

async function start(Resources: object) {
  const app = await startApp({ clock: "manual" });
  const cloud = app.client(CloudFormationClient);
  await cloud.send(new CreateStackCommand({ StackName: "storage", TemplateBody: templateOf(Resources) }));
  await app.settle();
  expect(await statusOf(app)).toBe("CREATE_COMPLETE");
  const update = async (next: object): Promise<string | undefined> => {
    await cloud.send(new UpdateStackCommand({ StackName: "storage", TemplateBody: templateOf(next) }));
    await app.settle();
    return statusOf(app);
  };
  return { app, cloud, update, client: app.client(s3.S3Client) };
}

async function ask<Output>(asking: Promise<Output>): Promise<Output | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof s3.S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
}

/** What S3 tells of the bucket's configurations; undefined where it has none. */
async function described(client: s3.S3Client) {
  const input = { Bucket };
  return {
    accelerate: (await client.send(new s3.GetBucketAccelerateConfigurationCommand(input))).Status,
    analytics: (await client.send(new s3.ListBucketAnalyticsConfigurationsCommand(input)))
      .AnalyticsConfigurationList,
    cors: (await ask(client.send(new s3.GetBucketCorsCommand(input))))?.CORSRules,
    encryption: (await client.send(new s3.GetBucketEncryptionCommand(input)))
      .ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    grants: (await client.send(new s3.GetBucketAclCommand(input))).Grants?.length,
    inventory: (await client.send(new s3.ListBucketInventoryConfigurationsCommand(input)))
      .InventoryConfigurationList,
    lifecycle: (await ask(client.send(new s3.GetBucketLifecycleConfigurationCommand(input))))?.Rules,
    lock: (await ask(client.send(new s3.GetObjectLockConfigurationCommand(input))))?.ObjectLockConfiguration,
    logging: (await client.send(new s3.GetBucketLoggingCommand(input))).LoggingEnabled,
    metrics: (await client.send(new s3.ListBucketMetricsConfigurationsCommand(input)))
      .MetricsConfigurationList,
    notification: (await client.send(new s3.GetBucketNotificationConfigurationCommand(input)))
      .QueueConfigurations,
    ownership: (await ask(client.send(new s3.GetBucketOwnershipControlsCommand(input))))?.OwnershipControls,
    publicAccess: (await ask(client.send(new s3.GetPublicAccessBlockCommand(input))))
      ?.PublicAccessBlockConfiguration,
    replication: (await ask(client.send(new s3.GetBucketReplicationCommand(input))))?.ReplicationConfiguration
      ?.Rules,
    tags: (await ask(client.send(new s3.GetBucketTaggingCommand(input))))?.TagSet?.filter(
      ({ Key }) => Key?.startsWith("aws:") !== true,
    ),
    tiering: (await client.send(new s3.ListBucketIntelligentTieringConfigurationsCommand(input)))
      .IntelligentTieringConfigurationList,
    versioning: (await client.send(new s3.GetBucketVersioningCommand(input))).Status,
    website: (await ask(client.send(new s3.GetBucketWebsiteCommand(input))))?.IndexDocument,
  };
}

test("every property is there after creation, and gone when it is taken away", async () => {
  const others = {
    Logs: { ...logs, Properties: { ...logs.Properties } },
    Replica: replica,
    Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "heard" } },
  };
  const { app, cloud, client, update } = await start({
    Bucket: { Type: "AWS::S3::Bucket", DependsOn: ["Logs", "Replica"], Properties: full },
    ...others,
  });
  await using _ = app;
  expect(await described(client)).toMatchObject({
    accelerate: "Enabled",
    analytics: [{ Id: "all" }],
    cors: [{ ID: "any", AllowedMethods: ["GET"], ExposeHeaders: ["etag"], MaxAgeSeconds: 60 }],
    encryption: "aws:kms",
    grants: 3,
    inventory: [{ Id: "weekly", Schedule: { Frequency: "Weekly" } }],
    lifecycle: [{ ID: "expire", Expiration: { Days: 3 } }],
    lock: { Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } },
    logging: { TargetBucket: "stacked-logs", TargetPrefix: "access/" },
    metrics: [{ Id: "all" }],
    notification: [{ Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: "in/" }] } } }],
    ownership: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
    publicAccess: { BlockPublicAcls: true, RestrictPublicBuckets: true, BlockPublicPolicy: false },
    replication: [{ ID: "copy" }],
    tags: [{ Key: "team", Value: "orders" }],
    tiering: [{ Id: "cold" }],
    versioning: "Enabled",
    website: { Suffix: "index.html" },
  });
  const { ObjectLockEnabled, ObjectLockConfiguration, BucketName, VersioningConfiguration } = full;
  const kept = { ObjectLockEnabled, ObjectLockConfiguration, BucketName, VersioningConfiguration };
  expect(await update({ Bucket: { ...plain, Properties: kept }, ...others })).toBe("UPDATE_COMPLETE");
  expect(await described(client)).toMatchObject({
    accelerate: "Suspended",
    cors: undefined,
    encryption: "AES256",
    grants: 1,
    lifecycle: undefined,
    logging: undefined,
    ownership: undefined,
    publicAccess: undefined,
    replication: undefined,
    tags: undefined,
    versioning: "Enabled",
    website: undefined,
  });
  const left = await described(client);
  expect([left.analytics, left.inventory, left.metrics, left.tiering, left.notification]).toEqual(
    Array.from({ length: 5 }),
  );
  await cloud.send(new DeleteStackCommand({ StackName: "storage" }));
  await app.settle();
  await expect(client.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
});

test("another name is another bucket; what is not empty stays", async () => {
  const { app, client, update } = await start({ Bucket: plain });
  await using _ = app;
  expect(await update({ Bucket: { ...plain, Properties: { BucketName: "renamed" } } })).toBe(
    "UPDATE_COMPLETE",
  );
  await client.send(new s3.HeadBucketCommand({ Bucket: "renamed" }));
  await expect(client.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
});

const statement = (resource: object | string, action: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "111111111111" }, Action: action, Resource: resource }],
});

test("a bucket's policy and an access point follow their template", async () => {
  const objects = { "Fn::Sub": "${Bucket.Arn}/*" };
  const resources = (action: string, tag: string) => ({
    Bucket: plain,
    Policy: {
      Type: "AWS::S3::BucketPolicy",
      Properties: { Bucket: { Ref: "Bucket" }, PolicyDocument: statement(objects, action) },
    },
    Door: {
      Type: "AWS::S3::AccessPoint",
      Properties: {
        Name: "door",
        Bucket: { Ref: "Bucket" },
        Policy: statement(`arn:aws:s3:us-east-1:${AccountId}:accesspoint/door/object/*`, action),
        Tags: [{ Key: "for", Value: tag }],
      },
    },
  });
  const { app, client, update, cloud } = await start(resources("s3:GetObject", "reading"));
  await using _ = app;
  const control = app.client(S3ControlClient, { endpoint: app.endpoint.replace("127.0.0.1", "localhost") });
  const policies = async () => {
    const { Policy: own = "" } = await client.send(new s3.GetBucketPolicyCommand({ Bucket }));
    const { Policy: door = "" } = await control.send(
      new GetAccessPointPolicyCommand({ AccountId, Name: "door" }),
    );
    return [own, door].map(
      (text) => (JSON.parse(text) as { Statement: { Action: string }[] }).Statement[0]?.Action,
    );
  };
  const tags = async () => {
    const ResourceArn = `arn:aws:s3:us-east-1:${AccountId}:accesspoint/door`;
    return (await control.send(new ListTagsForResourceCommand({ AccountId, ResourceArn }))).Tags;
  };
  expect(await policies()).toEqual(["s3:GetObject", "s3:GetObject"]);
  expect(await tags()).toEqual([{ Key: "for", Value: "reading" }]);
  expect(await update(resources("s3:PutObject", "writing"))).toBe("UPDATE_COMPLETE");
  expect(await policies()).toEqual(["s3:PutObject", "s3:PutObject"]);
  expect(await tags()).toEqual([{ Key: "for", Value: "writing" }]);
  expect(await update({ Bucket: plain })).toBe("UPDATE_COMPLETE");
  await expect(client.send(new s3.GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: "NoSuchBucketPolicy",
  });
  await cloud.send(new DeleteStackCommand({ StackName: "storage" }));
  await app.settle();
  await expect(client.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
});
