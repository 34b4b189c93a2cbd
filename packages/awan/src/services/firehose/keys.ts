/**
 * Where Firehose keeps its state. A record waits in a *lane* of a *sink*: in front of the transforming function, of the
 * destination (a lane for each partition), of the backup, of the error prefix. A lane that is full or old enough becomes
 * a batch: a range of its records that an effect delivers and the end of the effect removes.
 */
import { table } from "../../store/table.ts";

export interface BufferingHints {
  readonly SizeInMBs: number;
  readonly IntervalInSeconds: number;
}

export interface LoggingOptions {
  readonly Enabled?: boolean | undefined;
  readonly LogGroupName?: string | undefined;
  readonly LogStreamName?: string | undefined;
}

export interface Processor {
  readonly Type: string;
  readonly Parameters: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
}

export interface Processing {
  readonly Enabled: boolean;
  readonly Processors: readonly Processor[];
}

/** A bucket as a destination or a backup, in AWS's members, defaults filled in. */
export interface S3Target {
  readonly RoleARN: string;
  readonly BucketARN: string;
  readonly Prefix?: string | undefined;
  readonly ErrorOutputPrefix?: string | undefined;
  readonly BufferingHints: BufferingHints;
  readonly CompressionFormat: string;
  readonly EncryptionConfiguration: object;
  readonly CloudWatchLoggingOptions: LoggingOptions;
  readonly FileExtension?: string | undefined;
  readonly CustomTimeZone?: string | undefined;
}

export interface S3Destination {
  readonly kind: "s3";
  readonly target: S3Target;
  readonly processing: Processing;
  readonly backup: S3Target | null;
  /** Records go to a lane for each combination of their partition keys. */
  readonly partitioning: { readonly retrySeconds: number } | null;
  /** Whether conversion of formats was mentioned; it is never on. */
  readonly showsConversion: boolean;
}

export interface HttpDestination {
  readonly kind: "http";
  readonly endpoint: {
    readonly Url: string;
    readonly Name?: string | undefined;
    readonly AccessKey?: string | undefined;
  };
  readonly hints: BufferingHints;
  readonly gzip: boolean;
  readonly attributes: readonly { readonly AttributeName: string; readonly AttributeValue: string }[];
  readonly processing: Processing;
  readonly roleArn: string | null;
  readonly retrySeconds: number;
  readonly backupMode: "FailedDataOnly" | "AllData";
  readonly target: S3Target;
  readonly logging: LoggingOptions;
}

export type Destination = S3Destination | HttpDestination;

export interface StreamRow {
  readonly name: string;
  readonly id: number;
  readonly status: "CREATING" | "ACTIVE" | "DELETING";
  readonly createdAtMs: number;
  readonly updatedAtMs: number | null;
  readonly version: number;
  /** The Kinesis stream it reads; null when records are put. */
  readonly source: { readonly streamArn: string; readonly roleArn: string } | null;
  readonly throughputHint: number | null;
  readonly destination: Destination;
  readonly encryption: { readonly KeyType: string; readonly KeyARN: string | null } | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** `error/…` ends with the type of error, which is part of the object's key. */
export type Sink = "transform" | "main" | "backup" | `error/${string}`;

export interface LaneRow {
  readonly from: number;
  readonly bytes: number;
}

/** Where a record of a Kinesis stream came from. */
export interface RecordOrigin {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly sequenceNumber: string;
}

export interface Failure {
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  readonly lambdaArn: string | null;
}

export interface RecordRow {
  readonly data: Uint8Array;
  readonly atMs: number;
  readonly origin: RecordOrigin | null;
  /** Why it is in an error lane. */
  readonly failure: Failure | null;
}

export interface BatchRow {
  readonly sink: Sink;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  /** Of its first record. */
  readonly atMs: number;
  readonly madeAtMs: number;
  /** Makes its object's key, or its request's id. */
  readonly uuid: string;
  readonly random: string;
}

/** The last number given to a stream. */
export const numbers = table<[], number>("firehose", "number");
export const streams = table<[name: string], StreamRow>("firehose", "stream");
/** The number of a stream's next record or batch. */
export const counters = table<[stream: number], number>("firehose", "counter");
export const lanes = table<[stream: number, sink: string, lane: string], LaneRow>("firehose", "lane");
export const records = table<[stream: number, sink: string, lane: string, number: number], RecordRow>(
  "firehose",
  "record",
);
export const batches = table<[stream: number, batch: number], BatchRow>("firehose", "batch");
/** How far the source has been read. */
export const positions = table<
  [stream: number, shardId: string],
  { readonly after: string | null; readonly ended: boolean }
>("firehose", "position");

/** Everything that hangs on a stream's number, for the duty that sweeps it. */
export const streamTables = [records, lanes, batches, positions, counters] as const;
