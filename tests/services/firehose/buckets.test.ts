/** Delivery to S3: buffering by time and size, prefixes, compression, partitions, transformation, what fails. */
import { CreateBucketCommand, DeleteBucketCommand } from "@aws-sdk/client-s3";
import {
  DescribeDeliveryStreamCommand,
  PutRecordCommand,
  UpdateDestinationCommand,
} from "@aws-sdk/client-firehose";
import { CreateStreamCommand, KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { node } from "../lambda/code.ts";
import { type Bench, lake, role, startBench, textsOf } from "./bench.ts";

test("records wait for the interval, and are one object then", async () => {
  await using bench = await startBench();
  const { app } = bench;
  await bench.create({
    ExtendedS3DestinationConfiguration: {
      ...lake,
      Prefix: "in/",
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
    },
  });
  await bench.put("a\n", "b\n");
  await app.clock.advance("59s");
  expect(await bench.objects()).toEqual({});
  await bench.put("c\n");
  await app.clock.advance("1s");
  const objects = await bench.objects();
  expect(textsOf(objects)).toEqual(["a\nb\nc\n"]);
  expect(Object.keys(objects)[0]).toMatch(
    /^in\/\d{4}\/\d{2}\/\d{2}\/\d{2}\/d-1-\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-[0-9a-f-]{36}$/,
  );
  await app.clock.advance("10m");
  expect(Object.keys(await bench.objects())).toHaveLength(1);
});

test("a full buffer does not wait; objects are compressed", async () => {
  await using bench = await startBench();
  await bench.create({
    ExtendedS3DestinationConfiguration: {
      ...lake,
      CompressionFormat: "GZIP",
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 },
    },
  });
  await bench.put("x".repeat(600_000), "y".repeat(600_000));
  const objects = await bench.objects();
  const [key = ""] = Object.keys(objects);
  expect(key).toMatch(/\.gz$/);
  expect(gunzipSync(objects[key] ?? Buffer.alloc(0))).toHaveLength(1_200_000);
});

test("partitions by paths of the record, a lane each; what has no key goes to the error prefix", async () => {
  await using bench = await startBench();
  const { app } = bench;
  await bench.create({
    ExtendedS3DestinationConfiguration: {
      ...lake,
      Prefix: "customer=!{partitionKeyFromQuery:customer}/!{timestamp:yyyy}/",
      ErrorOutputPrefix: "bad/!{firehose:error-output-type}/",
      BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
      DynamicPartitioningConfiguration: { Enabled: true },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: "RecordDeAggregation",
            Parameters: [{ ParameterName: "SubRecordType", ParameterValue: "JSON" }],
          },
          {
            Type: "MetadataExtraction",
            Parameters: [
              { ParameterName: "MetadataExtractionQuery", ParameterValue: "{customer: .customer.id}" },
              { ParameterName: "JsonParsingEngine", ParameterValue: "JQ-1.6" },
            ],
          },
          {
            Type: "AppendDelimiterToRecord",
            Parameters: [{ ParameterName: "Delimiter", ParameterValue: "\\n" }],
          },
        ],
      },
    },
  });
  await bench.put(
    '{"customer":{"id":"a"},"n":1}{"customer":{"id":"b"}}',
    '{"customer":{"id":"a"},"n":2}',
    '{"n":3}',
  );
  await app.clock.advance("60s");
  const objects = await bench.objects();
  const byPrefix = Object.fromEntries(
    Object.entries(objects).map(([key, body]) => [key.replace(/\/\d{4}\/.*$/, ""), body.toString()]),
  );
  expect(byPrefix["customer=a"]).toBe('{"customer":{"id":"a"},"n":1}\n{"customer":{"id":"a"},"n":2}\n');
  expect(byPrefix["customer=b"]).toBe('{"customer":{"id":"b"}}\n');
  expect(JSON.parse(byPrefix["bad/processing-failed"] ?? "")).toMatchObject({
    errorCode: "DynamicPartitioning.MetadataExtractionFailed",
    rawData: Buffer.from('{"n":3}').toString("base64"),
  });
});

async function transformBy({ app }: Bench, handle: (event: TransformEvent) => unknown): Promise<string> {
  const { FunctionArn = "" } = await app.client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: "t",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node("exports.handler = () => null;") },
    }),
  );
  app.fn("t").mock(handle);
  return FunctionArn;
}

interface TransformEvent {
  readonly deliveryStreamArn: string;
  readonly records: readonly {
    readonly recordId: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
    readonly kinesisRecordMetadata?: { readonly shardId: string };
  }[];
}

test("a function transforms, drops and refuses records; the source is backed up", async () => {
  await using bench = await startBench();
  const { app } = bench;
  const events: TransformEvent[] = [];
  const LambdaArn = await transformBy(bench, (event) => {
    events.push(event);
    return {
      records: event.records.map(({ recordId, data }) => {
        const text = Buffer.from(data, "base64").toString();
        const result = text === "drop" ? "Dropped" : text === "bad" ? "ProcessingFailed" : "Ok";
        return { recordId, result, data: Buffer.from(`${text.toUpperCase()}\n`).toString("base64") };
      }),
    };
  });
  await bench.create({
    ExtendedS3DestinationConfiguration: {
      ...lake,
      BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 60 },
      S3BackupMode: "Enabled",
      S3BackupConfiguration: { RoleARN: role, BucketARN: "arn:aws:s3:::backup" },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          { Type: "Lambda", Parameters: [{ ParameterName: "LambdaArn", ParameterValue: LambdaArn }] },
        ],
      },
    },
  });
  await bench.put("a", "drop", "bad", "b");
  await app.clock.advance("2m");
  expect(events[0]?.records).toHaveLength(4);
  expect(events[0]).toMatchObject({ region: "us-east-1", invocationId: expect.any(String) as string });
  const objects = await bench.objects();
  const entries = Object.entries(objects).map(([key, body]) => [key, body.toString()] as const);
  expect(entries.find(([key]) => !key.startsWith("processing-failed"))?.[1]).toBe("A\nB\n");
  const failed = entries.find(([key]) => key.startsWith("processing-failed/"));
  expect(JSON.parse(failed?.[1] ?? "")).toMatchObject({
    errorCode: "Lambda.ProcessingFailedStatus",
    rawData: Buffer.from("bad").toString("base64"),
    lambdaArn: LambdaArn,
  });
  await app.clock.advance("5m");
  expect(textsOf(await bench.objects("backup"))).toEqual(["adropbadb"]);
});

test("a bucket that is not there is tried again until it is", async () => {
  await using bench = await startBench();
  const { app, s3 } = bench;
  await bench.create({
    S3DestinationConfiguration: { ...lake, BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 } },
  });
  await s3.send(new DeleteBucketCommand({ Bucket: "lake" }));
  await bench.put("a");
  await app.clock.advance("30m");
  await s3.send(new CreateBucketCommand({ Bucket: "lake" }));
  await app.clock.advance("10m");
  expect(textsOf(await bench.objects())).toEqual(["a"]);
});

test("a Kinesis stream is the source: what is put there is delivered, and nothing can be put here", async () => {
  await using bench = await startBench();
  const { app, firehose } = bench;
  const kinesis = app.client(KinesisClient);
  await kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 2 }));
  await app.settle();
  const putThere = (...texts: string[]) =>
    kinesis.send(
      new PutRecordsCommand({
        StreamName: "s",
        Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text })),
      }),
    );
  await putThere("before");
  await bench.create({
    DeliveryStreamType: "KinesisStreamAsSource",
    KinesisStreamSourceConfiguration: {
      KinesisStreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/s",
      RoleARN: role,
    },
    S3DestinationConfiguration: { ...lake, BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 60 } },
  });
  await putThere("a", "b", "c", "d");
  await app.clock.advance("1m");
  expect(
    textsOf(await bench.objects())
      .join("")
      .split("")
      .toSorted(),
  ).toEqual(["a", "b", "c", "d"]);
  await expect(
    firehose.send(new PutRecordCommand({ DeliveryStreamName: "d", Record: { Data: Buffer.from("x") } })),
  ).rejects.toThrow("This operation is not permitted on KinesisStreamAsSource delivery stream type.");
});

test("destinations are changed against their version", async () => {
  await using bench = await startBench();
  const { app, firehose } = bench;
  await bench.create({ ExtendedS3DestinationConfiguration: { ...lake, Prefix: "a/" } });
  const update = (CurrentDeliveryStreamVersionId: string) =>
    firehose.send(
      new UpdateDestinationCommand({
        DeliveryStreamName: "d",
        CurrentDeliveryStreamVersionId,
        DestinationId: "destinationId-000000000001",
        ExtendedS3DestinationUpdate: { BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 5 } },
      }),
    );
  await update("1");
  await expect(update("1")).rejects.toMatchObject({ name: "ConcurrentModificationException" });
  await bench.put("now");
  await app.settle();
  expect(Object.keys(await bench.objects())[0]).toMatch(/^a\/.*\/d-2-/);
  const { DeliveryStreamDescription } = await firehose.send(
    new DescribeDeliveryStreamCommand({ DeliveryStreamName: "d" }),
  );
  expect(DeliveryStreamDescription).toMatchObject({
    DeliveryStreamStatus: "ACTIVE",
    DeliveryStreamType: "DirectPut",
    VersionId: "2",
    DeliveryStreamEncryptionConfiguration: { Status: "DISABLED" },
    HasMoreDestinations: false,
    Destinations: [
      {
        ExtendedS3DestinationDescription: {
          Prefix: "a/",
          CompressionFormat: "UNCOMPRESSED",
          S3BackupMode: "Disabled",
          EncryptionConfiguration: { NoEncryptionConfig: "NoEncryption" },
          BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 5 },
        },
      },
    ],
  });
});
