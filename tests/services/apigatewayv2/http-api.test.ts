/** HTTP APIs end to end: real functions behind routes, called over HTTP as a client would. */
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import type { App } from "awan/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json, newApi, startWithFunctions } from "./fixture.ts";

let app: App;
let gateway: ApiGatewayV2Client;

beforeAll(async () => {
  app = await startWithFunctions();
  gateway = app.client(ApiGatewayV2Client);
});
afterAll(() => app.close());

describe("events", () => {
  test("of format 2.0", async () => {
    const { base, route, ApiId } = await newApi(gateway);
    await route("POST /orders/{id}", "echo");
    const response = await app.fetch(`${base}/orders/a%20b?x=1&x=2&y=%26`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        cookie: "k=v; l=w",
        "X-Custom": "Yes",
        "user-agent": "test",
      },
      body: '{"n":1}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const event = await json(response);
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "POST /orders/{id}",
      rawPath: "/orders/a b",
      rawQueryString: "x=1&x=2&y=%26",
      cookies: ["k=v", "l=w"],
      queryStringParameters: { x: "1,2", y: "&" },
      pathParameters: { id: "a b" },
      stageVariables: { color: "blue" },
      headers: { "content-type": "application/json", "x-custom": "Yes", "content-length": "7" },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.requestContext).toEqual({
      accountId: "000000000000",
      apiId: ApiId,
      domainName: `${ApiId}.execute-api.us-east-1.amazonaws.com`,
      domainPrefix: ApiId,
      http: {
        method: "POST",
        path: "/orders/a b",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "test",
      },
      requestId: expect.any(String),
      routeKey: "POST /orders/{id}",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: app.clock.nowMs(),
    });
  });

  test("of format 1.0", async () => {
    const { base, route } = await newApi(gateway, {}, "dev");
    await route("GET /orders/{proxy+}", "echo", { integration: { PayloadFormatVersion: "1.0" } });
    const response = await app.fetch(`${base}/dev/orders/1/lines?x=1&x=2`);
    // Format 1.0 demands a status code.
    expect(response.status).toBe(500);
    expect(await json(response)).toEqual({ message: "Internal Server Error" });
  });

  test("bodies of other types are base64", async () => {
    const { base, route } = await newApi(gateway);
    await route("$default", "echo");
    const event = await json(
      await app.fetch(`${base}/any`, {
        method: "PUT",
        headers: { "content-type": "image/png" },
        body: Buffer.from([0, 255]),
      }),
    );
    expect(event).toMatchObject({ routeKey: "$default", body: "AP8=", isBase64Encoded: true });
    expect(event).not.toHaveProperty("pathParameters");
    expect(event).not.toHaveProperty("cookies");
  });

  test("a named stage is part of the path", async () => {
    const { base, route } = await newApi(gateway, {}, "dev");
    await route("GET /x", "echo");
    const event = await json(await app.fetch(`${base}/dev/x`));
    expect(event).toMatchObject({
      rawPath: "/dev/x",
      requestContext: { stage: "dev", http: { path: "/dev/x" } },
    });
    expect((await app.fetch(`${base}/x`)).status).toBe(404);
  });
});

describe("answers", () => {
  test("are interpreted as AWS does", async () => {
    const { base, route } = await newApi(gateway);
    for (const name of ["formed", "text", "binary", "broken", "malformed"]) await route(`GET /${name}`, name);
    await route("GET /multi", "multi", { integration: { PayloadFormatVersion: "1.0" } });
    const formed = await app.fetch(`${base}/formed`);
    expect([formed.status, await formed.text(), formed.headers.get("x-one")]).toEqual([201, "made", "1"]);
    expect(formed.headers.getSetCookie()).toEqual(["a=1; Secure", "b=2"]);
    const text = await app.fetch(`${base}/text`);
    expect([await text.text(), text.headers.get("content-type")]).toEqual(["just text", "application/json"]);
    const binary = await app.fetch(`${base}/binary`);
    expect([...new Uint8Array(await binary.arrayBuffer())]).toEqual([0, 1, 2]);
    for (const name of ["broken", "malformed"]) {
      const failed = await app.fetch(`${base}/${name}`);
      expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
    }
    const multi = await app.fetch(`${base}/multi`);
    expect([multi.headers.get("x-many"), multi.headers.getSetCookie()]).toEqual(["1,2", ["a=1", "b=2"]]);
  });

  test("that take longer than the integration's timeout are 503", async () => {
    await using real = await startWithFunctions({ clock: "system" });
    const { base, route } = await newApi(real.client(ApiGatewayV2Client));
    await route("GET /slow", "slow", { integration: { TimeoutInMillis: 100 } });
    const response = await real.fetch(`${base}/slow`);
    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  test("of functions that do not let API Gateway in are 500", async () => {
    const { base, route } = await newApi(gateway);
    await route("GET /closed", "unpermitted");
    const response = await app.fetch(`${base}/closed`);
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test("to what no route matches are 404", async () => {
    const { base, route } = await newApi(gateway);
    await route("GET /only", "text");
    const response = await app.fetch(`${base}/other`);
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
    expect((await app.fetch(`${base}/only`, { method: "POST" })).status).toBe(404);
  });
});
