/**
 * `kill -9` under uploads, deletions and multipart uploads: after a restart every object is whole and one that was sent,
 * nothing acknowledged is lost, and no file is left that no object names.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { freePort, startServer } from "./server.ts";

const Bucket = "killed";
const clients = 12;
const acknowledgedBeforeKill = 150;
/** In a row, as a small file, over what is collected in memory. */
const sizes = [1_000, 50_000, 300_000, 1_500_000];
const nothing = "nothing";

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What each key may hold: the state that was last acknowledged, and whatever was under way since. */
class Ledger {
  readonly #states = new Map<string, { acknowledged: string; underWay: Set<string> }>();
  acknowledgements = 0;

  async change(key: string, to: string, doing: Promise<unknown>): Promise<void> {
    const state = this.#states.get(key) ?? { acknowledged: nothing, underWay: new Set() };
    this.#states.set(key, state);
    state.underWay.add(to);
    await doing;
    state.acknowledged = to;
    state.underWay.delete(to);
    this.acknowledgements += 1;
  }

  keys(): readonly string[] {
    return [...this.#states.keys()];
  }

  mayHold(key: string, content: string): boolean {
    const state = this.#states.get(key);
    return state !== undefined && (state.acknowledged === content || state.underWay.has(content));
  }
}

const clientOf = (endpoint: string): S3Client =>
  new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

async function uploadInParts(s3: S3Client, Key: string, Body: Uint8Array): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

/** One client's endless work on keys of its own; ends when the server does not answer any more. */
async function work(s3: S3Client, ledger: Ledger, client: number): Promise<void> {
  for (let i = 0; ; i += 1) {
    const Key = `client-${client}/${i % 7}`;
    const body = Buffer.alloc(sizes[(i + client) % sizes.length] ?? 0, `${client}/${i}/`);
    try {
      if (i % 11 === 10) await ledger.change(Key, nothing, s3.send(new DeleteObjectCommand({ Bucket, Key })));
      else if (i % 5 === 4) await ledger.change(Key, hashOf(body), uploadInParts(s3, Key, body));
      else await ledger.change(Key, hashOf(body), s3.send(new PutObjectCommand({ Bucket, Key, Body: body })));
    } catch {
      return;
    }
  }
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

test(
  "kill -9 loses no object, shows none half-written and leaves no file behind",
  { timeout: 120_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), "awan-s3-kill-"));
    const args = ["start", "--data", data, "--port", String(await freePort())];
    const server = await startServer(args, "ready");
    const before = clientOf(server.endpoint);
    await before.send(new CreateBucketCommand({ Bucket }));
    const ledger = new Ledger();
    const working = Array.from({ length: clients }, (_unused, client) => work(before, ledger, client));
    while (ledger.acknowledgements < acknowledgedBeforeKill) await new Promise((next) => setImmediate(next));
    await server.kill("SIGKILL");
    await Promise.all(working);

    // What was written for a commit that never came, whether or not the kill left such a file.
    const orphan = Buffer.alloc(100_000, "orphan");
    const folder = join(data, "blobs", hashOf(orphan).slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, hashOf(orphan)), orphan);

    await using restarted = await startServer(args, "ready");
    const after = clientOf(restarted.endpoint);
    const found = new Map<string, string>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: after }, { Bucket })) {
      for (const { Key = "" } of Contents) {
        const { Body } = await after.send(new GetObjectCommand({ Bucket, Key }));
        found.set(Key, hashOf(await Body!.transformToByteArray()));
      }
    }
    for (const key of ledger.keys()) {
      const content = found.get(key) ?? nothing;
      expect(ledger.mayHold(key, content), `${key} holds ${content}`).toBe(true);
    }
    expect([...found.keys()].filter((key) => !ledger.keys().includes(key))).toEqual([]);

    // Uploads in parts that were never completed keep their parts: there are as many as were under way.
    await fetch(`${restarted.endpoint}/_awan/clock/advance?by=5m`, { method: "POST" });
    const named = new Set(found.values());
    await expect
      .poll(() => filesIn(join(data, "blobs")).filter((name) => !named.has(name)).length, { timeout: 10_000 })
      .toBeLessThanOrEqual(clients);
    expect(filesIn(join(data, "blobs"))).not.toContain(hashOf(orphan));
    expect(filesIn(join(data, "blobs", "incoming"))).toEqual([]);
    rmSync(data, { recursive: true });
  },
);
