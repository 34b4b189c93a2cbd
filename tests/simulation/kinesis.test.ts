/**
 * Kinesis under random puts, splits, merges and scalings: whoever reads every shard, parents before children, gets every
 * record once, in the order its partition key was put. The open shards cover all hashes once, at any time.
 */
import * as fc from "fast-check";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

type Step =
  | { readonly kind: "put"; readonly keys: readonly number[] }
  | { readonly kind: "split" | "merge"; readonly which: number }
  | { readonly kind: "scale"; readonly more: boolean }
  | { readonly kind: "read"; readonly limit: number }
  | { readonly kind: "wait"; readonly seconds: number };

const keys = 8;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      keys: fc.array(fc.nat(keys - 1), { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("split" as const, "merge" as const), which: fc.nat(7) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("scale" as const), more: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("read" as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 200 }) }),
  },
);

test(
  "every record is read once, in the order of its key, over splits and merges",
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), history), {
      numRuns: 100,
    });
  },
);

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

interface Page {
  readonly Records: readonly {
    readonly Data: Uint8Array;
    readonly PartitionKey: string;
    readonly SequenceNumber: string;
  }[];
  readonly NextShardIterator?: string;
  readonly ChildShards?: readonly { readonly ShardId: string }[];
}

const byHash = (a: Shard, b: Shard): number => (begin(a) < begin(b) ? -1 : 1);
const begin = ({ HashKeyRange }: Shard): bigint => BigInt(HashKeyRange.StartingHashKey);
const end = ({ HashKeyRange }: Shard): bigint => BigInt(HashKeyRange.EndingHashKey);

type Invoke = (operation: string, input: object) => Promise<Record<string, unknown>>;

/** A consumer: follows every shard to its end, children only after all of their parents. */
class Reader {
  readonly seen: { readonly key: string; readonly text: string }[] = [];
  readonly #invoke: Invoke;
  /** The last sequence number of each shard that is being read; null before its first. */
  readonly #open = new Map<string, string | null>();
  readonly #ended = new Set<string>();

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
  }

  /** One page of every shard that may be read. Whether there was anything. */
  async read(shards: readonly Shard[], Limit: number): Promise<boolean> {
    let any = false;
    for (const { AdjacentParentShardId, ParentShardId, ShardId } of shards) {
      const parents = [ParentShardId, AdjacentParentShardId].filter((each) => each !== undefined);
      if (this.#ended.has(ShardId) || !parents.every((each) => this.#ended.has(each))) continue;
      const after = this.#open.get(ShardId) ?? null;
      const { ShardIterator } = await this.#invoke("GetShardIterator", {
        StreamName: "s",
        ShardId,
        ...(after === null
          ? { ShardIteratorType: "TRIM_HORIZON" }
          : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: after }),
      });
      const page = (await this.#invoke("GetRecords", { ShardIterator, Limit })) as unknown as Page;
      for (const { Data, PartitionKey, SequenceNumber } of page.Records) {
        const before = this.#open.get(ShardId) ?? "";
        expect(SequenceNumber > before).toBe(true);
        this.#open.set(ShardId, SequenceNumber);
        this.seen.push({ key: PartitionKey, text: Buffer.from(Data).toString() });
      }
      if (page.NextShardIterator === undefined) {
        this.#ended.add(ShardId);
        expect(page.ChildShards?.length).toBeGreaterThan(0);
      }
      any ||= page.Records.length > 0 || page.NextShardIterator === undefined;
    }
    return any;
  }
}

async function history(steps: readonly Step[]): Promise<void> {
  await using app = await startApp({ clock: "manual", seed: 5 });
  const invoke: Invoke = (operation, input) => app.platform.invoke("kinesis", operation, input);
  await invoke("CreateStream", { StreamName: "s", ShardCount: 2 });
  await app.settle();
  const list = async (): Promise<Shard[]> =>
    ((await invoke("ListShards", { StreamName: "s" })) as { Shards: Shard[] }).Shards;
  const reader = new Reader(invoke);
  const put = Array.from({ length: keys }, (): string[] => []);
  let count = 0;
  for (const each of steps) {
    const open = (await list())
      .filter(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber === undefined)
      .toSorted(byHash);
    covers(open);
    if (each.kind === "put") {
      const Records = each.keys.map((key) => {
        count += 1;
        put[key]?.push(String(count));
        return { PartitionKey: `key-${key}`, Data: Buffer.from(String(count)) };
      });
      await invoke("PutRecords", { StreamName: "s", Records });
    } else if (each.kind === "wait") await app.clock.advance(`${each.seconds}s`);
    else if (each.kind === "read") await reader.read(await list(), each.limit);
    else await reshard(invoke, each, open);
    await app.settle();
  }
  for (;;) if (!(await reader.read(await list(), 3))) break;
  expect(reader.seen).toHaveLength(count);
  for (const [key, texts] of put.entries()) {
    expect(reader.seen.filter((each) => each.key === `key-${key}`).map(({ text }) => text)).toEqual(texts);
  }
}

function covers(open: readonly Shard[]): void {
  let next = 0n;
  for (const shard of open) {
    expect(begin(shard)).toBe(next);
    next = end(shard) + 1n;
  }
  expect(next).toBe(1n << 128n);
}

async function reshard(
  invoke: Invoke,
  step_: Extract<Step, { readonly kind: "split" | "merge" | "scale" }>,
  open: readonly Shard[],
): Promise<void> {
  if (step_.kind === "scale") {
    const target = step_.more ? Math.min(open.length * 2, open.length + 3) : Math.ceil(open.length / 2);
    if (target === open.length) return;
    const input = { StreamName: "s", TargetShardCount: target, ScalingType: "UNIFORM_SCALING" };
    // Only ten a day.
    await invoke("UpdateShardCount", input).catch(() => undefined);
    return;
  }
  const at = step_.which % open.length;
  const shard = open[at] as Shard;
  const neighbour = open[at + 1];
  if (step_.kind === "merge" && neighbour !== undefined) {
    await invoke("MergeShards", {
      StreamName: "s",
      ShardToMerge: shard.ShardId,
      AdjacentShardToMerge: neighbour.ShardId,
    });
  } else if (step_.kind === "split" && end(shard) - begin(shard) > 16n) {
    const middle = begin(shard) + (end(shard) - begin(shard)) / 3n;
    await invoke("SplitShard", {
      StreamName: "s",
      ShardToSplit: shard.ShardId,
      NewStartingHashKey: String(middle),
    });
  }
}
