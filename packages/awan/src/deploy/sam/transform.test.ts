/** The transform's own examples: one of each kind of resource, the ids that others refer to, and refusals. */
import { describe, expect, test } from "vitest";
import { parseTemplate } from "../template/parse.ts";
import { transformServerless } from "./transform.ts";

const region = "eu-west-1";
const transform = (text: string): Record<string, Record<string, Record<string, unknown>>> =>
  transformServerless(parseTemplate(text), { parameters: {}, region }) as never;
const typesOf = (text: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(transform(text)["Resources"] ?? {}).map(([id, resource]) => [id, resource["Type"]]),
  );

const functionOf = (more: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: exports.handler = async () => "hello"
${more}`;

describe("functions", () => {
  test("a function and its role", () => {
    expect(typesOf(functionOf(""))).toEqual({ Hello: "AWS::Lambda::Function", HelloRole: "AWS::IAM::Role" });
  });

  test("an event without an API makes one, whose deployment has the translator's id", () => {
    const types = typesOf(
      functionOf(`
      Events:
        Get:
          Type: Api
          Properties: { Path: /hello, Method: get }`),
    );
    expect(types).toEqual({
      Hello: "AWS::Lambda::Function",
      HelloRole: "AWS::IAM::Role",
      HelloGetPermissionProd: "AWS::Lambda::Permission",
      ServerlessRestApi: "AWS::ApiGateway::RestApi",
      ServerlessRestApiDeployment9bbe988acc: "AWS::ApiGateway::Deployment",
      ServerlessRestApiProdStage: "AWS::ApiGateway::Stage",
    });
  });

  test("gradual deployment", () => {
    const template = transform(
      functionOf(`
      AutoPublishAlias: live
      DeploymentPreference: { Type: AllAtOnce }`),
    );
    expect(template["Resources"]?.["HelloAliaslive"]?.["UpdatePolicy"]).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: "ServerlessDeploymentApplication" },
        DeploymentGroupName: { Ref: "HelloDeploymentGroup" },
      },
    });
  });

  test("a part of what was made is referred to by name", () => {
    const template = transform(`${functionOf("      AutoPublishAlias: live")}
Outputs:
  Alias: { Value: !Ref Hello.Alias }`);
    expect(template["Outputs"]?.["Alias"]).toEqual({ Value: { Ref: "HelloAliaslive" } });
  });
});

test("a connector on a resource", () => {
  const template = transform(`${functionOf("")}
    Connectors:
      Table:
        Properties:
          Destination: { Id: Items }
          Permissions: [Read]
  Items:
    Type: AWS::Serverless::SimpleTable`);
  const policy = template["Resources"]?.["HelloTablePolicy"];
  expect(policy?.["Type"]).toBe("AWS::IAM::ManagedPolicy");
  expect(policy?.["Properties"]).toMatchObject({ Roles: [{ Ref: "HelloRole" }] });
});

describe("refusals", () => {
  test("every problem is named, sorted by resource", () => {
    expect(() =>
      transform(`
Resources:
  Second: { Type: AWS::Serverless::Function, Properties: { Handlr: x } }
  First: { Type: AWS::Serverless::Api }`),
    ).toThrow(
      "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 2. Resource with id [First] is invalid. Missing required property 'StageName'. Resource with id [Second] is invalid. property Handlr not defined for resource of type AWS::Serverless::Function",
    );
  });

  test("an invalid event is its function's problem", () => {
    expect(() => transform(functionOf("      Events: { Odd: { Type: Smoke } }"))).toThrow(
      "Resource with id [Hello] is invalid. Event with id [Odd] is invalid. Resource dict has missing or invalid value for key Type. Event Type is: Smoke.",
    );
  });
});
