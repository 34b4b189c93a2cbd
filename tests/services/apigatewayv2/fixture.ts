/** Functions and APIs for the tests of this folder. */
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type App, startApp, type StartAppOptions } from "awan/testing";
import { zipSync } from "fflate";

const code = `
exports.echo = async (event) => event;
exports.unpermitted = async () => "never";
exports.formed = async () => ({
  statusCode: 201, headers: { "X-One": "1" }, cookies: ["a=1; Secure", "b=2"], body: "made",
});
exports.text = async () => "just text";
exports.binary = async () => ({ statusCode: 200, isBase64Encoded: true, body: "AAEC", headers: { "content-type": "image/png" } });
exports.broken = async () => { throw new Error("no"); };
exports.malformed = async () => ({ statusCode: "many" });
exports.slow = () => new Promise((resolve) => setTimeout(resolve, 600000));
exports.multi = async () => ({ statusCode: 200, multiValueHeaders: { "X-Many": ["1", "2"], "Set-Cookie": ["a=1", "b=2"] }, body: "" });
exports.authorize = async (event) => ({ isAuthorized: event.headers.authorization === "yes", context: { who: "ann", level: 3 } });
exports.policy = async (event) => ({
  principalId: "ann", context: { who: "ann" },
  policyDocument: { Version: "2012-10-17", Statement: [{ Effect: event.identitySource.includes("yes") ? "Allow" : "Deny", Action: "execute-api:Invoke", Resource: event.methodArn }] },
});
`;

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

const names = [
  "echo",
  "formed",
  "text",
  "binary",
  "broken",
  "malformed",
  "slow",
  "multi",
  "authorize",
  "policy",
  "unpermitted",
];

/** An Awan with every function of `code`. */
export async function startWithFunctions(options: StartAppOptions = {}): Promise<App> {
  const app = await startApp(options);
  const lambda = app.client(LambdaClient);
  const ZipFile = zipSync({ "index.js": Buffer.from(code) });
  for (const name of names) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs22.x",
        Handler: `index.${name}`,
        Role: "arn:aws:iam::000000000000:role/r",
        Timeout: 900,
        Code: { ZipFile },
      }),
    );
    if (name === "unpermitted") continue;
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: "api",
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: "arn:aws:execute-api:us-east-1:000000000000:*/*/*",
      }),
    );
  }
  return app;
}

/** An API with one stage that deploys by itself; `route` adds a route to a function of `code`. */
export async function newApi(gateway: ApiGatewayV2Client, settings: object = {}, stage = "$default") {
  const { ApiId, ApiEndpoint } = await gateway.send(
    new CreateApiCommand({ Name: "test", ProtocolType: "HTTP", ...settings }),
  );
  await gateway.send(
    new CreateStageCommand({ ApiId, StageName: stage, AutoDeploy: true, StageVariables: { color: "blue" } }),
  );
  const route = async (
    RouteKey: string,
    name: string,
    rest: { integration?: object; route?: object } = {},
  ) => {
    const { IntegrationId } = await gateway.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: "AWS_PROXY",
        IntegrationUri: functionArn(name),
        PayloadFormatVersion: "2.0",
        ...rest.integration,
      }),
    );
    await gateway.send(
      new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}`, ...rest.route }),
    );
    return IntegrationId;
  };
  return { ApiId: ApiId as string, base: ApiEndpoint as string, route };
}

export const json = async (response: Response): Promise<any> => response.json(); // eslint-disable-line typescript/no-explicit-any
