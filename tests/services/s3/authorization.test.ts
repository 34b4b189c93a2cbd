/** Who may use a bucket: its policy with S3's condition keys, its ACLs, and, with IAM enforced, the caller's own policies. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";

const Bucket = "guarded";
const there = { accessKeyId: "111111111111", secretAccessKey: "test" };
const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };

const policyOf = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

async function start(options: { readonly iam?: "enforce" } = {}) {
  const app = await startApp({ clock: "manual", ...options });
  const owner = app.client(S3Client);
  await owner.send(new CreateBucketCommand({ Bucket }));
  await owner.send(new PutObjectCommand({ Bucket, Key: "a/b", Body: "hello" }));
  return { app, owner };
}

async function userOf(app: App, account: string, ...statements: object[]): Promise<S3Client> {
  const iam = app.client(IAMClient, { credentials: { accessKeyId: account, secretAccessKey: "test" } });
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName: "ann",
      PolicyName: "p",
      PolicyDocument: policyOf(...statements.map((each) => ({ Effect: "Allow", ...each }))),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId as string,
    secretAccessKey: AccessKey?.SecretAccessKey as string,
  };
  return app.client(S3Client, { credentials });
}

const get = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
const list = (s3: S3Client, Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket, Prefix }));

test("a policy lets another account in where its conditions hold", async () => {
  const { app, owner } = await start();
  await using _ = app;
  const stranger = app.client(S3Client, { credentials: there });
  await expect(get(stranger)).rejects.toMatchObject(denied);
  const statement = { Effect: "Allow", Principal: { AWS: "111111111111" } };
  const here = { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } };
  const elsewhere = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
  const put = (condition: object) =>
    owner.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: policyOf(
          {
            ...statement,
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${Bucket}/a/*`,
            Condition: condition,
          },
          {
            ...statement,
            Action: "s3:ListBucket",
            Resource: `arn:aws:s3:::${Bucket}`,
            Condition: { StringLike: { "s3:prefix": "a/*" }, ...condition },
          },
        ),
      }),
    );
  await put(here);
  expect(await (await get(stranger)).Body?.transformToString()).toBe("hello");
  expect((await list(stranger, "a/")).KeyCount).toBe(1);
  await expect(list(stranger, "")).rejects.toMatchObject(denied);
  await put(elsewhere);
  await expect(get(stranger)).rejects.toMatchObject(denied);
});

test("an ACL lets in whom it names", async () => {
  const { app, owner } = await start();
  await using _ = app;
  const stranger = app.client(S3Client, { credentials: there });
  await owner.send(
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
    }),
  );
  await owner.send(new PutObjectAclCommand({ Bucket, Key: "a/b", ACL: "authenticated-read" }));
  expect((await get(stranger)).ContentLength).toBe(5);
  await expect(list(stranger, "")).rejects.toMatchObject(denied);
});

test("with IAM enforced a user needs a policy of its own or the bucket's", async () => {
  const { app, owner } = await start({ iam: "enforce" });
  await using _ = app;
  const ann = await userOf(app, "000000000000", {
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/a/*`,
  });
  expect((await get(ann)).ContentLength).toBe(5);
  await expect(list(ann, "")).rejects.toMatchObject({
    ...denied,
    message: `User: arn:aws:iam::000000000000:user/ann is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:ListBucket action`,
  });
  await expect(ann.send(new ListBucketsCommand({}))).rejects.toMatchObject(denied);
  await owner.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: policyOf(
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::000000000000:user/ann" },
          Action: "s3:ListBucket",
          Resource: `arn:aws:s3:::${Bucket}`,
        },
        { Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` },
      ),
    }),
  );
  expect((await list(ann, "")).KeyCount).toBe(1);
  await expect(get(ann)).rejects.toMatchObject(denied);
});

test("with IAM enforced both accounts must agree", async () => {
  const { app, owner } = await start({ iam: "enforce" });
  await using _ = app;
  const ann = await userOf(app, "111111111111", {
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  });
  await expect(get(ann)).rejects.toMatchObject(denied);
  const Policy = policyOf({
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111111111111:root" },
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  });
  await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect((await get(ann)).ContentLength).toBe(5);
  await expect(list(ann, "")).rejects.toMatchObject(denied);
});
