/** Lambda's rows. A version freezes what `$LATEST` (number 0) is at that moment; everything else names versions. */
import type { FunctionConfiguration, LoggingConfig, UpdateRuntimeOn } from "@aws-sdk/client-lambda";
import type { FunctionCode, FunctionCredentials } from "../../host/functions.ts";
import { table } from "../../store/table.ts";

/** Members of the configuration that are kept as AWS names them. */
export type Settings = Pick<
  FunctionConfiguration,
  | "Runtime"
  | "Role"
  | "Handler"
  | "Description"
  | "Timeout"
  | "MemorySize"
  | "VpcConfig"
  | "DeadLetterConfig"
  | "KMSKeyArn"
  | "FileSystemConfigs"
  | "PackageType"
  | "Architectures"
  | "EphemeralStorage"
  | "DurableConfig"
> & {
  readonly TracingMode: string;
  readonly SnapStartApplyOn: string;
  readonly LoggingConfig: LoggingConfig;
  /** Null when the function was made without `Environment`. */
  readonly variables: Readonly<Record<string, string>> | null;
  /** Layer version ARNs in merge order. */
  readonly layers: readonly string[];
  readonly ImageConfig?: Readonly<Record<string, unknown>>;
};

export interface CodeRow {
  readonly code: FunctionCode;
  readonly sizeBytes: number;
  /** Base64. */
  readonly sha256: string;
}

export interface VersionRow {
  readonly settings: Settings;
  readonly code: CodeRow;
  readonly lastModifiedMs: number;
  readonly revisionId: string;
  /** Differs whenever code or settings do: what instances belong to, and what tells whether there is something to publish. */
  readonly executionRevision: string;
}

export interface FunctionRow {
  readonly createdAtMs: number;
  /** The highest version number ever given: numbers are not used twice. */
  readonly versionMax: number;
  readonly reservedConcurrency: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly codeSigningConfigArn: string | null;
  readonly recursiveLoop: string;
  readonly runtimeManagement: {
    readonly UpdateRuntimeOn: UpdateRuntimeOn;
    readonly RuntimeVersionArn?: string;
  };
}

export interface AliasRow {
  readonly version: string;
  readonly description: string;
  /** Shares of further versions, by version. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** A resource policy: statements in the order they were added. Of a function, a version, an alias or a layer version. */
export interface PolicyRow {
  readonly statements: readonly Statement[];
  readonly revisionId: string;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface InvokeConfigRow {
  readonly lastModifiedMs: number;
  readonly retryAttempts: number | null;
  readonly eventAgeSeconds: number | null;
  readonly onSuccess: string | null;
  readonly onFailure: string | null;
}

export interface UrlRow {
  readonly urlId: string;
  readonly authType: string;
  readonly invokeMode: string;
  readonly cors: Readonly<Record<string, unknown>> | null;
  readonly createdAtMs: number;
  readonly lastModifiedMs: number;
}

export interface ProvisionedRow {
  readonly requested: number;
  readonly lastModifiedMs: number;
}

/** An asynchronous event between its acceptance and its end. */
export interface EventRow {
  readonly functionName: string;
  /** Version, alias or empty. */
  readonly qualifier: string;
  readonly payload: Uint8Array;
  readonly clientContext: string | null;
  readonly requestId: string;
  readonly acceptedAtMs: number;
  /** Runs that ended in a function error. */
  readonly failures: number;
  readonly throttles: number;
  /** The span of the invocation that sent it, if one did. */
  readonly cause: string | null;
}

export interface LayerRow {
  readonly description: string;
  readonly createdAtMs: number;
  readonly compatibleRuntimes: readonly string[] | null;
  readonly compatibleArchitectures: readonly string[] | null;
  readonly licenseInfo: string | null;
  readonly code: CodeRow;
}

export interface RoleSessionRow {
  readonly credentials: FunctionCredentials;
  readonly expiresAtMs: number;
}

export const latest = 0;

export const functions = table<[functionName: string], FunctionRow>("lambda", "function");
/** Only functions that reserved some: a short list, read by every invocation. */
export const reservations = table<[functionName: string], number>("lambda", "reservation");
export const versions = table<[functionName: string, version: number], VersionRow>("lambda", "version");
export const aliases = table<[functionName: string, alias: string], AliasRow>("lambda", "alias");
/** The qualifier is empty for the function itself. */
export const policies = table<[functionName: string, qualifier: string], PolicyRow>("lambda", "policy");
/** The session of its role that a function's instances sign with. */
export const roleSessions = table<[functionName: string, roleArn: string], RoleSessionRow>(
  "lambda",
  "roleSession",
);
export const invokeConfigs = table<[functionName: string, qualifier: string], InvokeConfigRow>(
  "lambda",
  "invokeConfig",
);
export const urls = table<[functionName: string, qualifier: string], UrlRow>("lambda", "url");
/** In the scope `aws-global` of no account: a URL's host name tells neither. */
export const urlOwners = table<[urlId: string], UrlOwnerRow>("lambda", "urlOwner");
export const provisioned = table<[functionName: string, qualifier: string], ProvisionedRow>(
  "lambda",
  "provisioned",
);
export const events = table<[eventId: string], EventRow>("lambda", "event");
export const layers = table<[layerName: string, version: number], LayerRow>("lambda", "layer");
/** The highest version number ever given to a layer. */
export const layerCounters = table<[layerName: string], number>("lambda", "layerCounter");
export const layerPolicies = table<[layerName: string, version: number], PolicyRow>("lambda", "layerPolicy");

export interface UrlOwnerRow {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly qualifier: string;
}

export type SourceKind = "sqs" | "dynamodb" | "kinesis";

/** An event source mapping. Members in PascalCase are as the user gave them, defaults filled in. */
export interface MappingRow {
  readonly kind: SourceKind;
  readonly sourceArn: string;
  readonly functionName: string;
  /** Version, alias or empty. */
  readonly qualifier: string;
  readonly enabled: boolean;
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds: number;
  readonly FunctionResponseTypes: readonly string[];
  /** The patterns' texts. */
  readonly filters: readonly string[];
  readonly MaximumConcurrency: number | null;
  readonly KMSKeyArn: string | null;
  readonly MetricsConfig: Readonly<Record<string, unknown>> | null;
  readonly stream: StreamSettings | null;
}

/** What only streams have. */
export interface StreamSettings {
  readonly StartingPosition: string;
  readonly startingAtMs: number | null;
  readonly ParallelizationFactor: number;
  readonly MaximumRecordAgeInSeconds: number;
  readonly BisectBatchOnFunctionError: boolean;
  readonly MaximumRetryAttempts: number;
  readonly TumblingWindowInSeconds: number;
  readonly onFailure: string | null;
}

export const mappings = table<[uuid: string], MappingRow>("lambda", "mapping");
/** The mapping's LastProcessingResult: a row of its own, so that telling it wakes nobody. */
export const mappingResults = table<[uuid: string], string>("lambda", "mappingResult");
/** The mapping of a source to a function: at most one. */
export const mappingPairs = table<[sourceArn: string, functionName: string, qualifier: string], string>(
  "lambda",
  "mappingPair",
);

/** Messages on their way through a function: what to delete when it succeeds. */
export interface QueueBatchRow {
  readonly receiptHandles: Readonly<Record<string, string>>;
}
export const queueBatches = table<[uuid: string, batchId: string], QueueBatchRow>("lambda", "queueBatch");

/** Messages received and not yet passed on: the batching window is open. */
export interface QueueBufferRow {
  readonly records: readonly unknown[];
  readonly bytes: number;
  readonly openedAtMs: number;
}
export const queueBuffers = table<[uuid: string], QueueBufferRow>("lambda", "queueBuffer");
/** Since when a mapping has had work without a pause: what its concurrency grows by. */
export const queueBusySince = table<[uuid: string], number>("lambda", "queueBusySince");

/** A record read from a stream and not yet done with. */
export interface PendingRecord {
  readonly sequence: string;
  readonly atMs: number;
  /** The record as the event carries it; null when it is read from its stream again whenever it is needed. */
  readonly event: Readonly<Record<string, unknown>> | null;
  /** Of its JSON, about. */
  readonly bytes: number;
}

/** How far a mapping has read a shard. What was read and is not done waits in the shard's lanes. */
export interface ShardRow {
  /** The last record read; null before the first. */
  readonly after: string | null;
  readonly ended: boolean;
}
export const shards = table<[uuid: string, shardId: string], ShardRow>("lambda", "shard");

export interface StreamBatch {
  readonly records: readonly PendingRecord[];
  /** Runs that failed so far. */
  readonly failures: number;
  readonly throttles: number;
  /** Of the run under way. */
  readonly requestId: string;
  /** Whether the run closes the tumbling window. */
  readonly isFinal: boolean;
}

/** A shard's records are worked on in order in each of its lanes; records of one partition key share a lane. */
export interface LaneRow {
  readonly pending: readonly PendingRecord[];
  /** When the first pending record was read. */
  readonly openedAtMs: number;
  readonly batch: StreamBatch | null;
  /** What follows the batch before anything pending does: the second half of a bisected batch. */
  readonly next: readonly (readonly PendingRecord[])[];
  readonly window: { readonly startMs: number; readonly state: unknown } | null;
}
export const lanes = table<[uuid: string, shardId: string, lane: number], LaneRow>("lambda", "lane");

export interface CodeSigningRow {
  readonly description: string;
  readonly publishers: readonly string[];
  readonly untrusted: string;
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
}
export const codeSignings = table<[configId: string], CodeSigningRow>("lambda", "codeSigning");
