/** Tables to and from S3. */
import { gunzipSync } from "node:zlib";
import {
  DescribeExportCommand,
  DescribeImportCommand,
  ExportTableToPointInTimeCommand,
  ImportTableCommand,
  ListExportsCommand,
  PutItemCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startBench } from "./bench.ts";

const parameters = {
  TableName: "copy",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  BillingMode: "PAY_PER_REQUEST" as const,
};

test("an export is of one moment, and can be imported", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: "exports" }));
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: "plain",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  const item = {
    id: { S: "a" },
    bytes: { B: Buffer.from("hi") },
    deep: { M: { list: { L: [{ N: "1" }] } } },
  };
  await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: item }));
  const then = new Date(app.clock.nowMs());
  await app.clock.advance("5s");
  await dynamodb.send(new PutItemCommand({ TableName: "plain", Item: { id: { S: "later" } } }));
  const TableArn = "arn:aws:dynamodb:us-east-1:000000000000:table/plain";
  const { ExportDescription: started } = await dynamodb.send(
    new ExportTableToPointInTimeCommand({
      TableArn,
      S3Bucket: "exports",
      S3Prefix: "daily",
      ExportTime: then,
    }),
  );
  expect(started?.ExportStatus).toBe("IN_PROGRESS");
  await app.settle();
  const { ExportDescription: done } = await dynamodb.send(
    new DescribeExportCommand({ ExportArn: started?.ExportArn }),
  );
  expect(done).toMatchObject({ ExportStatus: "COMPLETED", ItemCount: 1 });
  expect((await dynamodb.send(new ListExportsCommand({ TableArn }))).ExportSummaries).toHaveLength(1);
  const read = async (Key: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "exports", Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const summary = JSON.parse((await read(done?.ExportManifest ?? "")).toString()) as {
    manifestFilesS3Key: string;
  };
  const files = JSON.parse((await read(summary.manifestFilesS3Key)).toString()) as { dataFileS3Key: string };
  expect(gunzipSync(await read(files.dataFileS3Key)).toString()).toContain('"bytes":{"B":"aGk="}');

  const { ImportTableDescription: importing } = await dynamodb.send(
    new ImportTableCommand({
      S3BucketSource: { S3Bucket: "exports", S3KeyPrefix: files.dataFileS3Key },
      InputFormat: "DYNAMODB_JSON",
      InputCompressionType: "GZIP",
      TableCreationParameters: parameters,
    }),
  );
  await app.settle();
  const { ImportTableDescription: imported } = await dynamodb.send(
    new DescribeImportCommand({ ImportArn: importing?.ImportArn }),
  );
  expect(imported).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 1, ErrorCount: 0 });
  const { Items } = await dynamodb.send(new ScanCommand({ TableName: "copy" }));
  expect(Items).toEqual([{ ...item, bytes: { B: new Uint8Array([104, 105]) } }]);
});

test("CSV is imported line by line, and lines without a key are counted as errors", async () => {
  await using bench = await startBench();
  const { app, dynamodb } = bench;
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: "files" }));
  await s3.send(
    new PutObjectCommand({ Bucket: "files", Key: "cats.csv", Body: "id,name\n1,Tom\n,Nobody\n2,Kit\n" }),
  );
  const { ImportTableDescription } = await dynamodb.send(
    new ImportTableCommand({
      S3BucketSource: { S3Bucket: "files" },
      InputFormat: "CSV",
      TableCreationParameters: {
        ...parameters,
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
      },
    }),
  );
  await app.settle();
  const { ImportTableDescription: done } = await dynamodb.send(
    new DescribeImportCommand({ ImportArn: ImportTableDescription?.ImportArn }),
  );
  expect(done).toMatchObject({
    ImportStatus: "COMPLETED",
    ProcessedItemCount: 3,
    ImportedItemCount: 2,
    ErrorCount: 1,
  });
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: "copy" }));
  expect(Items).toContainEqual({ id: { N: "2" }, name: { S: "Kit" } });
});
