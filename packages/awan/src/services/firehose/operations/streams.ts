/** Making, describing, changing and deleting delivery streams. */
import type { DeliveryStreamEncryptionConfiguration } from "@aws-sdk/client-firehose";
import type { Call } from "../../../host/call.ts";
import { AwsError, notImplemented } from "../../../kernel/errors.ts";
import { describeDestination, destinationId, destinationOf, updated } from "../configuration.ts";
import { invalidArgument, limitExceeded, resourceInUse } from "../errors.ts";
import { numbers, type StreamRow, streams } from "../keys.ts";
import { listMax, streamsMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { startAtLatest } from "../source.ts";
import { requireStream, streamArn } from "../stream.ts";
import { checkTags, tagsOf } from "../tags.ts";

export function createDeliveryStream(
  call: Call,
  input: In<"CreateDeliveryStream">,
): Out<"CreateDeliveryStream"> {
  const name = input.DeliveryStreamName;
  const type = input.DeliveryStreamType ?? "DirectPut";
  if (type !== "DirectPut" && type !== "KinesisStreamAsSource") {
    throw notImplemented(`firehose:CreateDeliveryStream with the source ${type}`);
  }
  const source = sourceOf(call, input, type);
  const destination = destinationOf(input);
  if (streams.has(call.tx, [name])) {
    throw resourceInUse(`Firehose ${name} under accountId ${call.accountId} already exists`);
  }
  const count = [...streams.scan(call.tx, [])].length;
  if (count >= streamsMax) {
    throw limitExceeded(`You have already consumed your firehose quota of ${streamsMax} hoses.`);
  }
  const tags = tagsOf(input.Tags);
  checkTags({}, tags);
  const id = (numbers.get(call.tx, []) ?? 0) + 1;
  numbers.set(call.tx, [], id);
  const encryption = input.DeliveryStreamEncryptionConfigurationInput;
  const stream: StreamRow = {
    name,
    id,
    status: "CREATING",
    createdAtMs: call.nowMs,
    updatedAtMs: null,
    version: 1,
    source,
    throughputHint: input.DirectPutSourceConfiguration?.ThroughputHintInMBs ?? null,
    destination,
    encryption:
      encryption?.KeyType === undefined
        ? null
        : { KeyType: encryption.KeyType, KeyARN: encryption.KeyARN ?? null },
    tags,
  };
  streams.set(call.tx, [name], stream);
  startAtLatest({ call, stream });
  if (source !== null) call.keep("firehose.read-source", [name]);
  call.schedule("firehose.settle", [name], call.nowMs);
  return { DeliveryStreamARN: streamArn(call, name) };
}

function sourceOf(call: Call, input: In<"CreateDeliveryStream">, type: string): StreamRow["source"] {
  const given = input.KinesisStreamSourceConfiguration;
  if (type === "DirectPut") {
    if (given === undefined) return null;
    throw invalidArgument(
      "KinesisStreamSourceConfig is only applicable for KinesisStreamAsSource stream type.",
    );
  }
  if (given?.KinesisStreamARN === undefined) {
    throw invalidArgument("KinesisStreamSourceConfig is required for KinesisStreamAsSource stream type.");
  }
  if (!call.ports.kinesis.exists(call, given.KinesisStreamARN)) {
    throw new AwsError("ResourceNotFoundException", `Kinesis Stream ${given.KinesisStreamARN} not found.`);
  }
  return { streamArn: given.KinesisStreamARN, roleArn: given.RoleARN ?? "" };
}

export function describeDeliveryStream(
  call: Call,
  input: In<"DescribeDeliveryStream">,
): Out<"DescribeDeliveryStream"> {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  const { createdAtMs, destination, encryption, name, source, status, throughputHint, updatedAtMs, version } =
    stream;
  return {
    DeliveryStreamDescription: {
      DeliveryStreamName: name,
      DeliveryStreamARN: streamArn(call, name),
      DeliveryStreamStatus: status,
      // What comes from a Kinesis stream is encrypted there or not at all.
      ...(source === null ? { DeliveryStreamEncryptionConfiguration: encryptionOf(encryption) } : {}),
      DeliveryStreamType: source === null ? "DirectPut" : "KinesisStreamAsSource",
      VersionId: String(version),
      CreateTimestamp: new Date(createdAtMs),
      ...(updatedAtMs === null ? {} : { LastUpdateTimestamp: new Date(updatedAtMs) }),
      ...(source === null
        ? throughputHint === null
          ? {}
          : { Source: { DirectPutSourceDescription: { ThroughputHintInMBs: throughputHint } } }
        : {
            Source: {
              KinesisStreamSourceDescription: {
                KinesisStreamARN: source.streamArn,
                RoleARN: source.roleArn,
                DeliveryStartTimestamp: new Date(createdAtMs),
              },
            },
          }),
      Destinations: [describeDestination(destination)],
      HasMoreDestinations: false,
    },
  };
}

const encryptionOf = (encryption: StreamRow["encryption"]): DeliveryStreamEncryptionConfiguration =>
  encryption === null
    ? { Status: "DISABLED" }
    : {
        Status: "ENABLED",
        KeyType: encryption.KeyType as "AWS_OWNED_CMK",
        ...(encryption.KeyARN === null ? {} : { KeyARN: encryption.KeyARN }),
      };

export function listDeliveryStreams(
  call: Call,
  input: In<"ListDeliveryStreams">,
): Out<"ListDeliveryStreams"> {
  const limit = input.Limit ?? listMax;
  const after = input.ExclusiveStartDeliveryStreamName;
  const names: string[] = [];
  for (const { key, value } of streams.scan(call.tx, [], after === undefined ? {} : { after: [after] })) {
    const type = value.source === null ? "DirectPut" : "KinesisStreamAsSource";
    if (input.DeliveryStreamType !== undefined && input.DeliveryStreamType !== type) continue;
    names.push(key[0]);
    if (names.length > limit) break;
  }
  return { DeliveryStreamNames: names.slice(0, limit), HasMoreDeliveryStreams: names.length > limit };
}

export function deleteDeliveryStream(call: Call, input: In<"DeleteDeliveryStream">): void {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  if (stream.status === "DELETING") {
    throw resourceInUse(`Firehose ${stream.name} under account ${call.accountId} is already being deleted.`);
  }
  const deleting: StreamRow = { ...stream, status: "DELETING" };
  streams.set(call.tx, [stream.name], deleting);
  call.schedule("firehose.settle", [stream.name], call.nowMs);
}

export function updateDestination(call: Call, input: In<"UpdateDestination">): void {
  const { stream } = requireStream(call, input.DeliveryStreamName);
  const { name, version } = stream;
  if (input.CurrentDeliveryStreamVersionId !== String(version)) {
    throw new AwsError(
      "ConcurrentModificationException",
      `Cannot update firehose: ${name} since the current version id: ${version} and specified version id: ${input.CurrentDeliveryStreamVersionId} do not match`,
    );
  }
  if (input.DestinationId !== destinationId) {
    throw invalidArgument(`Destination Id ${input.DestinationId} not found`);
  }
  const changed: StreamRow = {
    ...stream,
    destination: updated(stream.destination, {
      s3: input.ExtendedS3DestinationUpdate ?? input.S3DestinationUpdate,
      http: input.HttpEndpointDestinationUpdate,
    }),
    version: version + 1,
    updatedAtMs: call.nowMs,
  };
  streams.set(call.tx, [name], changed);
}

function changeEncryption(call: Call, name: string, encryption: StreamRow["encryption"]): void {
  const { stream } = requireStream(call, name);
  if (stream.source !== null) {
    throw invalidArgument(
      "Server-side encryption of a delivery stream that has a Kinesis stream as its source is enabled on that stream.",
    );
  }
  const changed: StreamRow = { ...stream, encryption };
  streams.set(call.tx, [name], changed);
}

export function startDeliveryStreamEncryption(call: Call, input: In<"StartDeliveryStreamEncryption">): void {
  const given = input.DeliveryStreamEncryptionConfigurationInput;
  const KeyType = given?.KeyType ?? "AWS_OWNED_CMK";
  if (KeyType === "CUSTOMER_MANAGED_CMK" && given?.KeyARN === undefined) {
    throw invalidArgument("KeyARN must be provided when KeyType is CUSTOMER_MANAGED_CMK.");
  }
  changeEncryption(call, input.DeliveryStreamName, { KeyType, KeyARN: given?.KeyARN ?? null });
}

export const stopDeliveryStreamEncryption = (call: Call, input: In<"StopDeliveryStreamEncryption">): void =>
  changeEncryption(call, input.DeliveryStreamName, null);
