/** Workloads over what is kept: versions of objects, records of a stream, versions of parameters. */
import type { App } from "awan/testing";
import { must, request, type Workload } from "./workloads.ts";

/** A bucket that keeps versions: each accepted one is there as it was written, whatever was put or deleted later. */
export function objects(): Workload {
  const Bucket = "vault";
  const written = new Map<string, { readonly Key: string; readonly size: number }>();
  return {
    name: "objects",
    acknowledged: () => written.size,
    async setup({ platform }) {
      await platform.invoke("s3", "CreateBucket", { Bucket });
      const VersioningConfiguration = { Status: "Enabled" };
      await platform.invoke("s3", "PutBucketVersioning", { Bucket, VersioningConfiguration });
    },
    async step(world) {
      const Key = world.random.pick(["a", "b", "c"]);
      if (world.random.float() < 0.2) {
        await request(world, "s3", "DeleteObject", { Bucket, Key });
        return;
      }
      const size = world.random.integer(50) * 100;
      const answer = await request(world, "s3", "PutObject", { Bucket, Key, Body: Buffer.alloc(size, 1) });
      if (answer !== undefined && !world.hasCrashed())
        written.set(String(answer["VersionId"]), { Key, size });
    },
    async check({ platform }) {
      for (const [VersionId, { Key, size }] of written) {
        const found = await platform
          .invoke("s3", "HeadObject", { Bucket, Key, VersionId })
          .catch(() => undefined);
        must(found !== undefined, `version ${VersionId} of ${Key} was accepted and is gone`);
        must(found?.["ContentLength"] === size, `version ${VersionId} of ${Key} has another size`);
      }
    },
  };
}

interface Put {
  readonly number: number;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A stream: each accepted record is in its shard under its number; numbers grow; a shard keeps each key's order. */
export function records(): Workload {
  const StreamName = "events";
  const accepted: Put[] = [];
  let last = 0;
  return {
    name: "records",
    acknowledged: () => accepted.length,
    async setup(app) {
      await app.platform.invoke("kinesis", "CreateStream", { StreamName, ShardCount: 2 });
      await app.clock.advance("1m");
    },
    async step(world) {
      last += 1;
      const number = last;
      const answer = await request(world, "kinesis", "PutRecord", {
        StreamName,
        PartitionKey: world.random.pick(["x", "y", "z"]),
        Data: Buffer.from(String(number), "utf8"),
      });
      if (answer === undefined || world.hasCrashed()) return;
      const { ShardId, SequenceNumber } = answer;
      accepted.push({ number, shardId: String(ShardId), sequenceNumber: String(SequenceNumber) });
    },
    async check(app) {
      const { Shards } = await app.platform.invoke("kinesis", "ListShards", { StreamName });
      const found = new Map<string, Map<string, string>>();
      for (const { ShardId } of Shards as readonly { ShardId: string }[])
        found.set(ShardId, await recordsOf(app, StreamName, ShardId));
      for (const { number, shardId, sequenceNumber } of accepted) {
        const data = found.get(shardId)?.get(sequenceNumber);
        must(data === String(number), `record ${number} was accepted and is ${data ?? "gone"}`);
      }
    },
  };
}

async function recordsOf(
  { platform }: App,
  StreamName: string,
  ShardId: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let iterator = await platform.invoke("kinesis", "GetShardIterator", {
    StreamName,
    ShardId,
    ShardIteratorType: "TRIM_HORIZON",
  });
  let before = 0n;
  for (let behind = 1; behind > 0;) {
    const page = await platform.invoke("kinesis", "GetRecords", { ShardIterator: iterator["ShardIterator"] });
    for (const { SequenceNumber, Data } of page["Records"] as {
      SequenceNumber: string;
      Data: Uint8Array;
    }[]) {
      must(BigInt(SequenceNumber) > before, `${SequenceNumber} of ${ShardId} comes after ${before}`);
      before = BigInt(SequenceNumber);
      found.set(SequenceNumber, Buffer.from(Data).toString("utf8"));
    }
    iterator = { ShardIterator: page["NextShardIterator"] };
    behind = Number(page["MillisBehindLatest"]);
  }
  return found;
}

/** A parameter: each accepted version is in its history with its value, and versions only grow. */
export function parameters(): Workload {
  const Name = "/simulation/setting";
  const accepted = new Map<number, string>();
  return {
    name: "parameters",
    acknowledged: () => accepted.size,
    async setup({ platform }) {
      await platform.invoke("ssm", "PutParameter", { Name, Type: "String", Value: "first" });
    },
    async step(world) {
      const Value = world.random.hex(8);
      const answer = await request(world, "ssm", "PutParameter", { Name, Value, Overwrite: true });
      if (answer === undefined || world.hasCrashed()) return;
      const version = Number(answer["Version"]);
      must(!accepted.has(version), `version ${version} was given twice`);
      accepted.set(version, Value);
    },
    async check({ platform }) {
      const kept = new Map<number, string>();
      let NextToken: unknown;
      do {
        const page = await platform.invoke("ssm", "GetParameterHistory", { Name, NextToken });
        for (const { Version, Value } of page["Parameters"] as { Version: number; Value: string }[])
          kept.set(Version, Value);
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      // Parameter Store keeps the newest hundred.
      const oldest = Math.min(...kept.keys());
      for (const [version, value] of accepted)
        must(version < oldest || kept.get(version) === value, `version ${version} is not what was accepted`);
    },
  };
}
