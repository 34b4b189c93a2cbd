/** A function's archive outlives the object it was uploaded as, although both are one blob. */
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
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

/** Text that an archive cannot make small. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join("");
}
