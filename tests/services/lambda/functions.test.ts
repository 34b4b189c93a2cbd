/** Functions over the official client: create, invoke, change, publish, delete. */
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, role } from "./code.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;

beforeAll(async () => {
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
});
afterAll(() => app.close());

const create = (name: string, source: string, changes: object = {}) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node(source) },
      ...changes,
    }),
  );

const invoke = async (name: string, event: unknown = {}) => {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)), LogType: "Tail" }),
  );
  const log = Buffer.from(answer.LogResult ?? "", "base64").toString();
  return { ...answer, log, value: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as unknown };
};

test("create, invoke, read", async () => {
  const created = await create(
    "hello",
    "exports.handler = async (e) => { console.log('hi'); return { ...e, at: Date.now() }; }",
  );
  expect(created).toMatchObject({
    State: "Pending",
    FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:hello",
    Version: "$LATEST",
    Timeout: 3,
    MemorySize: 128,
  });
  const { value, StatusCode, ExecutedVersion, log } = await invoke("hello", { a: 1 });
  expect(value).toEqual({ a: 1, at: app.clock.nowMs() });
  expect([StatusCode, ExecutedVersion]).toEqual([200, "$LATEST"]);
  expect(log).toContain("INFO\thi");
  const found = await lambda.send(new GetFunctionCommand({ FunctionName: "hello" }));
  expect(found.Configuration).toMatchObject({
    State: "Active",
    LastUpdateStatus: "Successful",
    CodeSha256: created.CodeSha256,
  });
  const archive = await app.fetch(found.Code?.Location ?? "");
  expect(
    Buffer.from(await archive.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
});

test("what the handler throws is the answer", async () => {
  await create("throws", "exports.handler = async () => { throw new RangeError('far') }");
  const { FunctionError, value } = await invoke("throws");
  expect(FunctionError).toBe("Unhandled");
  expect(value).toMatchObject({ errorType: "RangeError", errorMessage: "far" });
});

test("versions, aliases, new code, new configuration", async () => {
  await create("changing", "exports.handler = async () => ['one', process.env.MODE]");
  const first = await lambda.send(new PublishVersionCommand({ FunctionName: "changing" }));
  expect(first.Version).toBe("1");
  expect((await lambda.send(new PublishVersionCommand({ FunctionName: "changing" }))).Version).toBe("1");
  await lambda.send(
    new UpdateFunctionCodeCommand({
      FunctionName: "changing",
      ZipFile: node("exports.handler = async () => ['two', process.env.MODE]"),
    }),
  );
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: "changing",
      Environment: { Variables: { MODE: "m" } },
    }),
  );
  expect((await lambda.send(new PublishVersionCommand({ FunctionName: "changing" }))).Version).toBe("2");
  await lambda.send(new CreateAliasCommand({ FunctionName: "changing", Name: "live", FunctionVersion: "1" }));
  expect((await invoke("changing")).value).toEqual(["two", "m"]);
  expect((await invoke("changing:live")).value).toEqual(["one", null]);
  expect((await invoke("changing:2")).ExecutedVersion).toBe("2");
});

test("reserved concurrency throttles with its reason", async () => {
  await create("reserved", "exports.handler = async () => new Promise(r => setTimeout(r, 200))");
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: "reserved", ReservedConcurrentExecutions: 1 }),
  );
  const results = await Promise.allSettled([invoke("reserved"), invoke("reserved")]);
  const refused = results.find((each) => each.status === "rejected");
  expect(results.filter((each) => each.status === "fulfilled")).toHaveLength(1);
  expect(refused?.reason).toMatchObject({
    name: "TooManyRequestsException",
    Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
  });
});

test("permissions", async () => {
  await create("permitted", "exports.handler = async () => 1");
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: "permitted",
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
      SourceArn: "arn:aws:s3:::bucket",
    }),
  );
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: "permitted" }));
  expect(JSON.parse(Policy ?? "")).toMatchObject({
    Id: "default",
    Statement: [
      {
        Sid: "s3",
        Principal: { Service: "s3.amazonaws.com" },
        Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::bucket" } },
      },
    ],
  });
});

test("delete", async () => {
  await create("gone", "exports.handler = async () => 1");
  await lambda.send(new DeleteFunctionCommand({ FunctionName: "gone" }));
  await expect(invoke("gone")).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:gone:$LATEST",
  });
});
