/**
 * What other services may ask of Kinesis: putting records into streams and reading shards in order, inside their own
 * transaction. Streams are named by ARN (a consumer's ARN means its stream); account and region come from it.
 */
import type { Call } from "../../host/call.ts";

export interface KinesisPut {
  readonly streamArn: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** A decimal number below 2^128 that takes the place of the partition key's hash. */
  readonly explicitHashKey?: string;
}

export interface KinesisShard {
  readonly shardId: string;
  /** One after a split, two after a merge; only those that still exist. */
  readonly parents: readonly string[];
  /** Closed by a split or merge, though perhaps not read to its end. */
  readonly ended: boolean;
}

export interface KinesisRecord {
  readonly sequenceNumber: string;
  readonly atMs: number;
  /** Absent when the stream distributes records itself and the producer gave none. */
  readonly partitionKey: string | undefined;
  readonly data: Uint8Array;
}

/** Positions are sequence numbers, of records or not: reading goes on after them. */
export interface KinesisPort {
  /** Throws ResourceNotFoundException when there is no such stream, and whatever else PutRecord answers. */
  put(call: Call, put: KinesisPut): { readonly shardId: string; readonly sequenceNumber: string };
  /** Whether the stream (and the consumer, of a consumer's ARN) exists. */
  exists(call: Call, arn: string): boolean;
  /** Parents before children; none when there is no such stream. */
  shards(call: Call, arn: string): readonly KinesisShard[];
  /** The position after the newest record: what LATEST starts from. */
  latest(call: Call, arn: string, shardId: string): string | undefined;
  /** The position before the first record of `atMs` or later. */
  before(call: Call, arn: string, shardId: string, atMs: number): string | undefined;
  /**
   * Records in order, from the oldest without `after`; `closed` when the shard has ended and nothing follows. What it
   * reads wakes a parked call or resident when more is put.
   */
  read(
    call: Call,
    arn: string,
    position: { readonly shardId: string; readonly after: string | null; readonly limit: number },
  ): { readonly records: readonly KinesisRecord[]; readonly closed: boolean };
  /** One record; undefined when it is gone. */
  record(
    call: Call,
    arn: string,
    place: { readonly shardId: string; readonly sequence: string },
  ): KinesisRecord | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly kinesis: KinesisPort;
  }
}
