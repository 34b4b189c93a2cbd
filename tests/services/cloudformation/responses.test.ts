/** Custom resources that answer as CDK's provider framework and AWS's cfn-response do: over https, to port 443. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** `how` sends `body` to where `url` (parsed) says, without its port. */
const code = (how: string) => `
const https = require("https");
exports.handler = async (event) => {
  const body = JSON.stringify({
    Status: "SUCCESS", PhysicalResourceId: "made", StackId: event.StackId, RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId, Data: { Told: "how" },
  });
  const url = new URL(event.ResponseURL);
  const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
  await new Promise((resolve, reject) => {
    const request = ${how};
    request.on("error", reject);
    request.end(body);
  });
};`;

const ways = {
  Framework: 'https.request({ hostname: url.hostname, path: url.pathname, method: "PUT", headers }, resolve)',
  Module:
    'https.request({ hostname: url.hostname, port: 443, path: url.pathname, method: "PUT", headers }, resolve)',
  Text: 'https.request("https://" + url.hostname + url.pathname, { method: "PUT", headers }, resolve)',
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "awan-responses-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("reach the stack that waits for them", async () => {
  const Resources: Record<string, object> = {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } },
    },
  };
  for (const [name, how] of Object.entries(ways)) {
    Resources[`${name}Function`] = {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Code: { ZipFile: code(how) },
      },
    };
    Resources[name] = {
      Type: "Custom::Told",
      Properties: { ServiceToken: { "Fn::GetAtt": [`${name}Function`, "Arn"] } },
    };
  }
  const Outputs = Object.fromEntries(
    Object.keys(ways).map((name) => [name, { Value: { "Fn::GetAtt": [name, "Told"] } }]),
  );
  const template = join(directory, "template.json");
  writeFileSync(template, JSON.stringify({ Resources, Outputs }));
  await using app = await startApp({ template });
  expect(app.outputs).toEqual({ Framework: "how", Module: "how", Text: "how" });
}, 60_000);
