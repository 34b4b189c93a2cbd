/** The seam between SDK clients, front door and host. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

test("an SDK client reaches the cloud in this process, in its account and region", async () => {
  await using app = await startApp();
  const sts = app.client(STSClient, { credentials: { accessKeyId: "123456789012", secretAccessKey: "x" } });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "123456789012",
    Arn: "arn:aws:iam::123456789012:root",
  });
});

test("what Awan has not is answered 501 with its name", async () => {
  await using app = await startApp();
  const answer = await app.fetch(`${app.endpoint}/`, {
    method: "POST",
    headers: {
      "x-amz-target": "AmazonAthena.StartQueryExecution",
      "content-type": "application/x-amz-json-1.1",
    },
    body: "{}",
  });
  expect(answer.status).toBe(501);
  expect(await answer.text()).toContain("athena:StartQueryExecution");
});
