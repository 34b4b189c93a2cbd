/**
 * What operations need by IAM: an action on the stream, or on the consumer, with the policy attached to it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { positionIn } from "./iterator.ts";
import { policies } from "./keys.ts";
import { streamArn } from "./stream.ts";

interface Input {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly ConsumerARN?: string;
  readonly ResourceARN?: string;
  readonly ShardIterator?: string;
}

function access(call: Call, operation: string, resource: string | undefined): Access {
  const action = `kinesis:${operation}`;
  if (resource === undefined) return { action, resource: "*" };
  const arn = parseArn(resource);
  const owner = arn === undefined ? call : call.in({ accountId: arn.accountId, region: arn.region });
  return { action, resource, resourcePolicy: policies.get(owner.tx, [resource]) };
}

function resourceOf(call: Call, input: Input): string | undefined {
  const { ConsumerARN, ResourceARN, ShardIterator, StreamARN, StreamName } = input;
  const arn = ConsumerARN ?? ResourceARN ?? StreamARN;
  if (typeof arn === "string") return arn;
  if (typeof StreamName === "string") return streamArn(call, StreamName);
  if (typeof ShardIterator !== "string") return undefined;
  const position = positionIn(ShardIterator);
  return position === undefined ? undefined : streamArn(call.in(position), position.name);
}

const onResource = [
  "AddTagsToStream",
  "CreateStream",
  "DecreaseStreamRetentionPeriod",
  "DeleteResourcePolicy",
  "DeleteStream",
  "DeregisterStreamConsumer",
  "DescribeStream",
  "DescribeStreamConsumer",
  "DescribeStreamSummary",
  "DisableEnhancedMonitoring",
  "EnableEnhancedMonitoring",
  "GetRecords",
  "GetResourcePolicy",
  "GetShardIterator",
  "IncreaseStreamRetentionPeriod",
  "ListShards",
  "ListStreamConsumers",
  "ListTagsForResource",
  "ListTagsForStream",
  "MergeShards",
  "PutRecord",
  "PutRecords",
  "PutResourcePolicy",
  "RegisterStreamConsumer",
  "RemoveTagsFromStream",
  "SplitShard",
  "StartStreamEncryption",
  "StopStreamEncryption",
  "SubscribeToShard",
  "TagResource",
  "UntagResource",
  "UpdateMaxRecordSize",
  "UpdateShardCount",
  "UpdateStreamMode",
  "UpdateStreamRecordDistributionStrategy",
  "UpdateStreamWarmThroughput",
];

export const accesses: Authorization["accesses"] = Object.fromEntries(
  onResource.map((operation) => [
    operation,
    (call: Call, input: Input) => access(call, operation, resourceOf(call, input)),
  ]),
);
