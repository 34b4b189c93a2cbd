/** Custom resources that answer as CDK's provider framework does, over https to port 443, and with AWS's modules. */
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

const inline = {
  NodeModule: {
    Runtime: "nodejs22.x",
    code: `const response = require("cfn-response");
exports.handler = (event, context) => response.send(event, context, response.SUCCESS, { Told: "how" }, "made");`,
  },
  PythonModule: {
    Runtime: "python3.13",
    code: `import cfnresponse
def handler(event, context):
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Told": "how"}, "made")`,
  },
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
  const functions = {
    ...Object.fromEntries(
      Object.entries(ways).map(([name, how]) => [name, { Runtime: "nodejs22.x", code: code(how) }] as const),
    ),
    ...inline,
  };
  for (const [name, { Runtime, code: ZipFile }] of Object.entries(functions)) {
    Resources[`${name}Function`] = {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime,
        Handler: "index.handler",
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Code: { ZipFile },
      },
    };
    Resources[name] = {
      Type: "Custom::Told",
      Properties: { ServiceToken: { "Fn::GetAtt": [`${name}Function`, "Arn"] } },
    };
  }
  const Outputs = Object.fromEntries(
    Object.keys(functions).map((name) => [name, { Value: { "Fn::GetAtt": [name, "Told"] } }]),
  );
  const template = join(directory, "template.json");
  writeFileSync(template, JSON.stringify({ Resources, Outputs }));
  await using app = await startApp({ template });
  expect(app.outputs).toEqual(Object.fromEntries(Object.keys(functions).map((name) => [name, "how"])));
}, 60_000);
