/** A function's archive outlives the object it was uploaded as, although both are one blob; and goes with its last version. */
import { createHash } from "node:crypto";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { role, zip } from "./code.ts";

test("deleting the uploaded archive leaves the function its code", async () => {
  await using app = await startApp({ clock: "manual" });
  const s3 = app.client(S3Client);
  const lambda = app.client(LambdaClient);
  const place = { Bucket: "artifacts", Key: "code.zip" };
  // Over the size that S3 keeps in the object's row.
  const Body = zip({ "index.js": `exports.handler = async () => "alive";`, "data.bin": randomText(100_000) });
  await s3.send(new CreateBucketCommand({ Bucket: "artifacts" }));
  await s3.send(new PutObjectCommand({ ...place, Body }));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "kept",
      Role: role,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { S3Bucket: place.Bucket, S3Key: place.Key },
    }),
  );
  await s3.send(new DeleteObjectCommand(place));
  await app.clock.advance("1h");
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: "kept" }));
  expect(FunctionError).toBeUndefined();
  expect(Buffer.from(Payload ?? []).toString()).toBe('"alive"');
});

test("an archive goes when the last version that has it has gone", async () => {
  await using app = await startApp({ clock: "manual" });
  const lambda = app.client(LambdaClient);
  const ZipFile = zip({
    "index.js": `exports.handler = async () => "alive";`,
    "data.bin": randomText(100_000),
  });
  const blob = createHash("sha256").update(ZipFile).digest("hex");
  const isKept = async (): Promise<boolean> => {
    await app.clock.advance("2m");
    return app.platform.blobs.has(blob);
  };
  const FunctionName = "released";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile },
      Publish: true,
    }),
  );
  const other = zip({ "index.js": "exports.handler = async () => 2;" });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: other }));
  expect(await isKept()).toBe(true);
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, DryRun: true }));
  await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: "1" }));
  expect(await isKept()).toBe(false);
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  expect(await isKept()).toBe(true);
  await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  expect(await isKept()).toBe(false);
});

/** Text that an archive cannot make small. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join("");
}
