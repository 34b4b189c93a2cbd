/** What other services may ask of DynamoDB: its streams, as the DynamoDB Streams API and event source mappings read them. */
import type { Call } from "../../host/call.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";

export interface StreamDescription {
  readonly arn: string;
  readonly label: string;
  readonly tableName: string;
  readonly viewType: "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";
  readonly enabled: boolean;
  readonly createdAtMs: number;
  readonly keySchema: readonly { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[];
}

export interface StreamShard {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly startingSequenceNumber: string;
  /** Absent while the shard is open. */
  readonly endingSequenceNumber?: string;
}

/** One record with its images as items (binary as bytes). */
export interface StreamRecord {
  readonly eventId: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly sequenceNumber: string;
  readonly atMs: number;
  readonly keys: Item;
  readonly newImage?: Item;
  readonly oldImage?: Item;
  readonly sizeBytes: number;
  readonly viewType: StreamDescription["viewType"];
  readonly userIdentity?: { readonly PrincipalId: string; readonly Type: string };
}

export interface StreamPosition {
  readonly streamArn: string;
  readonly shardId: string;
  /** Records after this one; from the oldest without it. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * `call` may be in any account and region: the ARN says where. Everything is read in the caller's transaction, so a
 * parked operation or a resident is woken by the commit that adds a record.
 */
export interface DynamodbPort {
  /** The policy attached to a table or stream, for whoever decides about access to it. */
  policyOn(call: Call, arn: string): string | undefined;
  /** Undefined when there is no such stream (any more). */
  describe(call: Call, streamArn: string): StreamDescription | undefined;
  list(call: Call, tableName?: string): readonly StreamDescription[];
  shards(call: Call, streamArn: string): readonly StreamShard[];
  /** The position after the newest record: what `LATEST` starts from. */
  latest(call: Call, streamArn: string, shardId: string): string | undefined;
  /** Records in order; `closed` when the shard is closed and nothing follows. */
  read(
    call: Call,
    position: StreamPosition,
  ): { readonly records: readonly StreamRecord[]; readonly closed: boolean };
  /** The same records as Lambda events carry them: JSON, binary in base64, times in seconds. */
  readEvents(
    call: Call,
    position: StreamPosition,
  ): { readonly records: readonly StreamEvent[]; readonly closed: boolean };
}

/** A record of a Lambda event from a DynamoDB stream. */
export interface StreamEvent {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly eventVersion: "1.1";
  readonly eventSource: "aws:dynamodb";
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  readonly eventSourceARN: string;
  readonly userIdentity?: { readonly principalId: string; readonly type: string };
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly dynamodb: DynamodbPort;
  }
}
