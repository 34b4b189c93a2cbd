/**
 * A cloud with CloudFormation and one invented type, so that the engine's tests need no other service.
 * `AWS::Test::Thing` keeps its properties in a row; `Fail` makes it fail where asked.
 */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { createCloudFormation } from "../../../packages/awan/src/deploy/index.ts";
import { FrontDoor } from "../../../packages/awan/src/wire/front-door.ts";
import { requestHandlerFor } from "../../../packages/awan/src/wire/in-process.ts";
import { Journal } from "../../../packages/awan/src/host/journal.ts";
import { Platform } from "../../../packages/awan/src/host/platform.ts";
import type { ResourceProvider } from "../../../packages/awan/src/host/resource.ts";
import { ManualClock } from "../../../packages/awan/src/kernel/clock.ts";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { createMemoryBlobs } from "../../../packages/awan/src/store/blobs-memory.ts";
import { MemoryEngine } from "../../../packages/awan/src/store/engines/memory.ts";
import type { Engine } from "../../../packages/awan/src/store/engine.ts";
import { table } from "../../../packages/awan/src/store/table.ts";

export const things = table<[name: string], Readonly<Record<string, unknown>>>("fake", "thing");

const fail = (properties: Readonly<Record<string, unknown>>, when: string): void => {
  if ((properties["Fail"] as string | undefined)?.includes(when) === true)
    throw new AwsError("InvalidParameterValue", `told to fail at ${when}`);
};

const thing: ResourceProvider = {
  type: "AWS::Test::Thing",
  properties: { Name: "replace", Value: "mutable", List: "mutable", Fail: "mutable", Tags: "mutable" },
  create(call, { properties, generateName }) {
    fail(properties, "create");
    const name = (properties["Name"] as string | undefined) ?? generateName({ lengthMax: 64 });
    if (things.has(call.tx, [name])) throw new AwsError("ThingAlreadyExists", `${name} already exists`);
    things.set(call.tx, [name], properties);
    return {
      physicalId: name,
      attributes: { Arn: `arn:test:${name}`, Value: properties["Value"] ?? "none" },
    };
  },
  update(call, { properties, physicalId }) {
    fail(properties, "update");
    things.set(call.tx, [physicalId], properties);
    return {
      physicalId,
      attributes: { Arn: `arn:test:${physicalId}`, Value: properties["Value"] ?? "none" },
    };
  },
  delete(call, { properties, physicalId }) {
    fail(properties, "delete");
    things.delete(call.tx, [physicalId]);
  },
};

export async function startFake(rows: Engine = new MemoryEngine({ freeze: true })) {
  const defects: unknown[] = [];
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const platform = new Platform({
    clock,
    seed: 1,
    engine: rows,
    blobs: createMemoryBlobs(),
    journal: new Journal(),
    services: {
      cloudformation: async () =>
        createCloudFormation({ provider: async (type) => (type === thing.type ? thing : undefined) }),
    },
    onDefect: (error) => defects.push(error),
  });
  platform.start();
  const frontDoor = new FrontDoor({
    platform,
    frontOf: ({ target }) => (target.startsWith("/_awan/cloudformation/") ? "cloudformation" : undefined),
  });
  const client = new CloudFormationClient({
    region: "us-east-1",
    endpoint: "http://127.0.0.1:4566",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    requestHandler: requestHandlerFor(frontDoor.handle, {
      openBlob: ({ blob, start, end }) => platform.blobs.stream(blob, start, end),
    }),
  });
  /** Names and properties of everything that exists. */
  const existing = (): Promise<Record<string, unknown>> =>
    platform.run({ name: "cloudformation.test" }, (call) =>
      Object.fromEntries([...things.scan(call.tx, [])].map(({ key, value }) => [key[0], value])),
    );
  return {
    platform,
    client,
    existing,
    settle: () => platform.idle(),
    /** What a function or an instance sends to a response's address. */
    async put(target: string, body: object) {
      const answer = await frontDoor.handle({
        method: "PUT",
        target,
        headers: { host: "127.0.0.1:4566" },
        body: new TextEncoder().encode(JSON.stringify(body)),
        remoteAddress: "127.0.0.1",
        origin: "http://127.0.0.1:4566",
      });
      return answer.status;
    },
    /** Time goes on by `ms`; what comes due happens. */
    async advance(ms: number) {
      const untilMs = clock.nowMs() + ms;
      await platform.idle();
      for (let next = clock.nextMs(); next !== undefined && next <= untilMs; next = clock.nextMs()) {
        clock.moveTo(next);
        await platform.idle();
      }
      clock.moveTo(untilMs);
      await platform.idle();
    },
    async [Symbol.asyncDispose]() {
      await platform.stop();
      if (defects.length > 0) throw new AggregateError(defects, String(defects[0]));
    },
  };
}
