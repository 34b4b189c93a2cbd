/** S3 Control: the account's public access block, access points used as buckets are, tags by ARN. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DeletePublicAccessBlockCommand,
  GetAccessPointCommand,
  GetAccessPointPolicyCommand,
  GetAccessPointPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListAccessPointsCommand,
  ListTagsForResourceCommand,
  PutAccessPointPolicyCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-s3-control";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const AccountId = "000000000000";
const Bucket = "behind";
const there = { accessKeyId: "111111111111", secretAccessKey: "test" };
const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
const policyOf = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

async function start() {
  const app = await startApp({ clock: "manual" });
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  // The client puts the account before the host's name.
  const endpoint = app.endpoint.replace("127.0.0.1", "localhost");
  return { app, s3, control: app.client(S3ControlClient, { endpoint }) };
}

test("the account's block keeps every bucket from the public", async () => {
  const { app, s3, control } = await start();
  await using _ = app;
  await expect(control.send(new GetPublicAccessBlockCommand({ AccountId }))).rejects.toMatchObject({
    name: "NoSuchPublicAccessBlockConfiguration",
  });
  const Policy = policyOf({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  });
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await control.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration }));
  expect(await control.send(new GetPublicAccessBlockCommand({ AccountId }))).toMatchObject({
    PublicAccessBlockConfiguration,
  });
  await expect(s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))).rejects.toMatchObject(denied);
  await control.send(new DeletePublicAccessBlockCommand({ AccountId }));
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
});

test("an access point is a door with a policy of its own", async () => {
  const { app, s3, control } = await start();
  await using _ = app;
  const made = await control.send(new CreateAccessPointCommand({ AccountId, Name: "door", Bucket }));
  const arn = `arn:aws:s3:us-east-1:${AccountId}:accesspoint/door`;
  expect(made).toMatchObject({ AccessPointArn: arn, Alias: expect.stringMatching(/^door-.*-s3alias$/) });
  expect(await control.send(new GetAccessPointCommand({ AccountId, Name: "door" }))).toMatchObject({
    Name: "door",
    Bucket,
    BucketAccountId: AccountId,
    NetworkOrigin: "Internet",
    PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
  });
  expect(
    (await control.send(new ListAccessPointsCommand({ AccountId, Bucket }))).AccessPointList,
  ).toHaveLength(1);
  await s3.send(new PutObjectCommand({ Bucket: made.Alias, Key: "a", Body: "through the alias" }));

  const stranger = app.client(S3Client, { credentials: there });
  const get = () => stranger.send(new GetObjectCommand({ Bucket: made.Alias, Key: "a" }));
  const delegated = { StringEquals: { "s3:DataAccessPointAccount": AccountId } };
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: policyOf({
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
        Condition: delegated,
      }),
    }),
  );
  await expect(get()).rejects.toMatchObject(denied);
  const Policy = policyOf({
    Effect: "Allow",
    Principal: { AWS: "111111111111" },
    Action: "s3:GetObject",
    Resource: `${arn}/object/*`,
  });
  await control.send(new PutAccessPointPolicyCommand({ AccountId, Name: "door", Policy }));
  expect(await control.send(new GetAccessPointPolicyCommand({ AccountId, Name: "door" }))).toMatchObject({
    Policy,
  });
  expect(
    await control.send(new GetAccessPointPolicyStatusCommand({ AccountId, Name: "door" })),
  ).toMatchObject({ PolicyStatus: { IsPublic: false } });
  expect(await (await get()).Body?.transformToString()).toBe("through the alias");
  await expect(stranger.send(new ListObjectsV2Command({ Bucket: made.Alias }))).rejects.toMatchObject(denied);
  // Not by the front door: the bucket's policy only lets in who comes through an access point.
  await expect(stranger.send(new GetObjectCommand({ Bucket, Key: "a" }))).rejects.toMatchObject(denied);

  await control.send(new DeleteAccessPointCommand({ AccountId, Name: "door" }));
  await expect(control.send(new GetAccessPointCommand({ AccountId, Name: "door" }))).rejects.toMatchObject({
    name: "NoSuchAccessPoint",
  });
});

test("a bucket has tags by its ARN", async () => {
  const { app, control } = await start();
  await using _ = app;
  const ResourceArn = `arn:aws:s3:::${Bucket}`;
  const tags = async () =>
    (await control.send(new ListTagsForResourceCommand({ AccountId, ResourceArn }))).Tags;
  await control.send(
    new TagResourceCommand({
      AccountId,
      ResourceArn,
      Tags: [
        { Key: "team", Value: "orders" },
        { Key: "x", Value: "" },
      ],
    }),
  );
  await control.send(new UntagResourceCommand({ AccountId, ResourceArn, TagKeys: ["x"] }));
  expect(await tags()).toEqual([{ Key: "team", Value: "orders" }]);
});
