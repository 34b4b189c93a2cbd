/** Random events of functions and state machines. */
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { choice, flag, map, text, wrong } from "./arbitrary-values.ts";

const event = (
  Type: string,
  properties: Record<string, Arbitrary<unknown>>,
  needed: readonly string[] = [],
) => fc.record({ Type: fc.constant(Type), Properties: wrong(map(properties, needed)) });

const path = choice("/", "/items", "/items/{id}", "/files/{proxy+}");
const method = choice("get", "POST", "any");
const authorizer = choice("Lambdas", "Users", "NONE", "AWS_IAM", "Missing");

const restAuth = map({
  Authorizer: authorizer,
  ApiKeyRequired: flag,
  AuthorizationScopes: choice(["a"]),
  InvokeRole: choice("NONE", "CALLER_CREDENTIALS", "arn:aws:iam::123456789012:role/r"),
  ResourcePolicy: map({ IpRangeWhitelist: choice(["1.2.3.4"]), CustomStatements: choice({ Action: "a" }) }),
  OverrideApiAuth: flag,
});

const api = event(
  "Api",
  {
    Path: path,
    Method: method,
    RestApiId: choice({ Ref: "Rest" }, "abc", { Ref: "Http" }),
    Auth: restAuth,
    RequestModel: map({
      Model: choice("User"),
      Required: flag,
      ValidateBody: flag,
      ValidateParameters: flag,
    }),
    RequestParameters: choice(
      ["method.request.header.A"],
      [{ "method.request.path.id": { Required: true } }],
    ),
    TimeoutInMillis: choice(3000),
  },
  ["Path", "Method"],
);

const httpApi = event("HttpApi", {
  Path: path,
  Method: method,
  ApiId: choice({ Ref: "Http" }, "abc", { Ref: "Rest" }),
  Auth: map({ Authorizer: authorizer, AuthorizationScopes: choice(["a"]), InvokeRole: choice("NONE") }),
  PayloadFormatVersion: choice("1.0", "2.0"),
  TimeoutInMillis: choice(3000, { Ref: "Size" }),
  RouteSettings: choice({ ThrottlingBurstLimit: 3 }),
});

const filters = {
  FilterCriteria: choice({ Filters: [{ Pattern: "{}" }] }),
  BatchSize: choice(5),
  Enabled: flag,
};
const failures = {
  DestinationConfig: map({ OnFailure: map({ Type: choice("SQS", "SNS", "Kafka"), Destination: text }) }),
};
const stream = {
  Stream: choice({ "Fn::GetAtt": ["Stream", "Arn"] }, "arn:aws:kinesis:us-east-1:123456789012:stream/s"),
  StartingPosition: choice("LATEST", "AT_TIMESTAMP"),
  ...filters,
  ...failures,
  BisectBatchOnFunctionError: flag,
  FunctionResponseTypes: choice(["ReportBatchItemFailures"]),
};
const queue = choice({ "Fn::GetAtt": ["Queue", "Arn"] }, "arn:aws:sqs:us-east-1:123456789012:q");
const schedule = {
  Schedule: choice("rate(1 day)"),
  Name: text,
  Description: text,
  Enabled: flag,
  State: choice("ENABLED"),
  Input: choice("{}"),
  DeadLetterConfig: map({ Arn: queue, Type: choice("SQS", "SNS"), QueueLogicalId: choice("Dead") }),
  RetryPolicy: choice({ MaximumRetryAttempts: 1 }),
};
const scheduleV2 = {
  ...schedule,
  ScheduleExpression: choice("rate(1 day)"),
  RoleArn: choice("arn:aws:iam::123456789012:role/r"),
  PermissionsBoundary: choice("arn:aws:iam::123456789012:policy/p"),
  OmitName: flag,
  FlexibleTimeWindow: choice({ Mode: "OFF" }),
};
const rule = {
  Pattern: choice({ source: ["a"] }),
  EventBusName: text,
  Target: choice({ Id: "Some" }),
  InputPath: choice("$.a"),
  InputTransformer: choice({ InputTemplate: "1" }),
  DeadLetterConfig: schedule.DeadLetterConfig,
  RetryPolicy: schedule.RetryPolicy,
  RuleName: text,
};

const kafka = {
  Topics: choice(["t"]),
  StartingPosition: choice("LATEST"),
  ...filters,
  ConsumerGroupId: text,
  SourceAccessConfigurations: choice(
    [{ Type: "SASL_SCRAM_512_AUTH", URI: "arn" }],
    [{ Type: "VPC_SUBNET", URI: "subnet:s" }],
  ),
};

const others = [
  event(
    "S3",
    {
      Bucket: choice({ Ref: "Bucket" }, "b"),
      Events: choice("s3:ObjectCreated:*", ["a", "b"]),
      Filter: choice({ S3Key: { Rules: [] } }),
    },
    ["Bucket", "Events"],
  ),
  event(
    "SNS",
    {
      Topic: choice({ Ref: "Topic" }, "arn"),
      FilterPolicy: choice({ a: ["b"] }),
      SqsSubscription: fc.oneof(
        flag,
        map({ QueueArn: queue, QueueUrl: text, BatchSize: choice(3), Enabled: flag }),
      ),
      RedrivePolicy: choice({ a: 1 }),
      Region: text,
    },
    ["Topic"],
  ),
  event("SQS", { Queue: queue, ...filters, ScalingConfig: choice({ MaximumConcurrency: 2 }) }, ["Queue"]),
  event("Kinesis", stream, ["Stream", "StartingPosition"]),
  event("DynamoDB", stream, ["Stream", "StartingPosition"]),
  event("MSK", { ...kafka, ...failures, Stream: choice("arn:aws:kafka:a") }, [
    "Stream",
    "Topics",
    "StartingPosition",
  ]),
  event("SelfManagedKafka", { ...kafka, KafkaBootstrapServers: choice(["a:1"]) }, [
    "Topics",
    "KafkaBootstrapServers",
    "SourceAccessConfigurations",
  ]),
  event(
    "MQ",
    {
      ...filters,
      Broker: choice("arn"),
      Queues: choice(["q"]),
      SourceAccessConfigurations: choice([{ Type: "BASIC_AUTH", URI: "arn" }]),
    },
    ["Broker", "Queues", "SourceAccessConfigurations"],
  ),
  event(
    "DocumentDB",
    {
      ...filters,
      Cluster: choice("arn"),
      DatabaseName: text,
      StartingPosition: choice("LATEST"),
      SourceAccessConfigurations: choice([{ Type: "BASIC_AUTH", URI: "arn" }]),
    },
    ["Cluster", "DatabaseName", "SourceAccessConfigurations"],
  ),
  event("Schedule", schedule, ["Schedule"]),
  event("ScheduleV2", scheduleV2, ["ScheduleExpression"]),
  event("EventBridgeRule", rule, ["Pattern"]),
  event("CloudWatchEvent", rule, ["Pattern"]),
  event("CloudWatchLogs", { LogGroupName: text, FilterPattern: text }, ["LogGroupName", "FilterPattern"]),
  event("IoTRule", { Sql: text, AwsIotSqlVersion: choice("beta") }, ["Sql"]),
  event("AlexaSkill", { SkillId: text }),
  event(
    "Cognito",
    { UserPool: choice({ Ref: "Pool" }), Trigger: choice("PreSignUp", ["PreSignUp", "Custom"]) },
    ["UserPool", "Trigger"],
  ),
  event("Nothing", {}),
];

const several = (...kinds: readonly Arbitrary<unknown>[]): Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.constantFrom("One", "Two", "Three"), wrong(fc.oneof(...kinds)), {
    maxKeys: 3,
    noNullPrototype: true,
  });

export const eventsOfFunctions = several(api, api, api, httpApi, httpApi, ...others);

export const eventsOfStateMachines = several(
  api,
  event("Schedule", schedule, ["Schedule"]),
  event("ScheduleV2", scheduleV2, ["ScheduleExpression"]),
  event("EventBridgeRule", rule, ["Pattern"]),
  event("CloudWatchEvent", rule, ["Pattern"]),
);
