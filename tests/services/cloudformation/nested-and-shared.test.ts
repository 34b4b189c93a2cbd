/** Stacks beside and inside each other: nested stacks, exports and imports, and what CDK expects to find. */
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { seedCdkBootstrap } from "../../../packages/awan/src/deploy/cdk-bootstrap.ts";
import { startFake } from "./fake-cloud.ts";

const thing = (properties: object): object => ({ Type: "AWS::Test::Thing", Properties: properties });

async function statusOf(client: CloudFormationClient, name: string): Promise<string | undefined> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks?.[0]?.StackStatus;
}

test("a nested stack is made, gives its outputs, and goes with its parent", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const child = JSON.stringify({
    Parameters: { P: { Type: "String" } },
    Resources: { A: thing({ Name: { Ref: "P" } }) },
    Outputs: { Arn: { Value: { "Fn::GetAtt": ["A", "Arn"] } } },
  });
  const TemplateBody = JSON.stringify({
    Resources: {
      Child: {
        Type: "AWS::CloudFormation::Stack",
        Properties: { TemplateBody: child, Parameters: { P: "inner" } },
      },
      B: thing({ Name: "outer", Value: { "Fn::GetAtt": ["Child", "Outputs.Arn"] } }),
    },
  });
  await client.send(new CreateStackCommand({ StackName: "parent", TemplateBody }));
  await settle();
  expect(await statusOf(client, "parent")).toBe("CREATE_COMPLETE");
  expect(await cloud.existing()).toEqual({
    inner: { Name: "inner" },
    outer: { Name: "outer", Value: "arn:test:inner" },
  });
  await client.send(new DeleteStackCommand({ StackName: "parent" }));
  await settle();
  expect(await cloud.existing()).toEqual({});
});

test("an export that is imported can be neither deleted nor doubled", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const exporting = JSON.stringify({
    Resources: { A: thing({ Name: "a" }) },
    Outputs: { Out: { Value: { Ref: "A" }, Export: { Name: "shared" } } },
  });
  const importing = JSON.stringify({
    Resources: { B: thing({ Name: "b", Value: { "Fn::ImportValue": "shared" } }) },
  });
  await client.send(new CreateStackCommand({ StackName: "exporter", TemplateBody: exporting }));
  await settle();
  await client.send(new CreateStackCommand({ StackName: "importer", TemplateBody: importing }));
  await settle();
  expect(await cloud.existing()).toMatchObject({ b: { Value: "a" } });
  const { Exports } = await client.send(new ListExportsCommand({}));
  expect(Exports).toMatchObject([{ Name: "shared", Value: "a" }]);
  const { Imports } = await client.send(new ListImportsCommand({ ExportName: "shared" }));
  expect(Imports).toEqual(["importer"]);
  await client.send(new DeleteStackCommand({ StackName: "exporter" }));
  await settle();
  expect(await statusOf(client, "exporter")).toBe("DELETE_FAILED");
  await client.send(new DeleteStackCommand({ StackName: "importer" }));
  await settle();
  await client.send(
    new UpdateTerminationProtectionCommand({ StackName: "exporter", EnableTerminationProtection: true }),
  );
  await expect(client.send(new DeleteStackCommand({ StackName: "exporter" }))).rejects.toThrow(
    "Stack [exporter] cannot be deleted while TerminationProtection is enabled",
  );
  await client.send(
    new UpdateTerminationProtectionCommand({ StackName: "exporter", EnableTerminationProtection: false }),
  );
  await client.send(new DeleteStackCommand({ StackName: "exporter" }));
  await settle();
  expect(await cloud.existing()).toEqual({});
});

test("what cdk bootstrap would leave behind can be seeded, twice", async () => {
  await using app = await startApp();
  await app.platform.registry.load("s3");
  await app.platform.registry.load("ssm");
  for (let i = 0; i < 2; i += 1) await app.platform.run({ name: "cloudformation.seed" }, seedCdkBootstrap);
  const { Parameter } = await app
    .client(SSMClient)
    .send(new GetParameterCommand({ Name: "/cdk-bootstrap/hnb659fds/version" }));
  expect(Number(Parameter?.Value)).toBeGreaterThanOrEqual(6);
  await app
    .client(S3Client)
    .send(new HeadBucketCommand({ Bucket: "cdk-hnb659fds-assets-000000000000-us-east-1" }));
});
