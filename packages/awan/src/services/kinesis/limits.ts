/** Every number Kinesis documents (Developer Guide, "Quotas and limits", and the API Reference), once. */
const secondMs = 1_000;
const hourMs = 3_600 * secondMs;
const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

export const retentionHoursMin = 24;
export const retentionHoursMax = 8_760;
export const retentionMs = (hours: number): number => hours * hourMs;

export const iteratorLifetimeMs = 300 * secondMs;
export const tokenLifetimeMs = 300 * secondMs;

export const recordKibibytesDefault = 1_024;
export const bytesOfKibibytes = (kibibytes: number): number => kibibytes * kibibyte;
/** PutRecords: the whole request, partition keys included. */
export const putRecordsBytesMax = 10 * mebibyte;
export const getRecordsMax = 10_000;
export const getRecordsBytesMax = 10 * mebibyte;

/** Of one shard, when throughput is enforced. */
export const writeBytesPerSecond = mebibyte;
export const writeRecordsPerSecond = 1_000;
export const readBytesPerSecond = 2 * mebibyte;
export const readCallsPerSecond = 5;

const largeRegions = new Set(["us-east-1", "us-west-2", "eu-west-1"]);
export const shardsMax = (region: string): number => (largeRegions.has(region) ? 20_000 : 1_000);
export const onDemandStreamsMax = 50;
export const onDemandShards = 4;
export const scalingShardsMax = 10_000;
/** UpdateShardCount within a rolling day. */
export const scalingsMax = 10;
export const scalingPeriodMs = 24 * hourMs;
/** UpdateStreamMode within a rolling day. */
export const modeChangesMax = 2;

export const tagsMax = 50;
export const listTagsMax = 50;
export const listStreamsMax = 100;
export const describeShardsMax = 100;
export const listShardsMax = 1_000;
export const listConsumersMax = 100;
export const consumersMax = 20;
export const policyBytesMax = 20 * kibibyte;

/** Enhanced fan-out: how long a subscription lasts, and how soon the next may take over. */
export const subscriptionMs = 300 * secondMs;
export const takeoverMs = 5 * secondMs;
/** A subscription without records tells that it lives. */
export const heartbeatMs = 5 * secondMs;
export const subscriptionBytesMax = 2 * mebibyte;

/** Ours: how many rows one run of a duty touches. */
export const rowsPerRun = 500;
