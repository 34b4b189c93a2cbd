/** Change sets as deployment tools use them: made, read, executed; and what they say when nothing changes. */
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

const template = (value: string, name = "a"): string =>
  `Resources:\n  A:\n    Type: AWS::Test::Thing\n    Properties: { Name: ${name}, Value: !Sub "${value}-\${AWS::Region}" }\n`;

test("a change set creates a stack, updates it, and says when there is nothing to do", async () => {
  await using cloud = await startFake();
  const { client, settle } = cloud;
  const made = await client.send(
    new CreateChangeSetCommand({
      StackName: "s",
      ChangeSetName: "first",
      ChangeSetType: "CREATE",
      TemplateBody: template("1"),
    }),
  );
  const described = await client.send(
    new DescribeChangeSetCommand({ StackName: "s", ChangeSetName: "first", IncludePropertyValues: true }),
  );
  expect(described).toMatchObject({
    ChangeSetId: made.Id,
    Status: "CREATE_COMPLETE",
    ExecutionStatus: "AVAILABLE",
    Changes: [{ Type: "Resource", ResourceChange: { Action: "Add", LogicalResourceId: "A" } }],
  });
  const before = await client.send(new DescribeStacksCommand({ StackName: "s" }));
  expect(before.Stacks?.[0]?.StackStatus).toBe("REVIEW_IN_PROGRESS");
  await client.send(new ExecuteChangeSetCommand({ ChangeSetName: made.Id }));
  await settle();
  const after = await client.send(new DescribeStacksCommand({ StackName: "s" }));
  expect(after.Stacks?.[0]).toMatchObject({ StackStatus: "CREATE_COMPLETE", ChangeSetId: made.Id });

  await client.send(
    new CreateChangeSetCommand({ StackName: "s", ChangeSetName: "same", TemplateBody: template("1") }),
  );
  const same = await client.send(new DescribeChangeSetCommand({ StackName: "s", ChangeSetName: "same" }));
  expect(same).toMatchObject({
    Status: "FAILED",
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await client.send(new DeleteChangeSetCommand({ StackName: "s", ChangeSetName: "same" }));

  await client.send(
    new CreateChangeSetCommand({ StackName: "s", ChangeSetName: "next", TemplateBody: template("2", "b") }),
  );
  const next = await client.send(new DescribeChangeSetCommand({ StackName: "s", ChangeSetName: "next" }));
  expect(next.Changes?.[0]?.ResourceChange).toMatchObject({
    Action: "Modify",
    Replacement: "True",
    PhysicalResourceId: "a",
    Scope: ["Properties"],
  });
  await client.send(new ExecuteChangeSetCommand({ StackName: "s", ChangeSetName: "next" }));
  await settle();
  expect(await cloud.existing()).toEqual({ b: { Name: "b", Value: "2-us-east-1" } });
  const { StackResourceSummaries = [] } = await client.send(
    new ListStackResourcesCommand({ StackName: "s" }),
  );
  expect(StackResourceSummaries.map((each) => each.PhysicalResourceId)).toEqual(["b"]);
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: "s" }));
  expect(TemplateBody).toBe(template("2", "b"));
});

test("refusals have AWS's words", async () => {
  await using cloud = await startFake();
  const { client } = cloud;
  await expect(
    client.send(
      new CreateChangeSetCommand({ StackName: "no", ChangeSetName: "c", TemplateBody: template("1") }),
    ),
  ).rejects.toMatchObject({ name: "ValidationError", message: "Stack [no] does not exist" });
  await expect(client.send(new DescribeChangeSetCommand({ ChangeSetName: "c" }))).rejects.toThrow(
    "StackName must be specified if ChangeSetName is not specified as an ARN.",
  );
  const bodies: readonly (readonly [body: string, message: string])[] = [
    ["{}", "Template format error: At least one Resources member must be defined."],
    ["[]", "Template format error: unsupported structure."],
    [
      '{"Resources": {"A": {}}}',
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    ],
    [
      '{"Resources": {"A": {"Type": "AWS::Test::Thing", "Properties": {"Value": {"Ref": "B"}}}}}',
      "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
    ],
    [
      '{"Resources": {"A": {"Type": "AWS::Test::Thing", "Propertys": {}}}}',
      "Invalid template resource property 'Propertys'",
    ],
  ];
  for (const [TemplateBody, message] of bodies) {
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toMatchObject({
      name: "ValidationError",
      message,
    });
  }
});
