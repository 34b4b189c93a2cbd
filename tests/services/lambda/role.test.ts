/** With IAM enforced a function is its role: it may do what the role may, and signs with a session of it. */
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { node } from "./code.ts";

const code = `
const { SSMClient, GetParameterCommand, PutParameterCommand } = require("@aws-sdk/client-ssm");
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
exports.handler = async () => {
  const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  const ssm = new SSMClient({ maxAttempts: 1 });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/greeting" }));
  const refusal = await ssm.send(new PutParameterCommand({ Name: "/x", Value: "1", Type: "String" })).then(() => "none", (error) => error.message);
  return { Arn, value: Parameter.Value, refusal };
};`;

const allowing = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

test("a function may do what its role may", async () => {
  await using app = await startApp({ iam: "enforce", auth: true, clock: "system" });
  const iam = app.client(IAMClient);
  await iam.send(
    new CreateRoleCommand({
      RoleName: "reader",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "get", PolicyDocument: allowing("ssm:Get*") }),
  );
  await app
    .client(SSMClient)
    .send(new PutParameterCommand({ Name: "/greeting", Value: "hi", Type: "String" }));
  await app.client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: "greet",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 30,
      Role: "arn:aws:iam::000000000000:role/reader",
      Code: { ZipFile: node(code) },
    }),
  );
  const { Payload } = await app.client(LambdaClient).send(new InvokeCommand({ FunctionName: "greet" }));
  expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual({
    Arn: "arn:aws:sts::000000000000:assumed-role/reader/greet",
    value: "hi",
    refusal:
      "User: arn:aws:sts::000000000000:assumed-role/reader/greet is not authorized to perform: ssm:PutParameter on resource: * because no identity-based policy allows the ssm:PutParameter action",
  });
});
