/** Change sets of nested stacks, and imports. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

const thing = (Name: string, Value: string, more: object = {}) => ({
  Type: "AWS::Test::Thing",
  Properties: { Name, Value },
  ...more,
});
const parent = (inner: string): string =>
  JSON.stringify({
    Resources: {
      Outer: thing("outer", "same"),
      Nested: {
        Type: "AWS::CloudFormation::Stack",
        Properties: { TemplateBody: JSON.stringify({ Resources: { Inner: thing("inner", inner) } }) },
      },
    },
  });

const templateOf = (Resources: object): string => JSON.stringify({ Resources });

const changeSet = (TemplateBody: string, ChangeSetType: "CREATE" | "UPDATE" | "IMPORT", more: object = {}) =>
  new CreateChangeSetCommand({ StackName: "s", ChangeSetName: "c", TemplateBody, ChangeSetType, ...more });

test("a change set tells what becomes of nested stacks, and carries it out", async () => {
  await using fake = await startFake();
  const { client } = fake;
  await client.send(changeSet(parent("1"), "CREATE", { IncludeNestedStacks: true }));
  const describe = async (input: { ChangeSetName: string; StackName?: string }) =>
    client.send(new DescribeChangeSetCommand(input));
  const first = await describe({ StackName: "s", ChangeSetName: "c" });
  const nested = first.Changes?.find(({ ResourceChange }) => ResourceChange?.LogicalResourceId === "Nested");
  const child = await describe({ ChangeSetName: nested?.ResourceChange?.ChangeSetId ?? "" });
  expect(child).toMatchObject({
    ParentChangeSetId: first.ChangeSetId,
    RootChangeSetId: first.ChangeSetId,
    Changes: [{ ResourceChange: { Action: "Add", LogicalResourceId: "Inner" } }],
  });
  await expect(
    client.send(new ExecuteChangeSetCommand({ ChangeSetName: child.ChangeSetId })),
  ).rejects.toMatchObject({ name: "ValidationError" });
  await client.send(new ExecuteChangeSetCommand({ StackName: "s", ChangeSetName: "c" }));
  await fake.settle();
  expect(await fake.existing()).toMatchObject({ inner: { Value: "1" }, outer: {} });
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: "s" }));
  const physical = StackResources?.find(({ LogicalResourceId }) => LogicalResourceId === "Nested");
  expect(physical?.PhysicalResourceId).toBe(child.StackId);

  await client.send(changeSet(parent("2"), "UPDATE", { IncludeNestedStacks: true }));
  const second = await describe({ StackName: "s", ChangeSetName: "c" });
  const changed = await describe({ ChangeSetName: second.Changes?.[0]?.ResourceChange?.ChangeSetId ?? "" });
  expect(changed.Changes).toMatchObject([
    { ResourceChange: { Action: "Modify", LogicalResourceId: "Inner" } },
  ]);
  await client.send(new ExecuteChangeSetCommand({ StackName: "s", ChangeSetName: "c" }));
  await fake.settle();
  expect(await fake.existing()).toMatchObject({ inner: { Value: "2" } });
});

test("a change set that is deleted takes those below it with it", async () => {
  await using fake = await startFake();
  await fake.client.send(changeSet(parent("1"), "CREATE", { IncludeNestedStacks: true }));
  await fake.client.send(new DeleteChangeSetCommand({ StackName: "s", ChangeSetName: "c" }));
  const { StackSummaries } = await fake.client.send(
    new ListStacksCommand({ StackStatusFilter: ["REVIEW_IN_PROGRESS"] }),
  );
  expect(StackSummaries?.map(({ StackName }) => StackName)).toEqual(["s"]);
});

test("an import takes over what exists, and nothing else", async () => {
  await using fake = await startFake();
  const { client } = fake;
  const stays = { DeletionPolicy: "Retain" };
  const one = thing("one", "1", stays);
  await client.send(new CreateStackCommand({ StackName: "old", TemplateBody: templateOf({ One: one }) }));
  await client.send(
    new CreateStackCommand({ StackName: "s", TemplateBody: templateOf({ Two: thing("two", "2") }) }),
  );
  await fake.settle();
  const ResourcesToImport = [
    { LogicalResourceId: "One", ResourceType: "AWS::Test::Thing", ResourceIdentifier: { Name: "one" } },
  ];
  const both = { Two: thing("two", "2"), One: one };
  const refused = (Resources: object) =>
    expect(client.send(changeSet(templateOf(Resources), "IMPORT", { ResourcesToImport }))).rejects;
  await refused({ ...both, One: thing("one", "1") }).toMatchObject({
    message: "Resources [One] is missing DeletionPolicy attribute in ChangeSet.",
  });
  await refused({ ...both, Three: thing("three", "3") }).toMatchObject({ name: "ValidationError" });
  await client.send(changeSet(templateOf(both), "IMPORT", { ResourcesToImport }));
  await client.send(new ExecuteChangeSetCommand({ StackName: "s", ChangeSetName: "c" }));
  await fake.settle();
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "s" }));
  expect(Stacks?.[0]?.StackStatus).toBe("IMPORT_COMPLETE");
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: "s" }));
  expect(StackResources).toMatchObject([
    { LogicalResourceId: "One", PhysicalResourceId: "one", ResourceStatus: "IMPORT_COMPLETE" },
    { LogicalResourceId: "Two" },
  ]);
});
