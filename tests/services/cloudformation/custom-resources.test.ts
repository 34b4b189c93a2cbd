/** A custom resource backed by a function of the same stack: created, changed and deleted through its answers. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const code = `
exports.handler = async (event) => {
  const failing = event.ResourceProperties.Fail === "true";
  const body = JSON.stringify({
    Status: failing ? "FAILED" : "SUCCESS",
    Reason: "because",
    PhysicalResourceId: "own-" + event.ResourceProperties.Name,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: { Told: event.RequestType + " " + event.ResourceProperties.Number },
  });
  await fetch(event.ResponseURL, { method: "PUT", body });
};
`;

const template = (properties: object): string =>
  JSON.stringify({
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
            ],
          },
        },
      },
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Code: { ZipFile: code },
        },
      },
      Own: {
        Type: "Custom::Own",
        Properties: { ServiceToken: { "Fn::GetAtt": ["Function", "Arn"] }, ...properties },
      },
    },
    Outputs: { Id: { Value: { Ref: "Own" } }, Told: { Value: { "Fn::GetAtt": ["Own", "Told"] } } },
  });

test("a custom resource is what its function answers", async () => {
  await using app = await startApp();
  const client = app.client(CloudFormationClient);
  const Capabilities = ["CAPABILITY_IAM" as const];
  const status = async () => {
    await app.settle();
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "c" }));
    return Stacks?.[0];
  };
  await client.send(
    new CreateStackCommand({
      StackName: "c",
      TemplateBody: template({ Name: "a", Number: 1 }),
      Capabilities,
    }),
  );
  expect(await status()).toMatchObject({
    StackStatus: "CREATE_COMPLETE",
    Outputs: [
      { OutputKey: "Id", OutputValue: "own-a" },
      { OutputKey: "Told", OutputValue: "Create 1" },
    ],
  });
  await client.send(
    new UpdateStackCommand({
      StackName: "c",
      TemplateBody: template({ Name: "a", Number: 2, Fail: true }),
      Capabilities,
    }),
  );
  // The function fails whatever it is told with Fail; taking the update back succeeds again.
  expect(await status()).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "c" }));
  expect(StackEvents.find((event) => event.ResourceStatus === "UPDATE_FAILED")?.ResourceStatusReason).toMatch(
    /^Received response status \[FAILED\] from custom resource. Message returned: because \(RequestId: /,
  );
  await client.send(new DeleteStackCommand({ StackName: "c" }));
  await app.settle();
  await expect(client.send(new DescribeStacksCommand({ StackName: "c" }))).rejects.toThrow("does not exist");
});
