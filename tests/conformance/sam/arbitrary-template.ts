/**
 * Random SAM templates: mostly right, sometimes with a value of the wrong kind in them, because what the translator says
 * of those counts as much. Resources refer to each other by a few fixed logical ids.
 */
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { eventsOfFunctions, eventsOfStateMachines } from "./arbitrary-events.ts";
import { api, httpApi, webSocketApi } from "./arbitrary-apis.ts";
import { choice, flag, joined, map, some, text, wrong } from "./arbitrary-values.ts";

const tags = map({ Team: text, Stage: choice("beta", { Ref: "Stage" }) });

const policies = some(
  "AWSLambdaBasicExecutionRole",
  "arn:aws:iam::aws:policy/ReadOnlyAccess",
  { Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] },
  { SQSPollerPolicy: { QueueName: { "Fn::GetAtt": ["Queue", "QueueName"] } } },
  { DynamoDBCrudPolicy: { TableName: { Ref: "Table" } } },
  { S3ReadPolicy: { BucketName: "some" } },
  { S3ReadPolicy: { Bucket: "some" } },
  { NoSuchPolicy: {} },
  { "Fn::If": ["Wanted", "AmazonS3FullAccess", { Ref: "AWS::NoValue" }] },
  { "Fn::If": ["Wanted", { S3ReadPolicy: { BucketName: "some" } }, { Ref: "AWS::NoValue" }] },
);

const destination = map({
  Type: choice("SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"),
  Destination: choice({ "Fn::GetAtt": ["Queue", "Arn"] }, { Ref: "Topic" }, "arn:aws:s3:::some"),
});

const places = [
  ...Array<string>(20).fill("s3://bucket/key"),
  { Bucket: "bucket", Key: "key", Version: "1" },
  "local",
];

const functionProperties = {
  Handler: choice("index.handler"),
  Runtime: choice("nodejs22.x", "python3.13", { Ref: "Stage" }),
  CodeUri: choice(...places),
  InlineCode: choice("exports.handler = 1"),
  MemorySize: choice(128, "256", { Ref: "Size" }),
  Tracing: choice("Active", "PassThrough", "Disabled", { Ref: "Stage" }),
  AutoPublishAlias: choice("live", { Ref: "Stage" }),
  AutoPublishAliasAllProperties: flag,
  DeploymentPreference: map(
    {
      Type: choice("AllAtOnce", "Canary10Percent5Minutes", { Ref: "Stage" }),
      Enabled: flag,
      Hooks: map({ PreTraffic: choice({ Ref: "Other" }) }),
      Alarms: choice([{ Ref: "Alarm" }], []),
      TriggerConfigurations: choice([{ TriggerEvents: ["DeploymentFailure"], TriggerName: "t" }]),
      PassthroughCondition: flag,
    },
    ["Type"],
  ),
  DeadLetterQueue: map({ Type: choice("SQS", "SNS", "SQS", "SNS", "S3"), TargetArn: text }, [
    "Type",
    "TargetArn",
  ]),
  EventInvokeConfig: map({
    MaximumRetryAttempts: choice(1),
    DestinationConfig: map({ OnSuccess: destination, OnFailure: destination }),
  }),
  Environment: choice({ Variables: { A: "1" } }),
  Layers: choice([{ Ref: "Layer" }]),
  Policies: fc.oneof(policies, choice("AmazonS3FullAccess", [])),
  PropagateTags: flag,
  ProvisionedConcurrencyConfig: choice({ ProvisionedConcurrentExecutions: 1 }),
  Role: choice("arn:aws:iam::123456789012:role/r", { "Fn::GetAtt": ["Role", "Arn"] }),
  PermissionsBoundary: choice("arn:aws:iam::123456789012:policy/p"),
  SnapStart: choice({ ApplyOn: "PublishedVersions" }),
  FunctionUrlConfig: map(
    {
      AuthType: choice("NONE", "AWS_IAM"),
      Cors: map({ AllowOrigins: choice(["*"]), MaxAge: choice(3) }),
      InvokeMode: choice("BUFFERED"),
    },
    ["AuthType"],
  ),
  Tags: tags,
  VpcConfig: choice({ SubnetIds: ["s"], SecurityGroupIds: ["g"] }),
  Events: eventsOfFunctions,
};

const connectors = map({
  Link: map({
    Properties: map({
      Destination: choice({ Id: "Table" }, { Id: "Queue" }, [{ Id: "Topic" }, { Id: "Other" }]),
      Permissions: choice(["Read"], ["Write"], ["Read", "Write"], ["Admin"]),
    }),
  }),
});

const attributes = {
  Condition: choice("Wanted", "Unwanted"),
  DependsOn: choice("Queue", ["Queue", "Topic"]),
  Metadata: choice({ Some: "thing" }),
  DeletionPolicy: choice("Retain"),
};

const sam = (kind: string, properties: Record<string, Arbitrary<unknown>>, needed: string[] = []) =>
  joined(
    fc.constant({ Type: `AWS::Serverless::${kind}` }),
    map(attributes),
    map({ Properties: wrong(map(properties, needed)) }, ["Properties"]),
  );

const serverlessFunction = joined(
  sam("Function", functionProperties, ["Handler", "Runtime", "CodeUri"]),
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: map({ Connectors: connectors }) },
  ),
);

const table = sam("SimpleTable", {
  PrimaryKey: map({ Name: text, Type: choice("String", "Number", "Binary", "Other") }),
  ProvisionedThroughput: choice({ ReadCapacityUnits: 1, WriteCapacityUnits: 2 }),
  TableName: choice("table", { Ref: "Stage" }),
  Tags: tags,
  SSESpecification: choice({ SSEEnabled: true }),
  PointInTimeRecoverySpecification: choice({ PointInTimeRecoveryEnabled: true }),
});

const layer = sam(
  "LayerVersion",
  {
    ContentUri: choice(...places),
    LayerName: choice("layer", { Ref: "Stage" }),
    RetentionPolicy: choice("Retain", "Retain", "Retain", "delete", "delete", "other", { Ref: "Stage" }),
    PublishLambdaVersion: flag,
    CompatibleRuntimes: choice(["nodejs22.x"]),
  },
  ["ContentUri"],
);

const stateMachine = sam(
  "StateMachine",
  {
    Definition: choice({ StartAt: "A", States: { A: { Type: "Succeed" } } }, { A: { Ref: "Stage" } }),
    DefinitionUri: choice(...places),
    DefinitionSubstitutions: choice({ A: { Ref: "Queue" } }),
    Role: choice("arn:aws:iam::123456789012:role/r"),
    Policies: policies,
    Type: choice("STANDARD", "EXPRESS"),
    AutoPublishAlias: choice("live"),
    DeploymentPreference: map(
      {
        Type: choice("LINEAR", "ALL_AT_ONCE"),
        Percentage: choice(10),
        Interval: choice(1),
      },
      ["Type"],
    ),
    UseAliasAsEventTarget: flag,
    Tracing: choice({ Enabled: true }),
    Logging: choice({ Level: "ALL" }),
    PropagateTags: flag,
    Tags: tags,
    Events: eventsOfStateMachines,
  },
  ["Definition"],
);

const connector = sam(
  "Connector",
  {
    Source: choice(
      { Id: "Hello" },
      { Id: "Machine" },
      { Id: "Topic" },
      { Type: "AWS::SNS::Topic", Arn: "arn" },
    ),
    Destination: choice({ Id: "Table" }, { Id: "Queue" }, [{ Id: "Other" }], {
      Type: "AWS::SQS::Queue",
      Arn: "arn",
    }),
    Permissions: choice(["Read"], ["Write"], ["Read", "Write"], []),
  },
  ["Source", "Destination", "Permissions"],
);

const application = sam(
  "Application",
  {
    Location: choice("https://example.com/t", {
      ApplicationId: "arn:aws:serverlessrepo:a",
      SemanticVersion: "1.0.0",
    }),
    Parameters: choice({ A: "b" }),
    Tags: tags,
    TimeoutInMinutes: choice(3),
  },
  ["Location"],
);

const plain = {
  Queue: "SQS::Queue",
  Topic: "SNS::Topic",
  Bucket: "S3::Bucket",
  Stream: "Kinesis::Stream",
  Pool: "Cognito::UserPool",
};

const resources = joined(
  fc.constant(Object.fromEntries(Object.entries(plain).map(([id, type]) => [id, { Type: `AWS::${type}` }]))),
  map(
    {
      Hello: serverlessFunction,
      Other: serverlessFunction,
      Rest: sam("Api", api, ["StageName"]),
      Http: sam("HttpApi", httpApi),
      Socket: sam("WebSocketApi", webSocketApi, ["Routes", "RouteSelectionExpression"]),
      Table: table,
      Layer: layer,
      Machine: stateMachine,
      Connection: connector,
      Application: application,
    },
    ["Hello", "Table"],
  ),
);

const pick = (all: Record<string, Arbitrary<unknown>>, ...names: string[]) =>
  map(Object.fromEntries(names.map((name) => [name, all[name] as Arbitrary<unknown>])));

const globals = map({
  Function: pick(
    functionProperties,
    "Tags",
    "Tracing",
    "MemorySize",
    "Environment",
    "PropagateTags",
    "VpcConfig",
    "AutoPublishAlias",
    "DeploymentPreference",
    "Handler",
  ),
  Api: pick(
    api,
    "Auth",
    "Cors",
    "OpenApiVersion",
    "EndpointConfiguration",
    "TracingEnabled",
    "Domain",
    "Name",
  ),
  HttpApi: pick(httpApi, "Auth", "CorsConfiguration", "FailOnWarnings", "Tags", "Domain"),
  SimpleTable: choice({ SSESpecification: { SSEEnabled: true } }),
  StateMachine: choice({ PropagateTags: true }),
});

export const arbitraryTemplate = joined(
  fc.constant({
    Transform: "AWS::Serverless-2016-10-31",
    Parameters: { Stage: { Type: "String", Default: "beta" }, Size: { Type: "Number", Default: "512" } },
    Conditions: { Wanted: { "Fn::Equals": ["a", "a"] }, Unwanted: { "Fn::Equals": ["a", "b"] } },
  }),
  fc.oneof(fc.constant({}), map({ Globals: globals })),
  fc.record({ Resources: resources }),
);
