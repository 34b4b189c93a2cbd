/** HTTP APIs: who may call, CORS, deployments, and what the management API refuses. */
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  GetApiCommand,
  GetRoutesCommand,
  UpdateIntegrationCommand,
} from "@aws-sdk/client-apigatewayv2";
import type { App } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionArn, json, newApi, startWithFunctions } from "./fixture.ts";

let app: App;
let gateway: ApiGatewayV2Client;

beforeAll(async () => {
  app = await startWithFunctions();
  gateway = app.client(ApiGatewayV2Client);
});
afterAll(() => app.close());

describe("authorizers", () => {
  test("of Lambda with simple answers", async () => {
    const { base, route, ApiId } = await newApi(gateway);
    const { AuthorizerId } = await gateway.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: "simple",
        AuthorizerType: "REQUEST",
        AuthorizerUri: functionArn("authorize"),
        AuthorizerPayloadFormatVersion: "2.0",
        EnableSimpleResponses: true,
        IdentitySource: ["$request.header.Authorization"],
        AuthorizerResultTtlInSeconds: 300,
      }),
    );
    await route("GET /me", "echo", { route: { AuthorizationType: "CUSTOM", AuthorizerId } });
    expect((await app.fetch(`${base}/me`)).status).toBe(401);
    const refused = await app.fetch(`${base}/me`, { headers: { authorization: "no" } });
    expect([refused.status, await refused.text()]).toEqual([403, '{"message":"Forbidden"}']);
    for (let i = 0; i < 2; i += 1) {
      const event = await json(await app.fetch(`${base}/me`, { headers: { authorization: "yes" } }));
      expect(event.requestContext.authorizer).toEqual({ lambda: { who: "ann", level: 3 } });
    }
  });

  test("of Lambda with policies", async () => {
    const { base, route, ApiId } = await newApi(gateway);
    const { AuthorizerId } = await gateway.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: "policy",
        AuthorizerType: "REQUEST",
        AuthorizerUri: functionArn("policy"),
        AuthorizerPayloadFormatVersion: "1.0",
        IdentitySource: ["$request.querystring.token"],
      }),
    );
    await route("GET /me", "echo", { route: { AuthorizationType: "CUSTOM", AuthorizerId } });
    expect((await app.fetch(`${base}/me?token=no`)).status).toBe(403);
    expect((await app.fetch(`${base}/me?token=yes`)).status).toBe(200);
  });
});

test("CORS is answered by the API", async () => {
  const { base, route } = await newApi(gateway, {
    CorsConfiguration: {
      AllowOrigins: ["https://app.example"],
      AllowMethods: ["GET", "POST"],
      AllowHeaders: ["X-A"],
      MaxAge: 60,
    },
  });
  await route("ANY /{proxy+}", "text");
  const preflight = await app.fetch(`${base}/x`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    "access-control-allow-origin": "https://app.example",
    "access-control-allow-methods": "GET,POST",
    "access-control-allow-headers": "x-a",
    "access-control-max-age": "60",
  });
  const response = await app.fetch(`${base}/x`, { headers: { origin: "https://app.example" } });
  expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
});

test("without automatic deployment a stage serves its deployment", async () => {
  const { ApiId, ApiEndpoint } = await gateway.send(
    new CreateApiCommand({ Name: "t", ProtocolType: "HTTP" }),
  );
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: functionArn("text"),
      PayloadFormatVersion: "2.0",
    }),
  );
  await gateway.send(
    new CreateRouteCommand({ ApiId, RouteKey: "GET /a", Target: `integrations/${IntegrationId}` }),
  );
  await gateway.send(new CreateStageCommand({ ApiId, StageName: "prod" }));
  expect((await app.fetch(`${ApiEndpoint}/prod/a`)).status).toBe(404);
  await gateway.send(new CreateDeploymentCommand({ ApiId, StageName: "prod" }));
  expect(await (await app.fetch(`${ApiEndpoint}/prod/a`)).text()).toBe("just text");
  await gateway.send(
    new UpdateIntegrationCommand({ ApiId, IntegrationId, IntegrationUri: functionArn("formed") }),
  );
  expect(await (await app.fetch(`${ApiEndpoint}/prod/a`)).text()).toBe("just text");
  await gateway.send(new CreateDeploymentCommand({ ApiId, StageName: "prod" }));
  expect(await (await app.fetch(`${ApiEndpoint}/prod/a`)).text()).toBe("made");
});

test("the quick form makes a whole API, and deleting it takes all of it away", async () => {
  const { ApiId, ApiEndpoint } = await gateway.send(
    new CreateApiCommand({ Name: "quick", ProtocolType: "HTTP", Target: functionArn("text") }),
  );
  expect(await (await app.fetch(`${ApiEndpoint}/anything/at/all`)).text()).toBe("just text");
  const { Items } = await gateway.send(new GetRoutesCommand({ ApiId }));
  expect(Items).toMatchObject([{ RouteKey: "$default", ApiGatewayManaged: true }]);
  await gateway.send(new DeleteApiCommand({ ApiId }));
  expect((await app.fetch(`${ApiEndpoint}/anything`)).status).toBe(404);
  await expect(gateway.send(new GetApiCommand({ ApiId }))).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

describe("records", () => {
  test("refuse what AWS refuses", async () => {
    const { ApiId, route } = await newApi(gateway);
    await route("GET /a", "text");
    await expect(gateway.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /a" }))).rejects.toMatchObject({
      name: "ConflictException",
      message: "Route with key GET /a already exists for this API",
    });
    await expect(gateway.send(new CreateRouteCommand({ ApiId, RouteKey: "FETCH a" }))).rejects.toMatchObject({
      name: "BadRequestException",
    });
    await expect(
      gateway.send(
        new CreateIntegrationCommand({
          ApiId,
          IntegrationType: "AWS_PROXY",
          IntegrationUri: functionArn("x"),
        }),
      ),
    ).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(
      gateway.send(new CreateStageCommand({ ApiId, StageName: "$default" })),
    ).rejects.toMatchObject({
      name: "ConflictException",
    });
  });
});
