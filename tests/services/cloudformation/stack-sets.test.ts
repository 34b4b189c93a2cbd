/** Stack sets over accounts and regions of one Awan. */
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStacksCommand,
  UpdateStackSetCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake, things } from "./fake-cloud.ts";

const template = (value: string, fail = "none"): string =>
  JSON.stringify({
    Parameters: { Tier: { Type: "String", Default: "basic" } },
    Resources: {
      Thing: {
        Type: "AWS::Test::Thing",
        Properties: {
          Name: { "Fn::Sub": "thing-${AWS::AccountId}-${AWS::Region}" },
          Value: { "Fn::Sub": `${value} \${Tier}` },
          Fail: fail,
        },
      },
    },
  });

const places = { Accounts: ["111111111111", "222222222222"], Regions: ["us-east-1", "eu-west-1"] };

async function started() {
  const fake = await startFake();
  const client: CloudFormationClient = fake.client;
  const StackSetName = "set";
  return {
    fake,
    client,
    StackSetName,
    values: async (accountId: string, region: string): Promise<unknown[]> =>
      fake.platform.run({ name: "cloudformation.test", accountId, region }, (call) =>
        [...things.scan(call.tx, [])].map(({ value }) => value["Value"]),
      ),
    statusOf: async (OperationId: string | undefined): Promise<string | undefined> => {
      await fake.settle();
      const { StackSetOperation } = await client.send(
        new DescribeStackSetOperationCommand({ StackSetName, OperationId }),
      );
      return StackSetOperation?.Status;
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

test("a set is deployed, changed and removed everywhere", async () => {
  await using s = await started();
  const { client, StackSetName } = s;
  await client.send(new CreateStackSetCommand({ StackSetName, TemplateBody: template("1") }));
  const created = await client.send(new CreateStackInstancesCommand({ StackSetName, ...places }));
  expect(await s.statusOf(created.OperationId)).toBe("SUCCEEDED");
  expect(await s.values("222222222222", "eu-west-1")).toEqual(["1 basic"]);
  const { Summaries } = await client.send(new ListStackInstancesCommand({ StackSetName }));
  expect(Summaries).toHaveLength(4);
  expect(Summaries?.every(({ Status }) => Status === "CURRENT")).toBe(true);

  const updated = await client.send(
    new UpdateStackSetCommand({
      StackSetName,
      TemplateBody: template("2"),
      Parameters: [{ ParameterKey: "Tier", ParameterValue: "gold" }],
    }),
  );
  expect(await s.statusOf(updated.OperationId)).toBe("SUCCEEDED");
  expect(await s.values("111111111111", "us-east-1")).toEqual(["2 gold"]);

  await expect(client.send(new DeleteStackSetCommand({ StackSetName }))).rejects.toMatchObject({
    name: "StackSetNotEmptyException",
  });
  const removed = await client.send(
    new DeleteStackInstancesCommand({ StackSetName, ...places, RetainStacks: false }),
  );
  expect(await s.statusOf(removed.OperationId)).toBe("SUCCEEDED");
  expect(await s.values("111111111111", "us-east-1")).toEqual([]);
  await client.send(new DeleteStackSetCommand({ StackSetName }));
  expect((await client.send(new ListStacksCommand({}))).StackSummaries).toEqual([]);
});

test("one failure is enough to stop, unless more are tolerated", async () => {
  await using s = await started();
  const { client, StackSetName } = s;
  await client.send(new CreateStackSetCommand({ StackSetName, TemplateBody: template("1", "create") }));
  const { OperationId } = await client.send(new CreateStackInstancesCommand({ StackSetName, ...places }));
  expect(await s.statusOf(OperationId)).toBe("FAILED");
  const results = await client.send(new ListStackSetOperationResultsCommand({ StackSetName, OperationId }));
  expect(results.Summaries?.map(({ Status }) => Status)).toEqual([
    "FAILED",
    "CANCELLED",
    "CANCELLED",
    "CANCELLED",
  ]);
  const { Summaries } = await client.send(new ListStackInstancesCommand({ StackSetName }));
  expect(Summaries?.every(({ Status }) => Status === "OUTDATED")).toBe(true);
});
