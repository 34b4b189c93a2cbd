/** Rotation: the function is led through its four steps, at once and when the schedule says so. */
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { startApp } from "awan/testing";
import { zipSync } from "fflate";
import { expect, test } from "vitest";

const code = `
const call = async (operation, input) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "secretsmanager." + operation,
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=x",
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};
exports.handler = async ({ Step, SecretId, ClientRequestToken }) => {
  if (Step === "createSecret") {
    const { SecretString } = await call("GetSecretValue", { SecretId });
    await call("PutSecretValue", { SecretId, ClientRequestToken, SecretString: SecretString + "+", VersionStages: ["AWSPENDING"] });
  }
  if (Step === "finishSecret") {
    const { VersionIdsToStages } = await call("DescribeSecret", { SecretId });
    const [current] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes("AWSCURRENT"));
    await call("UpdateSecretVersionStage", { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current });
  }
};
`;

test("a secret is rotated now and every so many days", async () => {
  await using app = await startApp();
  const [secrets, lambda] = [app.client(SecretsManagerClient), app.client(LambdaClient)];
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "rotate",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: "arn:aws:iam::000000000000:role/r",
      Timeout: 30,
      Code: { ZipFile: zipSync({ "index.js": Buffer.from(code) }) },
    }),
  );
  const SecretId = "db";
  await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "x" }));
  const rotate = new RotateSecretCommand({
    SecretId,
    RotationLambdaARN: "arn:aws:lambda:us-east-1:000000000000:function:rotate",
    RotationRules: { AutomaticallyAfterDays: 10 },
  });
  await expect(secrets.send(rotate)).rejects.toMatchObject({ name: "AccessDeniedException" });
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: "rotate",
      StatementId: "s",
      Action: "lambda:InvokeFunction",
      Principal: "secretsmanager.amazonaws.com",
    }),
  );
  await secrets.send(rotate);
  await app.settle();
  const value = async () => (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  expect(await value()).toBe("x+");
  expect(await secrets.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({
    RotationEnabled: true,
    LastRotatedDate: new Date(app.clock.nowMs()),
    NextRotationDate: new Date(app.clock.nowMs() + 10 * 86_400_000),
  });
  await app.clock.advance("10d");
  expect(await value()).toBe("x++");
});
