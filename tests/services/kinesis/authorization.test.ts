/** Streams under IAM: actions on a stream's ARN, iterators that name their stream, policies that let other accounts in. */
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const streamArn = (name: string): string => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

const policy = (Action: string[], Resource: string, Principal?: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource, ...(Principal === undefined ? {} : { Principal }) }],
  });

async function start(): Promise<App> {
  const app = await startApp({ iam: "enforce", clock: "manual" });
  const root = app.client(KinesisClient);
  for (const StreamName of ["own", "other"]) {
    await root.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  }
  await app.settle();
  return app;
}

async function userOf(app: App, PolicyDocument: string): Promise<KinesisClient> {
  const iam = app.client(IAMClient);
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  return app.client(KinesisClient, { credentials });
}

const put = (StreamName: string): PutRecordCommand =>
  new PutRecordCommand({ StreamName, PartitionKey: "k", Data: Buffer.from("x") });

const iteratorOf = (client: KinesisClient, StreamName: string) =>
  client.send(
    new GetShardIteratorCommand({ StreamName, ShardId: "shardId-0", ShardIteratorType: "TRIM_HORIZON" }),
  );

test("a user does to a stream what their policy names, and reads by iterators of it only", async () => {
  await using app = await start();
  const actions = ["kinesis:PutRecord", "kinesis:GetShardIterator", "kinesis:GetRecords"];
  const ann = await userOf(app, policy(actions, streamArn("own")));
  await ann.send(put("own"));
  await expect(ann.send(put("other"))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::000000000000:user/ann is not authorized to perform: kinesis:PutRecord on resource: ${streamArn("other")} because no identity-based policy allows the kinesis:PutRecord action`,
  });
  const { ShardIterator } = await iteratorOf(ann, "own");
  expect((await ann.send(new GetRecordsCommand({ ShardIterator }))).Records).toHaveLength(1);
  const foreign = await iteratorOf(app.client(KinesisClient), "other");
  await expect(
    ann.send(new GetRecordsCommand({ ShardIterator: foreign.ShardIterator })),
  ).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("another account does what the stream's policy lets it", async () => {
  await using app = await start();
  const credentials = { accessKeyId: "111122223333", secretAccessKey: "x" };
  const stranger = app.client(KinesisClient, { credentials });
  const describeOwn = new DescribeStreamSummaryCommand({ StreamARN: streamArn("own") });
  await expect(stranger.send(describeOwn)).rejects.toMatchObject({ name: "AccessDeniedException" });
  await app.client(KinesisClient).send(
    new PutResourcePolicyCommand({
      ResourceARN: streamArn("own"),
      Policy: policy(["kinesis:DescribeStreamSummary"], streamArn("own"), {
        AWS: "arn:aws:iam::111122223333:root",
      }),
    }),
  );
  const { StreamDescriptionSummary } = await stranger.send(describeOwn);
  expect(StreamDescriptionSummary?.StreamName).toBe("own");
});
