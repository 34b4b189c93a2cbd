/** Durable executions over the checkpoint API: steps, waits, callbacks, chained calls, replay, under the manual clock. */
import {
  CreateFunctionCommand,
  GetDurableExecutionCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from "@aws-sdk/client-lambda";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";
import { Sink } from "./sink.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
const sink = new Sink();

beforeAll(async () => {
  await sink.open();
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});

/** A minimal runtime of durable functions: what a durable-execution SDK does, without its comforts. */
const runtime = `
const { LambdaClient, CheckpointDurableExecutionCommand } = require("@aws-sdk/client-lambda");
const client = new LambdaClient();
class Suspend extends Error {}
exports.durable = (body) => async (event) => {
  const ops = new Map(event.InitialExecutionState.Operations.map((op) => [op.Id, op]));
  const input = JSON.parse(event.InitialExecutionState.Operations[0].ExecutionDetails.InputPayload);
  let token = event.CheckpointToken;
  const checkpoint = async (...Updates) => {
    const answer = await client.send(new CheckpointDurableExecutionCommand({ DurableExecutionArn: event.DurableExecutionArn, CheckpointToken: token, Updates }));
    token = answer.CheckpointToken;
    for (const op of answer.NewExecutionState.Operations) ops.set(op.Id, op);
  };
  const context = {
    async step(Id, run) {
      const known = ops.get(Id);
      if (known?.Status === "SUCCEEDED") return JSON.parse(known.StepDetails.Result);
      if (known?.Status === "PENDING") throw new Suspend();
      try {
        const result = await run((known?.StepDetails?.Attempt ?? 0) + 1);
        await checkpoint({ Id, Type: "STEP", Action: "START" }, { Id, Type: "STEP", Action: "SUCCEED", Payload: JSON.stringify(result) });
        return result;
      } catch (error) {
        await checkpoint({ Id, Type: "STEP", Action: "RETRY", StepOptions: { NextAttemptDelaySeconds: 60 }, Error: { ErrorMessage: error.message } });
        throw new Suspend();
      }
    },
    async suspendOn(Id, update, resultOf) {
      if (!ops.has(Id)) await checkpoint({ Id, Action: "START", ...update });
      const op = ops.get(Id);
      if (op.Status !== "SUCCEEDED") { if (update.onStart) await update.onStart(op); throw new Suspend(); }
      return resultOf(op);
    },
    wait: (Id, WaitSeconds) => context.suspendOn(Id, { Type: "WAIT", WaitOptions: { WaitSeconds } }, () => undefined),
    callback: (Id, tell) => context.suspendOn(Id, { Type: "CALLBACK", onStart: (op) => tell(op.CallbackDetails.CallbackId) }, (op) => op.CallbackDetails.Result),
    call: (Id, FunctionName, payload) => context.suspendOn(Id, { Type: "CHAINED_INVOKE", Payload: JSON.stringify(payload), ChainedInvokeOptions: { FunctionName } }, (op) => JSON.parse(op.ChainedInvokeDetails.Result)),
  };
  try {
    return { Status: "SUCCEEDED", Result: JSON.stringify(await body(input, context)) };
  } catch (error) {
    if (error instanceof Suspend) return { Status: "PENDING" };
    return { Status: "FAILED", Error: { ErrorType: error.name, ErrorMessage: error.message } };
  }
};
const tell = (what) => fetch(process.env.SINK + process.env.NAME, { method: "POST", body: JSON.stringify(what) });
`;

const create = (
  name: string,
  body: string,
  changes: object = { DurableConfig: { ExecutionTimeout: 31_536_000 } },
) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Timeout: 10,
      Environment: { Variables: { SINK: sink.url, NAME: name } },
      Code: { ZipFile: node(`${runtime}\n${body}`) },
      ...changes,
    }),
  );

const start = async (name: string, input: unknown): Promise<string> => {
  const { DurableExecutionArn = "" } = await lambda.send(
    new InvokeCommand({
      FunctionName: name,
      Qualifier: "$LATEST",
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(input)),
    }),
  );
  return DurableExecutionArn;
};

const get = (arn: string) => lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));

test("steps, a wait of 300 days, a retry: every step runs once", async () => {
  await create(
    "workflow",
    `exports.handler = exports.durable(async (input, context) => {
       const a = await context.step("a", async () => { await tell("a"); return input.n + 1; });
       await context.wait("w", 300 * 86400);
       const b = await context.step("b", async (attempt) => { await tell("b" + attempt); if (attempt < 3) throw new Error("again"); return a * 2; });
       return { b, at: new Date().toISOString() };
     });`,
  );
  const arn = await start("workflow", { n: 4 });
  await app.settle();
  expect(await get(arn)).toMatchObject({ Status: "RUNNING" });
  await app.clock.advance("300d");
  await app.clock.advance("5m");
  await app.settle();
  const ended = await get(arn);
  expect(ended.Status).toBe("SUCCEEDED");
  expect(JSON.parse(ended.Result ?? "")).toEqual({ b: 10, at: "2026-10-28T00:02:00.000Z" });
  expect(sink.seen("workflow")).toEqual(["a", "b1", "b2", "b3"]);
  const list = await lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: "workflow" }));
  expect(list.DurableExecutions).toMatchObject([{ Status: "SUCCEEDED" }]);
});

test("a synchronous caller waits for a callback and a chained call", async () => {
  await create("adds", `exports.handler = async (event) => event.n + 100;`, {});
  await create(
    "approval",
    `exports.handler = exports.durable(async (input, context) => {
       const word = await context.callback("c", (id) => tell(id));
       return [word, await context.call("i", "adds", input)];
     });`,
  );
  const answer = lambda.send(
    new InvokeCommand({ FunctionName: "approval", Qualifier: "$LATEST", Payload: Buffer.from('{"n":1}') }),
  );
  await expect.poll(() => sink.seen("approval").length, { timeout: 5000 }).toBe(1);
  await lambda.send(
    new SendDurableExecutionCallbackSuccessCommand({
      CallbackId: sink.seen("approval")[0] as string,
      Result: Buffer.from("yes"),
    }),
  );
  const { Payload } = await answer;
  expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual(["yes", 101]);
});

test("failures, stopping, and a function that must be qualified", async () => {
  await create("broken", `exports.handler = exports.durable(async () => { throw new TypeError("no"); });`);
  const arn = await start("broken", {});
  await app.settle();
  expect(await get(arn)).toMatchObject({
    Status: "FAILED",
    Error: { ErrorType: "TypeError", ErrorMessage: "no" },
  });
  await create("long", `exports.handler = exports.durable(async (_, context) => context.wait("w", 1000));`);
  const running = await start("long", {});
  await app.settle();
  await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: running }));
  expect((await get(running)).Status).toBe("STOPPED");
  await expect(lambda.send(new InvokeCommand({ FunctionName: "long" }))).rejects.toMatchObject({
    name: "InvalidParameterValueException",
  });
});
