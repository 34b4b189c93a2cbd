/** A stream to work with, and reading all of it. */
import {
  CreateStreamCommand,
  type _Record,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { startApp } from "awan/testing";

type App = Awaited<ReturnType<typeof startApp>>;

export interface Bench extends AsyncDisposable {
  readonly app: App;
  readonly kinesis: KinesisClient;
}

export async function startBench(...streams: readonly [name: string, shards?: number][]): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const kinesis = app.client(KinesisClient);
  for (const [StreamName, ShardCount = 1] of streams) {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  }
  await app.settle();
  return { app, kinesis, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

export async function shardsOf({ kinesis }: Bench, StreamName: string): Promise<Shard[]> {
  return (await kinesis.send(new ListShardsCommand({ StreamName }))).Shards ?? [];
}

/** Every record of a shard, oldest first. */
export async function recordsOf(
  { kinesis }: Bench,
  StreamName: string,
  ShardId = "shardId-000000000000",
): Promise<_Record[]> {
  const records: _Record[] = [];
  let { ShardIterator: iterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  while (iterator !== undefined) {
    const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
    records.push(...(page.Records ?? []));
    if (page.MillisBehindLatest === 0) break;
    iterator = page.NextShardIterator;
  }
  return records;
}

export const textOf = ({ Data }: _Record): string => Buffer.from(Data ?? []).toString();
