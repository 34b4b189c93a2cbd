/** Events Lambda polls for: each becomes an event source mapping, and the role may read the source. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { make, managedPolicyArn } from "../sam.ts";
import { type EventHandler, type EventOwner, required, type SamEvent } from "./owner.ts";
import { documentDbStatements, kafkaPolicy, mqPolicy, mskPolicy } from "./pull-policies.ts";

interface PullKind {
  /** The property that names the source. */
  readonly source?: string;
  readonly required?: readonly string[];
  readonly managedPolicy?: string;
  readonly policy?: (event: SamEvent, owner: EventOwner) => Dict | undefined;
  readonly filters?: boolean;
}

const kinds: Readonly<Record<string, PullKind>> = {
  SQS: { source: "Queue", required: ["Queue"], managedPolicy: "service-role/AWSLambdaSQSQueueExecutionRole" },
  Kinesis: {
    source: "Stream",
    required: ["Stream", "StartingPosition"],
    managedPolicy: "service-role/AWSLambdaKinesisExecutionRole",
  },
  DynamoDB: {
    source: "Stream",
    required: ["Stream", "StartingPosition"],
    managedPolicy: "service-role/AWSLambdaDynamoDBExecutionRole",
  },
  MSK: {
    source: "Stream",
    required: ["Stream", "StartingPosition"],
    managedPolicy: "service-role/AWSLambdaMSKExecutionRole",
    policy: mskPolicy,
  },
  MQ: { source: "Broker", required: ["Broker"], policy: mqPolicy },
  SelfManagedKafka: { policy: kafkaPolicy },
  DocumentDB: { source: "Cluster", required: ["Cluster", "DatabaseName"], policy: documentDbStatements },
};

export const pullEvents: Readonly<Record<string, EventHandler>> = Object.fromEntries(
  Object.entries(kinds).map(
    ([type, kind]) => [type, (owner, event) => pull(type, kind, owner, event)] as const,
  ),
);

const passedThrough = [
  "StartingPosition",
  "StartingPositionTimestamp",
  "BatchSize",
  "Enabled",
  "MaximumBatchingWindowInSeconds",
  "MaximumRetryAttempts",
  "BisectBatchOnFunctionError",
  "MaximumRecordAgeInSeconds",
  "ParallelizationFactor",
  "Topics",
  "Queues",
  "SourceAccessConfigurations",
  "TumblingWindowInSeconds",
  "FunctionResponseTypes",
  "FilterCriteria",
  "KmsKeyArn",
  "ScalingConfig",
  "ProvisionedPollerConfig",
  "MetricsConfig",
  "LoggingConfig",
];

function pull(type: string, kind: PullKind, owner: EventOwner, event: SamEvent) {
  required(event, ...(kind.required ?? []));
  const { properties } = event;
  if (properties["FilterCriteria"] !== undefined) checkFilters(event);
  const destination = destinationOf(event);
  const mapping: Dict = {
    ...Object.fromEntries(passedThrough.map((name) => [name, properties[name]])),
    FunctionName: owner.name,
    EventSourceArn: kind.source === undefined ? undefined : properties[kind.source],
    DestinationConfig: destination.config,
    ...kafkaSettings(type, event),
  };
  if (type === "DocumentDB") {
    mapping["DocumentDBEventSourceConfig"] = {
      DatabaseName: properties["DatabaseName"],
      ...(properties["CollectionName"] === undefined ? {} : { CollectionName: properties["CollectionName"] }),
      ...(properties["FullDocument"] === undefined ? {} : { FullDocument: properties["FullDocument"] }),
    };
  }
  if (owner.role !== undefined) allow(kind, owner, event, destination.policy);
  else kind.policy?.(event, owner);
  return [make(event.logicalId, "AWS::Lambda::EventSourceMapping", mapping, owner.attributes)];
}

function checkFilters(event: SamEvent): void {
  const criteria = event.properties["FilterCriteria"];
  if (!isDict(criteria)) throw new InvalidEvent(event.id, "FilterCriteria should be a map.");
}

function kafkaSettings(type: string, event: SamEvent): Dict {
  const { KafkaBootstrapServers, ConsumerGroupId, SchemaRegistryConfig } = event.properties;
  const own: Dict = {
    ...(ConsumerGroupId === undefined ? {} : { ConsumerGroupId }),
    ...(SchemaRegistryConfig === undefined ? {} : { SchemaRegistryConfig }),
  };
  if (ConsumerGroupId !== undefined && type !== "MSK" && type !== "SelfManagedKafka") {
    throw new InvalidEvent(
      event.logicalId,
      `Property ConsumerGroupId not defined for resource of type ${type}.`,
    );
  }
  const name = type === "MSK" ? "AmazonManagedKafkaEventSourceConfig" : "SelfManagedKafkaEventSourceConfig";
  return {
    ...(KafkaBootstrapServers === undefined
      ? {}
      : { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers } } }),
    ...(Object.keys(own).length === 0 ? {} : { [name]: own }),
  };
}

/** `OnFailure.Type` tells which permission the role needs; it is no property of the mapping. */
function destinationOf(event: SamEvent): { readonly config: unknown; readonly policy: Dict | undefined } {
  const config = event.properties["DestinationConfig"];
  if (!isDict(config) || Object.keys(config).length === 0) return { config: undefined, policy: undefined };
  const onFailure = config["OnFailure"];
  if (!isDict(onFailure)) {
    throw new InvalidEvent(event.logicalId, "Property 'DestinationConfig.OnFailure' is required.");
  }
  const { Type: type, ...target } = onFailure;
  if (type === undefined) return { config, policy: undefined };
  if (typeof type !== "string" || !["SQS", "SNS", "S3", "Kafka"].includes(type)) {
    throw new InvalidEvent(
      event.logicalId,
      "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'",
    );
  }
  return {
    config: { ...config, OnFailure: target },
    policy: destinationPolicy(type, target["Destination"], event.logicalId),
  };
}

/** What the role needs to send what failed (or succeeded) on. */
export function destinationPolicy(type: string, arn: unknown, logicalId: string): Dict | undefined {
  const policy = (
    name: string,
    ...statements: readonly (readonly [action: string, resource: unknown])[]
  ): Dict => ({
    PolicyName: logicalId + name,
    PolicyDocument: {
      Statement: statements.map(([Action, Resource]) => ({ Action, Effect: "Allow", Resource })),
    },
  });
  switch (type) {
    case "SQS":
      return policy("SQSPolicy", ["sqs:SendMessage", arn]);
    case "SNS":
      return policy("SNSPolicy", ["sns:publish", arn]);
    case "EventBridge":
      return policy("EventBridgePolicy", ["events:PutEvents", arn]);
    case "Lambda":
      return policy("LambdaPolicy", ["lambda:InvokeFunction", arn]);
    case "S3":
    case "S3Bucket":
      return policy("S3Policy", ["s3:PutObject", { "Fn::Join": ["/", [arn, "*"]] }], ["s3:ListBucket", arn]);
    default:
      return undefined;
  }
}

function allow(kind: PullKind, owner: EventOwner, event: SamEvent, destination: Dict | undefined): void {
  const { role, sam } = owner;
  if (role === undefined) return;
  if (kind.managedPolicy !== undefined) {
    const arn = managedPolicyArn(sam, kind.managedPolicy);
    if (!role.managedPolicyArns.includes(arn)) role.managedPolicyArns.push(arn);
  }
  for (const policy of [kind.policy?.(event, owner), destination]) {
    if (policy === undefined) continue;
    const known = role.policies.some(
      (other) => isDict(other) && deepEqual(other["PolicyDocument"], policy["PolicyDocument"]),
    );
    if (!known) role.policies.push(policy);
  }
}
