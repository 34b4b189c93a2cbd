/** Buckets and delivery streams to work with, and what has arrived. */
import {
  CreateDeliveryStreamCommand,
  type CreateDeliveryStreamCommandInput,
  FirehoseClient,
  PutRecordBatchCommand,
} from "@aws-sdk/client-firehose";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";

type App = Awaited<ReturnType<typeof startApp>>;

export const role = "arn:aws:iam::000000000000:role/r";

export interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly firehose: FirehoseClient;
  readonly s3: S3Client;
  create(input: Partial<CreateDeliveryStreamCommandInput>): Promise<void>;
  put(...texts: string[]): Promise<void>;
  /** Every object of the bucket by key. */
  objects(Bucket?: string): Promise<Record<string, Buffer>>;
}

export async function startBench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const firehose = app.client(FirehoseClient);
  const s3 = app.client(S3Client);
  for (const Bucket of ["lake", "backup"]) await s3.send(new CreateBucketCommand({ Bucket }));
  return {
    app,
    firehose,
    s3,
    create: async (input) => {
      await firehose.send(new CreateDeliveryStreamCommand({ DeliveryStreamName: "d", ...input }));
      await app.settle();
    },
    put: async (...texts) => {
      const Records = texts.map((text) => ({ Data: Buffer.from(text) }));
      await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: "d", Records }));
      await app.settle();
    },
    objects: async (Bucket = "lake") => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      const found: Record<string, Buffer> = {};
      for (const { Key = "" } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        found[Key] = Buffer.from((await Body?.transformToByteArray()) ?? []);
      }
      return found;
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

export const lake = { RoleARN: role, BucketARN: "arn:aws:s3:::lake" };
export const textsOf = (objects: Record<string, Buffer>): string[] =>
  Object.values(objects).map((body) => body.toString());
