/** Lambda with IAM enforced: callers need the action on the function's ARN, or the function's own policy. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { type App, startApp } from "awan/testing";
import { expect, test } from "vitest";
import { node, role } from "./code.ts";

const arn = "arn:aws:lambda:us-east-1:000000000000:function:greet";

async function setUp() {
  const app = await startApp({ iam: "enforce", auth: true, clock: "system" });
  await app.client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: "greet",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: node(`exports.handler = async () => "hello";`) },
    }),
  );
  return app;
}

async function clientOf(
  app: App,
  UserName: string,
  Action?: string,
  Resource?: string,
): Promise<LambdaClient> {
  const iam = app.client(IAMClient);
  await iam.send(new CreateUserCommand({ UserName }));
  if (Action !== undefined) {
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action, Resource }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return app.client(LambdaClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    },
  });
}

const invoke = (FunctionName: string) => new InvokeCommand({ FunctionName });

test("a user's policy names the function, and its qualifiers", async () => {
  await using app = await setUp();
  const root = app.client(LambdaClient);
  await root.send(new PublishVersionCommand({ FunctionName: "greet" }));
  await root.send(new CreateAliasCommand({ FunctionName: "greet", Name: "live", FunctionVersion: "1" }));
  const ann = await clientOf(app, "ann", "lambda:InvokeFunction", arn);
  expect((await ann.send(invoke("greet"))).StatusCode).toBe(200);
  await expect(ann.send(invoke("greet:live"))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::000000000000:user/ann is not authorized to perform: lambda:InvokeFunction on resource: ${arn}:live because no identity-based policy allows the lambda:InvokeFunction action`,
  });
  await expect(ann.send(new GetFunctionCommand({ FunctionName: "greet" }))).rejects.toThrow(
    "is not authorized to perform: lambda:GetFunction",
  );
  const ben = await clientOf(app, "ben", "lambda:InvokeFunction", `${arn}:*`);
  expect((await ben.send(invoke(`${arn}:live`))).StatusCode).toBe(200);
});

test("the function's own policy", async () => {
  await using app = await setUp();
  const cleo = await clientOf(app, "cleo");
  await expect(cleo.send(invoke("greet"))).rejects.toThrow("lambda:InvokeFunction");
  await app.client(LambdaClient).send(
    new AddPermissionCommand({
      FunctionName: "greet",
      StatementId: "cleo",
      Action: "lambda:InvokeFunction",
      Principal: "arn:aws:iam::000000000000:user/cleo",
    }),
  );
  expect((await cleo.send(invoke("greet"))).StatusCode).toBe(200);
});

test("a public function URL needs the function's policy", async () => {
  await using app = await setUp();
  const root = app.client(LambdaClient);
  const { FunctionUrl = "" } = await root.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: "greet", AuthType: "NONE" }),
  );
  const call = () => app.fetch(FunctionUrl);
  expect((await call()).status).toBe(403);
  await root.send(
    new AddPermissionCommand({
      FunctionName: "greet",
      StatementId: "public",
      Action: "lambda:InvokeFunctionUrl",
      Principal: "*",
      FunctionUrlAuthType: "NONE",
    }),
  );
  const answer = await call();
  expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
});
