/** Stack policies: which updates of which resources they let through. */
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

const template = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(values).map(([id, Value]) => [
        id,
        { Type: "AWS::Test::Thing", Properties: { Name: id, Value } },
      ]),
    ),
  });

const allow = { Effect: "Allow", Action: "Update:*", Principal: "*", Resource: "*" };
const policy = (...Statement: object[]): string => JSON.stringify({ Statement });

async function started() {
  const fake = await startFake();
  await fake.client.send(
    new CreateStackCommand({ StackName: "s", TemplateBody: template({ A: "1", B: "1" }) }),
  );
  await fake.settle();
  return {
    fake,
    update: async (values: Readonly<Record<string, string>>, more: object = {}) => {
      await fake.client.send(
        new UpdateStackCommand({ StackName: "s", TemplateBody: template(values), ...more }),
      );
      await fake.settle();
      const { Stacks } = await fake.client.send(new DescribeStacksCommand({ StackName: "s" }));
      return Stacks?.[0]?.StackStatus;
    },
    set: (StackPolicyBody: string) =>
      fake.client.send(new SetStackPolicyCommand({ StackName: "s", StackPolicyBody })),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

test("a denied modification fails the resource and takes the update back", async () => {
  await using s = await started();
  await s.set(policy(allow, { ...allow, Effect: "Deny", Resource: "LogicalResourceId/A" }));
  expect(await s.update({ A: "1", B: "2" })).toBe("UPDATE_COMPLETE");
  expect(await s.update({ A: "2", B: "3" })).toBe("UPDATE_ROLLBACK_COMPLETE");
  const { StackEvents } = await s.fake.client.send(new DescribeStackEventsCommand({ StackName: "s" }));
  const failed = StackEvents?.find(({ ResourceStatus }) => ResourceStatus === "UPDATE_FAILED");
  expect(failed?.ResourceStatusReason).toBe(
    "Action denied by stack policy: Statement [#2] does not allow [Update:*] for resource [LogicalResourceId/A]",
  );
  expect(await s.fake.existing()).toMatchObject({ A: { Value: "1" }, B: { Value: "2" } });
});

test("removals and types are matched too; what nothing allows is denied", async () => {
  await using s = await started();
  await s.set(policy(allow, { ...allow, Effect: "Deny", Action: "Update:Delete" }));
  expect(await s.update({ A: "2", B: "2" })).toBe("UPDATE_COMPLETE");
  expect(await s.update({ A: "2" })).toBe("UPDATE_ROLLBACK_COMPLETE");
  const Condition = { StringLike: { ResourceType: ["AWS::Test::*"] } };
  await s.set(policy(allow, { ...allow, Effect: "Deny", Condition }));
  expect(await s.update({ A: "3", B: "2" })).toBe("UPDATE_ROLLBACK_COMPLETE");
  await s.set(policy({ ...allow, Resource: "LogicalResourceId/B" }));
  expect(await s.update({ A: "3", B: "2" })).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await s.update({ A: "2", B: "3" })).toBe("UPDATE_COMPLETE");
});

test("a policy for the time of an update stands in for the stack's", async () => {
  await using s = await started();
  const denied = policy({ ...allow, Effect: "Deny" });
  await s.set(denied);
  expect(await s.update({ A: "2", B: "1" })).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await s.update({ A: "2", B: "1" }, { StackPolicyDuringUpdateBody: policy(allow) })).toBe(
    "UPDATE_COMPLETE",
  );
  const { StackPolicyBody } = await s.fake.client.send(new GetStackPolicyCommand({ StackName: "s" }));
  expect(StackPolicyBody).toBe(denied);
  await expect(s.set("{}")).resolves.toBeDefined();
  await expect(s.set('{"Effect":"Deny"}')).rejects.toMatchObject({
    message: "Error validating stack policy: Invalid stack policy",
  });
});
