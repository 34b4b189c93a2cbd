/** A SAM application on a stream: hot path by a function, cold path by Firehose, both whatever goes wrong. */
import { FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type App, explore, startApp } from "awan/testing";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Clicks:
    Type: AWS::Kinesis::Stream
    Properties: { Name: clicks, ShardCount: 2 }
  Count:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: exports.handler = async () => null;
      Events:
        Clicks:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Clicks.Arn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            FunctionResponseTypes: [ReportBatchItemFailures]
  Lake:
    Type: AWS::S3::Bucket
    Properties: { BucketName: lake }
  Archive:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration:
        KinesisStreamARN: !GetAtt Clicks.Arn
        RoleARN: arn:aws:iam::000000000000:role/r
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Lake.Arn
        RoleARN: arn:aws:iam::000000000000:role/r
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 }
`;

interface Event {
  readonly Records: readonly { readonly kinesis: { readonly data: string; readonly partitionKey: string } }[];
}

async function linesOf(app: App): Promise<string[]> {
  const s3 = app.client(S3Client);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "lake" }));
  const lines: string[] = [];
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "lake", Key }));
    lines.push(...((await Body?.transformToString()) ?? "").trim().split("\n"));
  }
  return lines;
}

test("both paths get every click, in the order of each user, whatever AWS allows to go wrong", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kinesis-"));
  const file = join(directory, "template.yaml");
  await writeFile(file, template);
  const base = await startApp({ template: file, clock: "manual" });
  try {
    await explore(
      base,
      async (app) => {
        const seen = new Map<string, number[]>();
        app.fn("Count").mock((event: Event) => {
          for (const { kinesis } of event.Records) {
            const numbers = seen.get(kinesis.partitionKey) ?? [];
            const number = Number(Buffer.from(kinesis.data, "base64").toString());
            // Delivered again after a failure: known by its number.
            if (!numbers.includes(number)) numbers.push(number);
            seen.set(kinesis.partitionKey, numbers);
          }
        });
        const Records = Array.from({ length: 40 }, (_, at) => ({
          Data: Buffer.from(`${at}\n`),
          PartitionKey: `user-${at % 4}`,
        }));
        await app.client(KinesisClient).send(new PutRecordsCommand({ StreamName: "clicks", Records }));
        await app.clock.advance("10m");
        for (let user = 0; user < 4; user += 1) {
          expect(seen.get(`user-${user}`)).toEqual(Array.from({ length: 10 }, (_, at) => at * 4 + user));
        }
        // A put whose answer was lost is put again: the archive has at least one of each.
        const numbers = new Set((await linesOf(app)).map(Number));
        expect(numbers).toEqual(new Set(Records.keys()));
      },
      { seeds: 10, faults: "at-least-once" },
    );
    const { DeliveryStreamNames } = await base
      .client(FirehoseClient)
      .send(new ListDeliveryStreamsCommand({}));
    expect(DeliveryStreamNames).toHaveLength(1);
  } finally {
    await base.close();
    await rm(directory, { recursive: true });
  }
});
