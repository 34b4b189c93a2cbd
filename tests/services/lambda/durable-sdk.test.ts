/** AWS's own durable execution SDK in a function: a workflow of steps, waits and a callback under the virtual clock. */
import {
  CreateFunctionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  SendDurableExecutionCallbackSuccessCommand,
} from "@aws-sdk/client-lambda";
import { startApp } from "awan/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;

beforeAll(async () => {
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
});
afterAll(() => app.close());

async function create(FunctionName: string, body: string): Promise<void> {
  const bundle = await build({
    stdin: {
      contents: `import { withDurableExecution } from "@aws/durable-execution-sdk-js";
let failures = 0;
export const handler = withDurableExecution(async (event, context) => { ${body} });`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Timeout: 60,
      DurableConfig: { ExecutionTimeout: 90 * 86_400, RetentionPeriodInDays: 1 },
      Code: { ZipFile: node(bundle.outputFiles[0]?.text ?? "") },
    }),
  );
}

async function start(FunctionName: string, event: unknown): Promise<string> {
  const { DurableExecutionArn = "" } = await lambda.send(
    new InvokeCommand({
      FunctionName,
      Qualifier: "$LATEST",
      InvocationType: "Event",
      Payload: JSON.stringify(event),
    }),
  );
  await app.settle();
  return DurableExecutionArn;
}

const state = (DurableExecutionArn: string) =>
  lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));

async function history(DurableExecutionArn: string) {
  const { Events = [] } = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));
  return Events;
}

test("steps, a retry, a wait of a month and a callback", { timeout: 120_000 }, async () => {
  await create(
    "order",
    `const reserved = await context.step("reserve", async () => "reserved " + event.item);
     const charged = await context.step("charge", async () => { failures += 1; if (failures === 1) throw new Error("declined"); return 42; },
       { retryStrategy: (error, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 600 } }) });
     await context.wait("cooling off", { days: 30 });
     const [approval, callbackId] = await context.createCallback("approval", { timeout: { hours: 1 } });
     return { reserved, charged, approved: await approval };`,
  );
  const arn = await start("order", { item: "kopi" });
  expect((await state(arn)).Status).toBe("RUNNING");
  await app.clock.advance("10m");
  await app.settle();
  await app.clock.advance("30d");
  await app.settle();
  const events = await history(arn);
  const callback = events.find((event) => event.EventType === "CallbackStarted");
  expect(callback).toMatchObject({ Name: "approval", CallbackStartedDetails: { Timeout: 3600 } });
  await lambda.send(
    new SendDurableExecutionCallbackSuccessCommand({
      CallbackId: callback?.CallbackStartedDetails?.CallbackId,
      Result: Buffer.from('"yes"'),
    }),
  );
  await app.settle();
  const ended = await state(arn);
  expect(ended.Status).toBe("SUCCEEDED");
  expect(JSON.parse(ended.Result ?? "")).toMatchObject({ reserved: "reserved kopi", charged: 42 });
  expect((await history(arn)).map(({ EventId, EventType }) => `${EventId} ${EventType}`)).toEqual([
    "1 ExecutionStarted",
    "2 StepStarted",
    "3 StepSucceeded",
    "4 StepStarted",
    "5 StepFailed",
    "6 InvocationCompleted",
    "7 StepStarted",
    "8 StepSucceeded",
    "9 WaitStarted",
    "10 InvocationCompleted",
    "11 WaitSucceeded",
    "12 CallbackStarted",
    "13 InvocationCompleted",
    "14 CallbackSucceeded",
    "15 InvocationCompleted",
    "16 ExecutionSucceeded",
  ]);
  const [started] = await history(arn);
  expect(started?.ExecutionStartedDetails).toEqual({
    Input: { Payload: '{"item":"kopi"}', Truncated: false },
    ExecutionTimeout: 90 * 86_400,
  });
});

test("a synchronous caller gets the result", { timeout: 60_000 }, async () => {
  await create("sum", `return context.step("add", async () => event.a + event.b);`);
  const { Payload = new Uint8Array() } = await lambda.send(
    new InvokeCommand({ FunctionName: "sum", Qualifier: "$LATEST", Payload: '{"a":1,"b":2}' }),
  );
  expect(Buffer.from(Payload).toString()).toBe("3");
});

test("a run whose process ends is tried again over what it had done", { timeout: 60_000 }, async () => {
  await create(
    "crashing",
    `const first = await context.step("first", async () => Math.floor(Math.random() * 1e9));
     if (process.env.AWS_LAMBDA_LOG_STREAM_NAME !== await context.step("where", async () => process.env.AWS_LAMBDA_LOG_STREAM_NAME)) return first;
     process.exit(1);`,
  );
  const arn = await start("crashing", {});
  await app.clock.advance("5s");
  await app.settle();
  expect(await state(arn)).toMatchObject({ Status: "SUCCEEDED" });
  expect(await history(arn)).toContainEqual(
    expect.objectContaining({
      EventType: "InvocationCompleted",
      InvocationCompletedDetails: expect.objectContaining({
        Error: expect.objectContaining({
          Payload: expect.objectContaining({ ErrorType: "Runtime.ExitError" }) as unknown,
        }) as unknown,
      }) as unknown,
    }),
  );
});
