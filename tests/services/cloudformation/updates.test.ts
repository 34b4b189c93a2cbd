/**
 * Properties of updates: the second of two random templates ends in what a fresh deployment of it would be; and when a
 * resource fails, everything is as the first left it.
 */
import {
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { array, assert, asyncProperty, integer, record } from "fast-check";
import { expect, test } from "vitest";
import { startFake } from "./fake-cloud.ts";

interface Resource {
  readonly name: number;
  readonly value: number;
  /** Refers to an earlier resource, when there is one. */
  readonly needs: number;
}

const resources = array(
  record({
    name: integer({ min: 0, max: 2 }),
    value: integer({ min: 0, max: 2 }),
    needs: integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Resource i is called Ri; names are its own, so that no two collide. */
function templateOf(list: readonly Resource[], more: object = {}): string {
  const entries = list.map(({ name, value, needs }, i) => [
    `R${i}`,
    {
      Type: "AWS::Test::Thing",
      Properties: {
        Name: `r${i}-${name}`,
        Value: String(value),
        ...(needs < i ? { List: [{ Ref: `R${needs}` }, { "Fn::GetAtt": [`R${needs}`, "Value"] }] } : {}),
      },
    },
  ]);
  return JSON.stringify({ Resources: { ...Object.fromEntries(entries), ...more } });
}

const withDependsOnAll = (list: readonly Resource[]): object => ({
  Bad: {
    Type: "AWS::Test::Thing",
    Properties: { Name: "bad", Fail: "create" },
    DependsOn: list.map((_, i) => `R${i}`),
  },
});

test("an update ends where a fresh deployment of the same template does", { timeout: 60_000 }, async () => {
  await assert(
    asyncProperty(resources, resources, async (first, second) => {
      await using cloud = await startFake();
      await using fresh = await startFake();
      const { client, settle } = cloud;
      await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: templateOf(first) }));
      await settle();
      try {
        await client.send(new UpdateStackCommand({ StackName: "s", TemplateBody: templateOf(second) }));
      } catch (error) {
        expect((error as Error).message).toBe("No updates are to be performed.");
      }
      await settle();
      await fresh.client.send(new CreateStackCommand({ StackName: "s", TemplateBody: templateOf(second) }));
      await fresh.settle();
      expect(await cloud.existing()).toEqual(await fresh.existing());
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("a failure anywhere in an update takes everything back", { timeout: 60_000 }, async () => {
  await assert(
    asyncProperty(resources, resources, async (first, second) => {
      await using cloud = await startFake();
      const { client, settle } = cloud;
      await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: templateOf(first) }));
      await settle();
      const before = await cloud.existing();
      await client.send(
        new UpdateStackCommand({
          StackName: "s",
          TemplateBody: templateOf(second, withDependsOnAll(second)),
        }),
      );
      await settle();
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "s" }));
      expect(Stacks?.[0]?.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
      expect(await cloud.existing()).toEqual(before);
    }),
    { numRuns: 200, seed: 2 },
  );
});

/** Resource i of the template told to fail, whether it is made, replaced or changed. */
function failingAt(template: string, i: number): string {
  const parsed = JSON.parse(template) as { Resources: Record<string, { Properties: object }> };
  const resource = parsed.Resources[`R${i}`];
  if (resource !== undefined) resource.Properties = { ...resource.Properties, Fail: "create,update" };
  return JSON.stringify(parsed);
}

test("a failure of any resource rolls an update back to the first version", { timeout: 60_000 }, async () => {
  await assert(
    asyncProperty(resources, resources, integer({ min: 0, max: 5 }), async (first, second, place) => {
      await using cloud = await startFake();
      const { client, settle } = cloud;
      await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: templateOf(first) }));
      await settle();
      const before = await cloud.existing();
      const TemplateBody = failingAt(templateOf(second), place % second.length);
      await client.send(new UpdateStackCommand({ StackName: "s", TemplateBody }));
      await settle();
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "s" }));
      expect(Stacks?.[0]?.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
      expect(await cloud.existing()).toEqual(before);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("a failure of any resource takes a creation back whole", { timeout: 60_000 }, async () => {
  await assert(
    asyncProperty(resources, integer({ min: 0, max: 5 }), async (list, place) => {
      await using cloud = await startFake();
      const { client, settle } = cloud;
      const TemplateBody = failingAt(templateOf(list), place % list.length);
      await client.send(new CreateStackCommand({ StackName: "s", TemplateBody }));
      await settle();
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "s" }));
      expect(Stacks?.[0]?.StackStatus).toBe("ROLLBACK_COMPLETE");
      expect(await cloud.existing()).toEqual({});
    }),
    { numRuns: 100, seed: 4 },
  );
});

test("fifty resources deploy quickly", async () => {
  await using cloud = await startFake();
  const list = Array.from({ length: 50 }, (_, i) => ({ name: 0, value: 1, needs: Math.floor(i / 2) }));
  const startedAt = performance.now();
  await cloud.client.send(new CreateStackCommand({ StackName: "s", TemplateBody: templateOf(list) }));
  await cloud.settle();
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeLessThan(300);
  expect(Object.keys(await cloud.existing())).toHaveLength(50);
});
