/** Templates of AWS's Serverless Application Model, deployed by CloudFormation's API and gone without a trace. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const template = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Memory: { Type: Number, Default: 256 }
Globals:
  Function:
    Runtime: nodejs22.x
    Handler: index.handler
    MemorySize: !Ref Memory
    AutoPublishAlias: live
    DeploymentPreference: { Type: Canary10Percent5Minutes, Hooks: { PreTraffic: !Ref Check } }
Resources:
  Check:
    Type: AWS::Serverless::Function
    Properties:
      DeploymentPreference: { Enabled: false }
      InlineCode: exports.handler = async () => "checked";
  Hello:
    Type: AWS::Serverless::Function
    Connectors:
      ToTable: { Properties: { Destination: { Id: Table }, Permissions: [Read, Write] } }
    Properties:
      InlineCode: exports.handler = async () => "hello";
      Events:
        Http: { Type: HttpApi, Properties: { Path: /hello, Method: get } }
        Queue: { Type: SQS, Properties: { Queue: !GetAtt Queue.Arn } }
  Queue: { Type: AWS::SQS::Queue }
  Table: { Type: AWS::Serverless::SimpleTable }
Outputs:
  Function: { Value: !Ref Hello }
  Alias: { Value: !Ref Hello.Alias }
`;

test("functions with gradual deployments, events and connectors", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const client = app.client(CloudFormationClient);
  await client.send(
    new CreateStackCommand({
      StackName: "shop",
      TemplateBody: template,
      Capabilities: ["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM"],
    }),
  );
  await app.settle();
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "shop" }));
  expect(StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("_FAILED"))).toEqual([]);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: "shop" }));
  expect(Stacks[0]?.StackStatus).toBe("CREATE_COMPLETE");
  const outputs = new Map(Stacks[0]?.Outputs?.map((output) => [output.OutputKey, output.OutputValue]));

  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: "shop" }));
  const types = StackResources.map(({ ResourceType }) => ResourceType);
  expect(types).toContain("AWS::CodeDeploy::DeploymentGroup");
  expect(types).toContain("AWS::IAM::ManagedPolicy");
  const lambda = app.client(LambdaClient);
  const FunctionName = outputs.get("Function") ?? "";
  const { MemorySize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  expect(MemorySize).toBe(256);
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: outputs.get("Alias") ?? "" }));
  expect(Buffer.from(Payload ?? []).toString()).toBe('"hello"');

  await client.send(new DeleteStackCommand({ StackName: "shop" }));
  await app.settle();
  const deleted = await client.send(new DescribeStacksCommand({ StackName: Stacks[0]?.StackId ?? "" }));
  expect(deleted.Stacks?.[0]?.StackStatus).toBe("DELETE_COMPLETE");
});
