/** A deployment goes on after the process died: at every commit of a creation and an update, nested stack included. */
import {
  CloudFormationServiceException,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { MemoryEngine } from "../../../packages/awan/src/store/engines/memory.ts";
import { CrashEngine } from "../../simulation/crash-engine.ts";
import { startFake } from "./fake-cloud.ts";

const thing = (Name: string, more: object = {}) => ({
  Type: "AWS::Test::Thing",
  Properties: { Name, ...more },
});

const child = (value: string): string =>
  JSON.stringify({ Resources: { Inner: thing("inner", { Value: value }) } });

const before = JSON.stringify({
  Resources: {
    A: thing("a", { Value: "1" }),
    B: thing("b", { List: [{ Ref: "A" }] }),
    Nested: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateBody: child("1") }, DependsOn: "B" },
    Gone: thing("gone"),
  },
});
const after = JSON.stringify({
  Resources: {
    A: thing("a", { Value: "2" }),
    B: thing("b2", { List: [{ Ref: "A" }] }),
    Nested: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateBody: child("2") }, DependsOn: "B" },
    New: thing("new"),
  },
});

type Fake = Awaited<ReturnType<typeof startFake>>;

const statusOf = async ({ client }: Fake): Promise<string | undefined> => {
  const answer = await client.send(new DescribeStacksCommand({})).catch(() => undefined);
  return answer?.Stacks?.find(({ StackName }) => StackName === "s")?.StackStatus;
};

/** Asks again for what was not acknowledged before the crash. */
async function reach(fake: Fake, template: string, done: string): Promise<void> {
  const status = await statusOf(fake);
  if (status === done) return;
  const input = { StackName: "s", TemplateBody: template };
  const command = status === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input);
  try {
    await (fake.client.send as (command: unknown) => Promise<unknown>)(command);
  } catch (error) {
    if (!(error instanceof CloudFormationServiceException)) throw error;
  }
  await fake.settle();
}

test("a deployment goes on wherever it stopped", { timeout: 120_000 }, async () => {
  const whole = new CrashEngine(new MemoryEngine({ freeze: true }), 0);
  await using calm = await startFake(whole);
  await reach(calm, before, "CREATE_COMPLETE");
  await reach(calm, after, "UPDATE_COMPLETE");
  const expected = await calm.existing();
  expect(Object.keys(expected).toSorted()).toEqual(["a", "b2", "inner", "new"]);

  for (let crashAt = 1; crashAt <= whole.commits; crashAt += 1) {
    const engine = new CrashEngine(new MemoryEngine({ freeze: true }), crashAt);
    await using first = await startFake(engine);
    await reach(first, before, "CREATE_COMPLETE");
    if (!engine.hasCrashed) await reach(first, after, "UPDATE_COMPLETE");
    if (engine.crashed === undefined) continue;
    await using second = await startFake(engine.crashed);
    await second.settle();
    if ((await statusOf(second)) === undefined) await reach(second, before, "CREATE_COMPLETE");
    await reach(second, after, "UPDATE_COMPLETE");
    expect([crashAt, await statusOf(second)]).toEqual([crashAt, "UPDATE_COMPLETE"]);
    expect(await second.existing()).toEqual(expected);
  }
});
