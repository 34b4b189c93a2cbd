/** HTTP APIs in front of what is no function: queues, URLs; tokens of a real issuer; APIs from templates. */
import {
  ApiGatewayV2Client,
  CreateApiMappingCommand,
  CreateAuthorizerCommand,
  CreateDomainNameCommand,
  CreateRouteCommand,
  GetRoutesCommand,
  ImportApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { App } from "awan/testing";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer, get as httpGet, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { functionArn, json, newApi, startWithFunctions } from "./fixture.ts";

let app: App;
let gateway: ApiGatewayV2Client;
let backend: Server;
let origin: string;

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

beforeAll(async () => {
  app = await startWithFunctions();
  gateway = app.client(ApiGatewayV2Client);
  backend = createServer((request, response) => {
    if (request.url === "/.well-known/openid-configuration") {
      response.end(JSON.stringify({ jwks_uri: `${origin}/keys` }));
    } else if (request.url === "/keys") {
      response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" }] }));
    } else {
      response.writeHead(207, {
        "x-seen": `${request.method} ${request.url}`,
        "x-added": String(request.headers["x-added"]),
      });
      request.pipe(response);
    }
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});
afterAll(async () => {
  backend.close();
  await app.close();
});

test("a queue behind a route", async () => {
  const sqs = app.client(SQSClient);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
  const { base, route } = await newApi(gateway);
  const integration = {
    IntegrationSubtype: "SQS-SendMessage",
    IntegrationUri: undefined,
    PayloadFormatVersion: "1.0",
    CredentialsArn: "arn:aws:iam::000000000000:role/r",
    RequestParameters: { QueueUrl, MessageBody: "$request.body.order" },
  };
  await route("POST /orders", "echo", { integration });
  const response = await app.fetch(`${base}/orders`, { method: "POST", body: '{"order":{"id":7}}' });
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/<SendMessageResponse .*<MessageId>[0-9a-f-]{36}<\/MessageId>/);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['{"id":7}']);
});

test("a URL behind a route, with mapped parameters", async () => {
  const { base, route } = await newApi(gateway);
  const integration = {
    IntegrationType: "HTTP_PROXY",
    IntegrationMethod: "ANY",
    IntegrationUri: `${origin}/legacy/{proxy}`,
    PayloadFormatVersion: "1.0",
    RequestParameters: {
      "append:header.x-added": "$context.routeKey",
      "overwrite:querystring.q": "$request.path.proxy",
    },
    ResponseParameters: { "207": { "overwrite:statuscode": "200", "append:header.x-more": "yes" } },
  };
  await route("ANY /{proxy+}", "echo", { integration });
  const response = await app.fetch(`${base}/a/b?q=1`, { method: "POST", body: "hello" });
  expect([response.status, await response.text()]).toEqual([200, "hello"]);
  expect(response.headers.get("x-seen")).toBe("POST /legacy/a/b?q=a%2Fb");
  expect(response.headers.get("x-added")).toBe("ANY /{proxy+}");
  expect(response.headers.get("x-more")).toBe("yes");
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenOf(claims: object): string {
  const signed = `${part({ alg: "RS256", kid: "k1" })}.${part(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

test("tokens of an issuer", async () => {
  const { base, route, ApiId } = await newApi(gateway);
  const { AuthorizerId } = await gateway.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: "jwt",
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Issuer: origin, Audience: ["app"] },
    }),
  );
  const rest = { AuthorizationType: "JWT", AuthorizerId, AuthorizationScopes: ["orders.read"] };
  await route("GET /me", "echo", { route: rest });
  const now = app.clock.nowMs() / 1000;
  const get = (claims: object) =>
    app.fetch(`${base}/me`, {
      headers: {
        authorization: `Bearer ${tokenOf({ iss: origin, aud: "app", exp: now + 60, sub: "ann", ...claims })}`,
      },
    });
  expect((await app.fetch(`${base}/me`)).status).toBe(401);
  expect((await get({ exp: now - 1, scope: "orders.read" })).status).toBe(401);
  expect((await get({ scope: "other" })).status).toBe(403);
  const event = await json(await get({ scope: "orders.read x" }));
  expect(event.requestContext.authorizer.jwt).toMatchObject({
    claims: { sub: "ann" },
    scopes: ["orders.read", "x"],
  });
});

const document = {
  openapi: "3.0.1",
  info: { title: "imported", version: "1" },
  "x-amazon-apigateway-cors": { allowOrigins: ["*"], allowMethods: ["GET"] },
  paths: {
    "/text": {
      get: {
        "x-amazon-apigateway-integration": {
          type: "aws_proxy",
          httpMethod: "POST",
          payloadFormatVersion: "2.0",
          uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn("text")}/invocations`,
        },
      },
    },
    "/$default": {
      "x-amazon-apigateway-any-method": {
        "x-amazon-apigateway-integration": {
          type: "aws_proxy",
          payloadFormatVersion: "2.0",
          uri: functionArn("formed"),
        },
      },
    },
  },
};

test("an API from an OpenAPI document", async () => {
  const api = await gateway.send(new ImportApiCommand({ Body: JSON.stringify(document) }));
  expect(api).toMatchObject({ Name: "imported", Version: "1", CorsConfiguration: { AllowOrigins: ["*"] } });
  const { Items } = await gateway.send(new GetRoutesCommand({ ApiId: api.ApiId }));
  expect(Items?.map(({ RouteKey }) => RouteKey).toSorted()).toEqual(["$default", "GET /text"]);
});

test("a stack with an API, its stage and access logs", async () => {
  const cloudFormation = app.client(CloudFormationClient);
  const TemplateBody = JSON.stringify({
    Resources: {
      Logs: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "/api/access", RetentionInDays: 7 } },
      Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Body: document, Name: "named" } },
      Stage: {
        Type: "AWS::ApiGatewayV2::Stage",
        Properties: {
          ApiId: { Ref: "Api" },
          StageName: "$default",
          AutoDeploy: true,
          AccessLogSettings: {
            DestinationArn: { "Fn::GetAtt": ["Logs", "Arn"] },
            Format: "$context.httpMethod $context.path $context.status",
          },
        },
      },
    },
    Outputs: { Url: { Value: { "Fn::GetAtt": ["Api", "ApiEndpoint"] } } },
  });
  await cloudFormation.send(new CreateStackCommand({ StackName: "api", TemplateBody }));
  await app.settle();
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: "api" }));
  expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
  const url = Stacks?.[0]?.Outputs?.[0]?.OutputValue as string;
  expect(await (await app.fetch(`${url}/text`)).text()).toBe("just text");
  expect((await app.fetch(`${url}/other`)).status).toBe(201);
  const { events } = await app
    .client(CloudWatchLogsClient)
    .send(new FilterLogEventsCommand({ logGroupName: "/api/access" }));
  expect(events?.map(({ message }) => message)).toEqual(["GET /text 200", "GET /other 201"]);
  await cloudFormation.send(new DeleteStackCommand({ StackName: "api" }));
  await app.settle();
  expect((await app.fetch(`${url}/text`)).status).toBe(404);
});

test("a custom domain maps paths to stages", async () => {
  const { ApiId, route } = await newApi(gateway, {}, "prod");
  await route("GET /pets", "echo");
  await gateway.send(new CreateDomainNameCommand({ DomainName: "api.example.com" }));
  await gateway.send(
    new CreateApiMappingCommand({ DomainName: "api.example.com", ApiId, Stage: "prod", ApiMappingKey: "v1" }),
  );
  await expect(
    gateway.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /x", Target: "integrations/none" })),
  ).rejects.toMatchObject({ name: "NotFoundException" });
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(app.endpoint);
    const request = { hostname, port, path: "/v1/pets", headers: { host: "api.example.com" } };
    httpGet(request, (response) => resolve(textOf(response))).on("error", reject);
  });
  const event = JSON.parse(answer) as {
    rawPath: string;
    requestContext: { domainName: string };
  };
  expect(event).toMatchObject({
    rawPath: "/pets",
    requestContext: { domainName: "api.example.com", stage: "prod" },
  });
});
