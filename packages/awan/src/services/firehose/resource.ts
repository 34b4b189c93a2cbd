/** AWS::KinesisFirehose::DeliveryStream, through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { destinationId } from "./configuration.ts";
import { settleNow } from "./duties.ts";
import { streamArn } from "./stream.ts";
import { tagsOf } from "./tags.ts";

const numbers = new Set(["SizeInMBs", "IntervalInSeconds", "DurationInSeconds", "ThroughputHintInMBs"]);

/** Texts of templates become the numbers and booleans operations take. */
function typed(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typed(item, key)]));
  }
  if (numbers.has(name)) return Number(value);
  return name === "Enabled" ? value === true || value === "true" : value;
}

const destinations: Readonly<Record<string, string>> = {
  S3DestinationConfiguration: "S3DestinationUpdate",
  ExtendedS3DestinationConfiguration: "ExtendedS3DestinationUpdate",
  HttpEndpointDestinationConfiguration: "HttpEndpointDestinationUpdate",
};

const tagsIn = (properties: Properties): Readonly<Record<string, string>> =>
  tagsOf(properties["Tags"] as { Key: string; Value: string }[] | undefined);

const listed = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const stateOf = (call: Call, name: string): ResourceState => ({
  physicalId: name,
  attributes: { Arn: streamArn(call, name) },
});

const deliveryStream: ResourceProvider = {
  type: "AWS::KinesisFirehose::DeliveryStream",
  properties: {
    DeliveryStreamEncryptionConfigurationInput: "mutable",
    DeliveryStreamName: "replace",
    DeliveryStreamType: "replace",
    DirectPutSourceConfiguration: "mutable",
    ExtendedS3DestinationConfiguration: "mutable",
    HttpEndpointDestinationConfiguration: "mutable",
    KinesisStreamSourceConfiguration: "replace",
    S3DestinationConfiguration: "mutable",
    Tags: "mutable",
  },
  create(call, { generateName, properties, stack }) {
    const given = properties["DeliveryStreamName"] as string | undefined;
    const name = given ?? generateName({ lengthMax: 64 });
    const { Tags: _tags, ...rest } = typed(properties) as Record<string, unknown>;
    call.invoke("firehose", "CreateDeliveryStream", {
      ...rest,
      DeliveryStreamName: name,
      Tags: listed({ ...stack.tags, ...tagsIn(properties) }),
    });
    settleNow(call, name);
    return stateOf(call, name);
  },
  update(call, { physicalId: name, previousProperties, properties }) {
    const { DeliveryStreamDescription } = call.invoke("firehose", "DescribeDeliveryStream", {
      DeliveryStreamName: name,
    });
    const { VersionId } = DeliveryStreamDescription as { VersionId: string };
    const changed = Object.keys(destinations).find(
      (key) =>
        properties[key] !== undefined &&
        JSON.stringify(properties[key]) !== JSON.stringify(previousProperties[key]),
    );
    if (changed !== undefined) {
      call.invoke("firehose", "UpdateDestination", {
        DeliveryStreamName: name,
        DestinationId: destinationId,
        CurrentDeliveryStreamVersionId: VersionId,
        [destinations[changed] as string]: updateOf(typed(properties[changed]) as Record<string, unknown>),
      });
    }
    updateEncryption(call, name, properties);
    const [tags, before] = [tagsIn(properties), tagsIn(previousProperties)];
    const gone = Object.keys(before).filter((key) => tags[key] === undefined);
    if (gone.length > 0)
      call.invoke("firehose", "UntagDeliveryStream", { DeliveryStreamName: name, TagKeys: gone });
    if (Object.keys(tags).length > 0) {
      call.invoke("firehose", "TagDeliveryStream", { DeliveryStreamName: name, Tags: listed(tags) });
    }
    return stateOf(call, name);
  },
  delete(call, { physicalId }) {
    try {
      call.invoke("firehose", "DeleteDeliveryStream", { DeliveryStreamName: physicalId });
      settleNow(call, physicalId);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
    }
  },
};

/** Members that have other names in an update. */
function updateOf(configuration: Record<string, unknown>): Record<string, unknown> {
  const { S3BackupConfiguration, S3Configuration, ...rest } = configuration;
  return {
    ...rest,
    ...(S3BackupConfiguration === undefined ? {} : { S3BackupUpdate: S3BackupConfiguration }),
    ...(S3Configuration === undefined ? {} : { S3Update: S3Configuration }),
  };
}

function updateEncryption(call: Call, name: string, properties: Properties): void {
  const encryption = properties["DeliveryStreamEncryptionConfigurationInput"];
  if (encryption !== undefined) {
    call.invoke("firehose", "StartDeliveryStreamEncryption", {
      DeliveryStreamName: name,
      DeliveryStreamEncryptionConfigurationInput: encryption,
    });
  } else if (properties["KinesisStreamSourceConfiguration"] === undefined) {
    call.invoke("firehose", "StopDeliveryStreamEncryption", { DeliveryStreamName: name });
  }
}

export const providers: readonly ResourceProvider[] = [deliveryStream];
