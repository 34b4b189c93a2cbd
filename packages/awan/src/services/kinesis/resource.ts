/** AWS::Kinesis::Stream, StreamConsumer and ResourcePolicy, through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { finishConsumer, settleNow } from "./duties.ts";
import { streams } from "./keys.ts";
import { requireStream, streamArn } from "./stream.ts";

type Fields = Record<string, unknown>;

const toNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

const tagsOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    ((properties["Tags"] ?? []) as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [
      Key,
      String(Value),
    ]),
  );

/** Deleting what is gone succeeds. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}

/** One step of a deployment after another: each operation finds the stream ready again. */
function step(call: Call, StreamName: string, operation: string, input: Fields): void {
  call.invoke("kinesis", operation, { StreamName, ...input });
  settleNow(call, StreamName);
}

interface Encryption {
  readonly EncryptionType: string;
  readonly KeyId: string;
}

const modeOf = (properties: Properties): string | undefined =>
  (properties["StreamModeDetails"] as { StreamMode?: string } | undefined)?.StreamMode;

function applySettings(call: Call, name: string, properties: Properties): void {
  const row = streams.get(call.tx, [name]);
  if (row === undefined) return;
  const hours = toNumber(properties["RetentionPeriodHours"]) ?? 24;
  if (hours !== row.retentionHours) {
    const operation = `${hours > row.retentionHours ? "Increase" : "Decrease"}StreamRetentionPeriod`;
    step(call, name, operation, { RetentionPeriodHours: hours });
  }
  const encryption = properties["StreamEncryption"] as Encryption | undefined;
  if (encryption !== undefined && encryption.KeyId !== row.keyId) {
    step(call, name, "StartStreamEncryption", { EncryptionType: "KMS", KeyId: encryption.KeyId });
  } else if (encryption === undefined && row.keyId !== null) {
    step(call, name, "StopStreamEncryption", { EncryptionType: "KMS", KeyId: row.keyId });
  }
  const kibibytes = toNumber(properties["MaxRecordSizeInKiB"]) ?? row.recordKibibytesMax;
  if (kibibytes !== row.recordKibibytesMax) {
    call.invoke("kinesis", "UpdateMaxRecordSize", {
      StreamARN: streamArn(call, name),
      MaxRecordSizeInKiB: kibibytes,
    });
    settleNow(call, name);
  }
  const metrics = (properties["DesiredShardLevelMetrics"] ?? []) as readonly string[];
  const gone = row.shardMetrics.filter((metric) => !metrics.includes(metric));
  if (metrics.length > 0) step(call, name, "EnableEnhancedMonitoring", { ShardLevelMetrics: metrics });
  if (gone.length > 0) step(call, name, "DisableEnhancedMonitoring", { ShardLevelMetrics: gone });
}

const stateOf = (call: Call, name: string): ResourceState => ({
  physicalId: name,
  attributes: { Arn: streamArn(call, name) },
});

const stream: ResourceProvider = {
  type: "AWS::Kinesis::Stream",
  properties: {
    DesiredShardLevelMetrics: "mutable",
    MaxRecordSizeInKiB: "mutable",
    Name: "replace",
    RetentionPeriodHours: "mutable",
    ShardCount: "mutable",
    StreamEncryption: "mutable",
    StreamModeDetails: "mutable",
    Tags: "mutable",
    WarmThroughputMiBps: "mutable",
  },
  create(call, { properties, stack, generateName }) {
    const given = properties["Name"] as string | undefined;
    const name = given ?? generateName({ lengthMax: 128 });
    const mode = modeOf(properties) ?? "PROVISIONED";
    call.invoke("kinesis", "CreateStream", {
      StreamName: name,
      StreamModeDetails: { StreamMode: mode },
      ...(mode === "PROVISIONED" ? { ShardCount: toNumber(properties["ShardCount"]) ?? 1 } : {}),
      ...(properties["WarmThroughputMiBps"] === undefined
        ? {}
        : { WarmThroughputMiBps: toNumber(properties["WarmThroughputMiBps"]) }),
      Tags: { ...stack.tags, ...tagsOf(properties) },
    });
    settleNow(call, name);
    applySettings(call, name, properties);
    return stateOf(call, name);
  },
  update(call, { physicalId: name, properties, previousProperties }) {
    const before = streams.get(call.tx, [name]);
    const mode = modeOf(properties) ?? "PROVISIONED";
    if (before !== undefined && mode !== before.mode) {
      call.invoke("kinesis", "UpdateStreamMode", {
        StreamARN: streamArn(call, name),
        StreamModeDetails: { StreamMode: mode },
      });
      settleNow(call, name);
    }
    const tags = tagsOf(properties);
    const gone = Object.keys(tagsOf(previousProperties)).filter((key) => tags[key] === undefined);
    if (gone.length > 0) call.invoke("kinesis", "RemoveTagsFromStream", { StreamName: name, TagKeys: gone });
    if (Object.keys(tags).length > 0) {
      call.invoke("kinesis", "AddTagsToStream", { StreamName: name, Tags: tags });
    }
    applySettings(call, name, properties);
    const count = toNumber(properties["ShardCount"]);
    if (mode === "PROVISIONED" && count !== undefined && count !== before?.open.length) {
      call.invoke("kinesis", "UpdateShardCount", {
        StreamName: name,
        TargetShardCount: count,
        ScalingType: "UNIFORM_SCALING",
      });
    }
    return stateOf(call, name);
  },
  delete(call, { physicalId }) {
    unlessGone(() => {
      step(call, physicalId, "DeleteStream", { EnforceConsumerDeletion: true });
    });
  },
};

const consumer: ResourceProvider = {
  type: "AWS::Kinesis::StreamConsumer",
  properties: { ConsumerName: "replace", StreamARN: "replace", Tags: "mutable" },
  required: ["ConsumerName", "StreamARN"],
  create(call, { properties, stack }) {
    const StreamARN = String(properties["StreamARN"]);
    const name = String(properties["ConsumerName"]);
    const { Consumer } = call.invoke("kinesis", "RegisterStreamConsumer", {
      StreamARN,
      ConsumerName: name,
      Tags: { ...stack.tags, ...tagsOf(properties) },
    });
    finishConsumer(requireStream(call, { StreamARN }), name);
    return consumerState(call, (Consumer as { ConsumerARN: string }).ConsumerARN);
  },
  update(call, { physicalId, properties, previousProperties }) {
    const tags = tagsOf(properties);
    const gone = Object.keys(tagsOf(previousProperties)).filter((key) => tags[key] === undefined);
    if (gone.length > 0) {
      call.invoke("kinesis", "UntagResource", { ResourceARN: physicalId, TagKeys: gone });
    }
    if (Object.keys(tags).length > 0) {
      call.invoke("kinesis", "TagResource", { ResourceARN: physicalId, Tags: tags });
    }
    return consumerState(call, physicalId);
  },
  delete(call, { physicalId, properties }) {
    unlessGone(() => {
      call.invoke("kinesis", "DeregisterStreamConsumer", { ConsumerARN: physicalId });
      finishConsumer(
        requireStream(call, { StreamARN: String(properties["StreamARN"]) }),
        String(properties["ConsumerName"]),
      );
    });
  },
};

function consumerState(call: Call, arn: string): ResourceState {
  const { ConsumerDescription } = call.invoke("kinesis", "DescribeStreamConsumer", { ConsumerARN: arn });
  const { ConsumerCreationTimestamp, ConsumerName, ConsumerStatus, StreamARN } =
    ConsumerDescription as Fields;
  return {
    physicalId: arn,
    attributes: {
      ConsumerARN: arn,
      ConsumerCreationTimestamp: String(Math.floor((ConsumerCreationTimestamp as Date).getTime() / 1000)),
      ConsumerName,
      ConsumerStatus,
      StreamARN,
    },
  };
}

function putPolicy(call: Call, properties: Properties): ResourceState {
  const ResourceARN = String(properties["ResourceArn"]);
  const document = properties["ResourcePolicy"];
  call.invoke("kinesis", "PutResourcePolicy", {
    ResourceARN,
    Policy: typeof document === "string" ? document : JSON.stringify(document),
  });
  return { physicalId: ResourceARN, attributes: {} };
}

const resourcePolicy: ResourceProvider = {
  type: "AWS::Kinesis::ResourcePolicy",
  properties: { ResourceArn: "replace", ResourcePolicy: "mutable" },
  required: ["ResourceArn", "ResourcePolicy"],
  create: (call, { properties }) => putPolicy(call, properties),
  update: (call, { properties }) => putPolicy(call, properties),
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("kinesis", "DeleteResourcePolicy", { ResourceARN: physicalId })),
};

export const providers: readonly ResourceProvider[] = [stream, consumer, resourcePolicy];
