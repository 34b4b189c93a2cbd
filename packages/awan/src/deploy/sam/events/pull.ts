/** Kinesis, DynamoDB, SQS, MSK, MQ, Kafka and DocumentDB: an event source mapping, and what the role needs for it. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { isFunction, ref } from "../intrinsics.ts";
import { managedPolicyArn } from "../partition.ts";
import { publishPolicy, putObjectPolicy, sendMessagePolicy } from "../policies.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam } from "../sam.ts";
import { shape, type Shape } from "../shape.ts";
import type { EventKind, EventKinds, SamEvent, Target } from "./event.ts";
import { documentDbPolicy, kafkaPolicy, mqPolicy, mskPolicy } from "./pull-policies.ts";

const common = `
  BatchSize: integer; StartingPosition: pass; StartingPositionTimestamp: pass; Enabled: boolean
  MaximumBatchingWindowInSeconds: integer; MaximumRetryAttempts: integer; BisectBatchOnFunctionError: boolean
  MaximumRecordAgeInSeconds: integer; DestinationConfig: map; ParallelizationFactor: integer; Topics: list
  Queues: list; SourceAccessConfigurations: list; SecretsManagerKmsKeyId: string; TumblingWindowInSeconds: integer
  FunctionResponseTypes: list; KafkaBootstrapServers: list; FilterCriteria: map; KmsKeyArn: pass
  ConsumerGroupId: string; ScalingConfig: map; ProvisionedPollerConfig: map; SchemaRegistryConfig: map
  MetricsConfig: map; LoggingConfig: map`;

const withFilters = ["DocumentDB", "DynamoDB", "Kinesis", "MQ", "MSK", "SelfManagedKafka", "SQS"];

interface Source {
  readonly arn: string | undefined;
  readonly managedPolicy?: string;
  readonly policy?: (sam: Sam, event: SamEvent) => Dict | undefined;
  readonly extra?: (properties: Dict) => Dict;
}

const stream = (policy: string): Source => ({ arn: "Stream", managedPolicy: `service-role/${policy}` });

const sources: Readonly<Record<string, Source & { readonly shape: Shape }>> = {
  Kinesis: {
    ...stream("AWSLambdaKinesisExecutionRole"),
    shape: shape(`${common}; Stream: !pass; StartingPosition: !pass`),
  },
  DynamoDB: {
    ...stream("AWSLambdaDynamoDBExecutionRole"),
    shape: shape(`${common}; Stream: !pass; StartingPosition: !pass`),
  },
  SQS: {
    arn: "Queue",
    managedPolicy: "service-role/AWSLambdaSQSQueueExecutionRole",
    shape: shape(`${common}; Queue: !pass`),
  },
  MSK: {
    ...stream("AWSLambdaMSKExecutionRole"),
    policy: mskPolicy,
    shape: shape(`${common}; Stream: !pass; StartingPosition: !pass`),
  },
  MQ: {
    arn: "Broker",
    policy: mqPolicy,
    shape: shape(`${common}; Broker: !pass; DynamicPolicyName: =boolean`),
  },
  SelfManagedKafka: { arn: undefined, policy: kafkaPolicy, shape: shape(common) },
  DocumentDB: {
    arn: "Cluster",
    policy: documentDbPolicy,
    extra: ({ DatabaseName, CollectionName, FullDocument }) => ({
      DocumentDBEventSourceConfig: {
        DatabaseName,
        ...(given(CollectionName) ? { CollectionName } : {}),
        ...(given(FullDocument) ? { FullDocument } : {}),
      },
    }),
    shape: shape(`${common}; Cluster: !pass; DatabaseName: !pass; CollectionName: pass; FullDocument: pass`),
  },
};

export const pullEvents: EventKinds = Object.fromEntries(
  Object.entries(sources).map(([type, source]): [string, EventKind] => [
    type,
    { shape: source.shape, make: (sam, event, { target }) => [mappingOf(sam, event, { target, source })] },
  ]),
);

/** The mapping of a queue that an SNS event fills. */
export function queueMapping(
  sam: Sam,
  event: SamEvent,
  { target, queue, batchSize }: { target: Target; queue: unknown; batchSize: unknown },
): Resource[] {
  const properties = { Queue: queue, BatchSize: given(batchSize) ? batchSize : 10, Enabled: true };
  const mapped: SamEvent = { name: event.name, id: `${event.id}EventSourceMapping`, type: "SQS", properties };
  return [mappingOf(sam, mapped, { target, source: sources["SQS"] as Source })];
}

const passedOn = [
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

function mappingOf(
  sam: Sam,
  event: SamEvent,
  { target, source }: { target: Target; source: Source },
): Resource {
  const { id, properties } = event;
  checkFilter(event);
  const servers = properties["KafkaBootstrapServers"];
  const made = new Resource(id, "AWS::Lambda::EventSourceMapping", {
    attributes: target.resource.shared,
    properties: {
      FunctionName: ref(target.resource.id),
      EventSourceArn: source.arn === undefined ? undefined : properties[source.arn],
      ...Object.fromEntries(passedOn.map((name) => [name, properties[name]])),
      ...(given(servers)
        ? { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: servers } } }
        : {}),
      ...kafkaConfig(event),
    },
  });
  const failurePolicy = addDestination(event, made);
  Object.assign(made.properties, source.extra?.(properties) ?? {});
  linkPolicies(sam, event, { role: target.role, source, failurePolicy });
  return made;
}

function checkFilter({ name, type, properties }: SamEvent): void {
  const filter = properties["FilterCriteria"];
  if (!given(filter) || isFunction(filter)) return;
  if (!withFilters.includes(type)) {
    throw new InvalidEvent(name, `FilterCriteria is only available for ${withFilters.join(", ")} events.`);
  }
  const keys = Object.keys(filter as Dict);
  if (keys.length !== 1 || keys[0] !== "Filters") {
    throw new InvalidEvent(name, "FilterCriteria field has a wrong format");
  }
}

function kafkaConfig({ id, type, properties }: SamEvent): Dict {
  const member = {
    MSK: "AmazonManagedKafkaEventSourceConfig",
    SelfManagedKafka: "SelfManagedKafkaEventSourceConfig",
  }[type];
  const { ConsumerGroupId: group, SchemaRegistryConfig: registry } = properties;
  if (given(group) && member === undefined) {
    throw new InvalidEvent(id, `Property ConsumerGroupId not defined for resource of type ${type}.`);
  }
  if (member === undefined || (!given(group) && !given(registry))) return {};
  return {
    [member]: {
      ...(given(group) ? { ConsumerGroupId: group } : {}),
      ...(given(registry) ? { SchemaRegistryConfig: registry } : {}),
    },
  };
}

const failurePolicies: Readonly<Record<string, ((id: string, arn: unknown) => Dict) | undefined>> = {
  SQS: sendMessagePolicy,
  SNS: publishPolicy,
  S3: putObjectPolicy,
  Kafka: undefined,
};

/** Where failed batches go; its `Type` is for us and does not stay. */
function addDestination({ id, properties }: SamEvent, made: Resource): Dict | undefined {
  const config = properties["DestinationConfig"];
  if (!given(config)) return undefined;
  const failure = (config as Dict)["OnFailure"];
  expectMap(failure, { id, path: "DestinationConfig.OnFailure", of: "event" });
  made.properties["DestinationConfig"] = config;
  const type = failure["Type"];
  if (!given(type)) return undefined;
  delete failure["Type"];
  if (typeof type !== "string" || !Object.hasOwn(failurePolicies, type)) {
    throw new InvalidEvent(id, "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'");
  }
  return failurePolicies[type]?.(id, failure["Destination"]);
}

function linkPolicies(
  sam: Sam,
  event: SamEvent,
  {
    role,
    source,
    failurePolicy,
  }: { role: Resource | undefined; source: Source; failurePolicy: Dict | undefined },
): void {
  const own = source.policy?.(sam, event);
  if (role === undefined) return;
  const arns = role.properties["ManagedPolicyArns"] as unknown[];
  if (source.managedPolicy !== undefined) {
    const arn = managedPolicyArn(sam.partition, source.managedPolicy);
    if (!arns.includes(arn)) arns.push(arn);
  }
  for (const policy of [own, failurePolicy]) {
    if (policy === undefined) continue;
    const policies = (role.properties["Policies"] ?? []) as unknown[];
    const isThere = policies.some(
      (each) => isDict(each) && deepEqual(each["PolicyDocument"], policy["PolicyDocument"]),
    );
    if (!isThere) role.properties["Policies"] = [...policies, policy];
  }
}
