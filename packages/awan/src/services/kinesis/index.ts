/** Kinesis Data Streams. `put.ts` writes, `read.ts` reads, `shard.ts` splits and merges; time is in `duties.ts`. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { accesses } from "./authorization.ts";
import { duties } from "./duties.ts";
import * as account from "./operations/account.ts";
import * as consumers from "./operations/consumers.ts";
import { createStream, deleteStream } from "./operations/create-stream.ts";
import { describeStream, describeStreamSummary, listStreams } from "./operations/describe-stream.ts";
import { getRecords, getShardIterator } from "./operations/get-records.ts";
import { listShards } from "./operations/list-shards.ts";
import * as policies from "./operations/policies.ts";
import { putRecord, putRecords } from "./operations/put-record.ts";
import { mergeShards, splitShard, updateShardCount } from "./operations/reshard.ts";
import * as settings from "./operations/settings.ts";
import { subscribeToShard } from "./operations/subscribe-to-shard.ts";
import * as tags from "./operations/tags.ts";
import type { Kinesis } from "./sdk.ts";
import { port } from "./stream-port.ts";
import { subscribe } from "./subscription.ts";

const operations = {
  AddTagsToStream: tags.addTagsToStream,
  CreateStream: createStream,
  DecreaseStreamRetentionPeriod: settings.decreaseStreamRetentionPeriod,
  DeleteResourcePolicy: policies.deleteResourcePolicy,
  DeleteStream: deleteStream,
  DeregisterStreamConsumer: consumers.deregisterStreamConsumer,
  DescribeAccountSettings: account.describeAccountSettings,
  DescribeLimits: account.describeLimits,
  DescribeStream: describeStream,
  DescribeStreamConsumer: consumers.describeStreamConsumer,
  DescribeStreamSummary: describeStreamSummary,
  DisableEnhancedMonitoring: settings.disableEnhancedMonitoring,
  EnableEnhancedMonitoring: settings.enableEnhancedMonitoring,
  GetRecords: getRecords,
  GetResourcePolicy: policies.getResourcePolicy,
  GetShardIterator: getShardIterator,
  IncreaseStreamRetentionPeriod: settings.increaseStreamRetentionPeriod,
  ListShards: listShards,
  ListStreamConsumers: consumers.listStreamConsumers,
  ListStreams: listStreams,
  ListTagsForResource: tags.listTagsForResource,
  ListTagsForStream: tags.listTagsForStream,
  MergeShards: mergeShards,
  PutRecord: putRecord,
  PutRecords: putRecords,
  PutResourcePolicy: policies.putResourcePolicy,
  RegisterStreamConsumer: consumers.registerStreamConsumer,
  RemoveTagsFromStream: tags.removeTagsFromStream,
  SplitShard: splitShard,
  StartStreamEncryption: settings.startStreamEncryption,
  StopStreamEncryption: settings.stopStreamEncryption,
  SubscribeToShard: subscribeToShard,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateAccountSettings: account.updateAccountSettings,
  UpdateMaxRecordSize: settings.updateMaxRecordSize,
  UpdateShardCount: updateShardCount,
  UpdateStreamMode: settings.updateStreamMode,
  UpdateStreamRecordDistributionStrategy: settings.updateStreamRecordDistributionStrategy,
  UpdateStreamWarmThroughput: settings.updateStreamWarmThroughput,
} satisfies Operations<Kinesis>;

export const service: Service = {
  name: "kinesis",
  operations,
  duties,
  effects: { subscribe },
  port,
  authorization: { accesses },
};
