/** What a stack operation waits for, on the clock: signals, wait conditions, timeouts, cancellation. */
import {
  CancelUpdateStackCommand,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  SignalResourceCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

type Fake = Awaited<ReturnType<typeof startFake>>;
const minute = 60_000;

const signalled = (count: number, timeout = "PT10M"): string =>
  JSON.stringify({
    Resources: {
      Thing: {
        Type: "AWS::Test::Thing",
        Properties: { Name: "thing" },
        CreationPolicy: { ResourceSignal: { Count: count, Timeout: timeout } },
      },
    },
  });

const waiting = (timeoutS: number): string =>
  JSON.stringify({
    Resources: {
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Wait: {
        Type: "AWS::CloudFormation::WaitCondition",
        Properties: { Handle: { Ref: "Handle" }, Count: 1, Timeout: String(timeoutS) },
      },
    },
    Outputs: { Data: { Value: { "Fn::GetAtt": ["Wait", "Data"] } } },
  });

const statusOf = async ({ client }: Fake, StackName = "s"): Promise<string | undefined> =>
  (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;

const reasons = async ({ client }: Fake, StackName = "s"): Promise<(string | undefined)[]> =>
  ((await client.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []).map(
    ({ ResourceStatusReason }) => ResourceStatusReason,
  );

const signal = (fake: Fake, UniqueId: string, Status: "SUCCESS" | "FAILURE" = "SUCCESS") =>
  fake.client.send(
    new SignalResourceCommand({ StackName: "s", LogicalResourceId: "Thing", UniqueId, Status }),
  );

test("a creation policy waits for its signals", async () => {
  await using fake = await startFake();
  await fake.client.send(new CreateStackCommand({ StackName: "s", TemplateBody: signalled(2) }));
  await fake.settle();
  expect(await statusOf(fake)).toBe("CREATE_IN_PROGRESS");
  await signal(fake, "one");
  await signal(fake, "one");
  await fake.settle();
  expect(await statusOf(fake)).toBe("CREATE_IN_PROGRESS");
  await signal(fake, "two");
  await fake.settle();
  expect(await statusOf(fake)).toBe("CREATE_COMPLETE");
  expect(await reasons(fake)).toContain("Received SUCCESS signal with UniqueId two");
  await expect(signal(fake, "three")).rejects.toMatchObject({ name: "ValidationError" });
});

test("a creation policy fails by a signal and by time", async () => {
  await using fake = await startFake();
  const create = (TemplateBody: string) =>
    fake.client.send(new CreateStackCommand({ StackName: "s", TemplateBody, OnFailure: "DELETE" }));
  const { StackId } = await create(signalled(1));
  await fake.settle();
  await signal(fake, "one", "FAILURE");
  await fake.settle();
  expect(await statusOf(fake, StackId)).toBe("DELETE_COMPLETE");

  const late = await create(signalled(3, "PT5M"));
  await fake.settle();
  await signal(fake, "one");
  await fake.advance(4 * minute);
  expect(await statusOf(fake)).toBe("CREATE_IN_PROGRESS");
  await fake.advance(minute);
  expect(await statusOf(fake, late.StackId)).toBe("DELETE_COMPLETE");
  expect(await reasons(fake, late.StackId)).toContain(
    "Failed to receive 2 resource signal(s) within the specified duration",
  );
  expect(await fake.existing()).toEqual({});
});

test("a wait condition ends by time, or by what its handle is told", async () => {
  await using fake = await startFake();
  await fake.client.send(new CreateStackCommand({ StackName: "s", TemplateBody: waiting(600) }));
  await fake.advance(9 * minute);
  expect(await statusOf(fake)).toBe("CREATE_IN_PROGRESS");
  const { StackResourceDetail } = await fake.client.send(
    new DescribeStackResourceCommand({ StackName: "s", LogicalResourceId: "Handle" }),
  );
  const path = new URL(StackResourceDetail?.PhysicalResourceId ?? "", "http://x").pathname;
  await fake.put(path, { Status: "SUCCESS", UniqueId: "a", Data: "ready", Reason: "ok" });
  await fake.settle();
  expect(await statusOf(fake)).toBe("CREATE_COMPLETE");
  const { Stacks } = await fake.client.send(new DescribeStacksCommand({ StackName: "s" }));
  expect(Stacks?.[0]?.Outputs?.[0]?.OutputValue).toBe('{"a":"ready"}');

  await fake.client.send(new CreateStackCommand({ StackName: "t", TemplateBody: waiting(600) }));
  await fake.advance(11 * minute);
  expect(await statusOf(fake, "t")).toBe("ROLLBACK_COMPLETE");
});

test("a creation that takes longer than it may is rolled back", async () => {
  await using fake = await startFake();
  await fake.client.send(
    new CreateStackCommand({ StackName: "s", TemplateBody: waiting(36_000), TimeoutInMinutes: 5 }),
  );
  await fake.advance(4 * minute);
  expect(await statusOf(fake)).toBe("CREATE_IN_PROGRESS");
  await fake.advance(minute);
  expect(await statusOf(fake)).toBe("ROLLBACK_COMPLETE");
  expect(await reasons(fake)).toContain(
    "Stack creation time exceeded the specified timeout. Rollback requested by user.",
  );
});

test("a cancelled update stops waiting and goes back", async () => {
  await using fake = await startFake();
  const thing = { Type: "AWS::Test::Thing", Properties: { Name: "a", Value: "1" } };
  const template = (Value: string, more: object): string =>
    JSON.stringify({ Resources: { A: { ...thing, Properties: { Name: "a", Value } }, ...more } });
  await fake.client.send(new CreateStackCommand({ StackName: "s", TemplateBody: template("1", {}) }));
  await fake.settle();
  const more = JSON.parse(waiting(36_000)) as { Resources: object };
  await fake.client.send(
    new UpdateStackCommand({ StackName: "s", TemplateBody: template("2", more.Resources) }),
  );
  await fake.settle();
  expect(await fake.existing()).toMatchObject({ a: { Value: "2" } });
  await fake.client.send(new CancelUpdateStackCommand({ StackName: "s" }));
  await fake.settle();
  expect(await statusOf(fake)).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await fake.existing()).toMatchObject({ a: { Value: "1" } });
});
