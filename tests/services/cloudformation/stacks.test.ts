/** Stacks come, change, fail and go, in AWS's statuses and words. */
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

const thing = (properties: object = {}, more: object = {}) => ({
  Type: "AWS::Test::Thing",
  Properties: properties,
  ...more,
});

const template = (resources: object, more: object = {}): string =>
  JSON.stringify({ Resources: resources, ...more });

async function stackOf(client: CloudFormationClient, name: string) {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks?.[0];
}

const historyOf = async (client: CloudFormationClient, name: string): Promise<string[]> => {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  return StackEvents.toReversed().map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`);
};

test("a stack is created in the order of its references, and deleted in the reverse", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const { StackId } = await client.send(
    new CreateStackCommand({
      StackName: "one",
      TemplateBody: template(
        {
          B: thing({ Name: "b", Value: { "Fn::GetAtt": ["A", "Arn"] } }),
          A: thing({ Name: "a", Value: { "Fn::Sub": "${AWS::StackName}-${P}" } }),
        },
        {
          Parameters: { P: { Type: "String", Default: "x" } },
          Outputs: { Out: { Value: { Ref: "B" }, Export: { Name: "out" } } },
        },
      ),
      Tags: [{ Key: "team", Value: "t" }],
    }),
  );
  await settle();
  const stack = await stackOf(client, "one");
  expect(stack).toMatchObject({
    StackId,
    StackStatus: "CREATE_COMPLETE",
    Outputs: [{ OutputKey: "Out", OutputValue: "b", ExportName: "out" }],
    Tags: [{ Key: "team", Value: "t" }],
    Parameters: [{ ParameterKey: "P", ParameterValue: "x" }],
  });
  expect(await cloud.existing()).toEqual({
    a: { Name: "a", Value: "one-x" },
    b: { Name: "b", Value: "arn:test:a" },
  });
  expect(await historyOf(client, "one")).toEqual([
    "one CREATE_IN_PROGRESS",
    "A CREATE_IN_PROGRESS",
    "A CREATE_IN_PROGRESS",
    "A CREATE_COMPLETE",
    "B CREATE_IN_PROGRESS",
    "B CREATE_IN_PROGRESS",
    "B CREATE_COMPLETE",
    "one CREATE_COMPLETE",
  ]);
  await client.send(new DeleteStackCommand({ StackName: "one" }));
  await settle();
  await expect(stackOf(client, "one")).rejects.toThrow("Stack with id one does not exist");
  expect((await stackOf(client, StackId ?? ""))?.StackStatus).toBe("DELETE_COMPLETE");
  expect((await historyOf(client, StackId ?? "")).slice(8)).toEqual([
    "one DELETE_IN_PROGRESS",
    "B DELETE_IN_PROGRESS",
    "B DELETE_COMPLETE",
    "A DELETE_IN_PROGRESS",
    "A DELETE_COMPLETE",
    "one DELETE_COMPLETE",
  ]);
  expect(await cloud.existing()).toEqual({});
});

test("a failed creation is rolled back, and says why", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  await client.send(
    new CreateStackCommand({
      StackName: "bad",
      TemplateBody: template({ A: thing({ Name: "a" }), B: thing({ Fail: "create" }, { DependsOn: "A" }) }),
    }),
  );
  await settle();
  expect(await stackOf(client, "bad")).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "bad" }));
  const failure = StackEvents.find((event) => event.ResourceStatus === "CREATE_FAILED");
  expect(failure?.ResourceStatusReason).toMatch(
    /^Resource handler returned message: "told to fail at create" \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: InvalidRequest\)$/,
  );
  const rollback = StackEvents.find((event) => event.ResourceStatus === "ROLLBACK_IN_PROGRESS");
  expect(rollback?.ResourceStatusReason).toBe(
    "The following resource(s) failed to create: [B]. Rollback requested by user.",
  );
  expect(await cloud.existing()).toEqual({});
  await expect(
    client.send(
      new UpdateStackCommand({ StackName: "bad", TemplateBody: template({ A: thing({ Name: "b" }) }) }),
    ),
  ).rejects.toThrow(/is in ROLLBACK_COMPLETE state and can not be updated\.$/);
});

test("an update changes in place, replaces, adds and removes; the same again is no update", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const first = {
    A: thing({ Name: "a1", Value: "v" }),
    B: thing({ Name: "b", Value: { Ref: "A" } }),
    C: thing({ Name: "c" }),
  };
  const second = {
    A: thing({ Name: "a2", Value: "v" }),
    B: thing({ Name: "b", Value: { Ref: "A" } }),
    D: thing({ Name: "d" }),
  };
  await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: template(first) }));
  await settle();
  await client.send(new UpdateStackCommand({ StackName: "s", TemplateBody: template(second) }));
  await settle();
  expect((await stackOf(client, "s"))?.StackStatus).toBe("UPDATE_COMPLETE");
  expect(await cloud.existing()).toEqual({
    a2: { Name: "a2", Value: "v" },
    b: { Name: "b", Value: "a2" },
    d: { Name: "d" },
  });
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: "s" }));
  expect(StackResources.map((each) => [each.LogicalResourceId, each.ResourceStatus])).toEqual([
    ["A", "UPDATE_COMPLETE"],
    ["B", "UPDATE_COMPLETE"],
    ["D", "CREATE_COMPLETE"],
  ]);
  await expect(
    client.send(new UpdateStackCommand({ StackName: "s", TemplateBody: template(second) })),
  ).rejects.toMatchObject({ name: "ValidationError", message: "No updates are to be performed." });
});

test("a failed update goes back to what was", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const first = {
    A: thing({ Name: "a1" }),
    B: thing({ Name: "b", Value: "1" }),
    C: thing({ Name: "c", Value: "1" }),
  };
  const second = {
    A: thing({ Name: "a2" }),
    B: thing({ Name: "b", Value: "2" }, { DependsOn: ["A", "D"] }),
    C: thing({ Name: "c", Value: "2", Fail: "update" }, { DependsOn: "B" }),
    D: thing({ Name: "d" }),
  };
  await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: template(first) }));
  await settle();
  const before = await cloud.existing();
  await client.send(new UpdateStackCommand({ StackName: "s", TemplateBody: template(second) }));
  await settle();
  expect(await stackOf(client, "s")).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
  expect(await cloud.existing()).toEqual(before);
  const rolledBack = (await historyOf(client, "s")).filter((event) => event.startsWith("s "));
  expect(rolledBack.slice(2)).toEqual([
    "s UPDATE_IN_PROGRESS",
    "s UPDATE_ROLLBACK_IN_PROGRESS",
    "s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "s UPDATE_ROLLBACK_COMPLETE",
  ]);
});

test("unknown types and properties are refused before anything is made, all at once", async () => {
  await using cloud = await startFake();
  const { client } = cloud;
  const refused = client.send(
    new CreateStackCommand({
      StackName: "s",
      TemplateBody: template({
        A: thing({ Typo: 1 }),
        B: { Type: "AWS::No::Such" },
        C: { Type: "AWS::Nor::This" },
      }),
    }),
  );
  await expect(refused).rejects.toThrow(
    /Unrecognized resource types: \[AWS::No::Such, AWS::Nor::This\].*of B.*of C.*A \(AWS::Test::Thing\): Typo/s,
  );
  await expect(stackOf(client, "s")).rejects.toThrow("Stack with id s does not exist");
});
