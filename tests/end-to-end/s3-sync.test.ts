/**
 * `aws s3 sync` there and back, and one large file: checksums equal, memory flat. With `AWAN_LARGE_SYNC=1` in full size
 * (5,000 files, 5 GB; some minutes, 15 GB of disk). Skipped by name without the AWS CLI (`AWAN_AWS_CLI` names it).
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort, startServer } from "./server.ts";

const cli = process.env["AWAN_AWS_CLI"] ?? "aws";
const hasCli = spawnSync(cli, ["--version"]).status === 0;
const isLarge = process.env["AWAN_LARGE_SYNC"] === "1";
const files = isLarge ? 5_000 : 300;
const largeMegabytes = isLarge ? 5 * 1024 : 64;
/** A started server takes about 100 MB when it runs from its sources, 60 from its build. */
const growthMbMax = 120;

const run = promisify(execFile);

function* megabytes(count: number): Generator<Buffer> {
  const megabyte = randomBytes(1024 * 1024);
  for (let i = 0; i < count; i += 1) {
    megabyte.writeUInt32LE(i, 0);
    yield Buffer.from(megabyte);
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

/** The most memory a process ever had. */
const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

test.skipIf(!hasCli || process.platform !== "linux")(
  `aws s3 sync of ${files} files and of ${largeMegabytes} MB, both ways`,
  { timeout: isLarge ? 1_800_000 : 180_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "awan-sync-"));
    const [from, to] = [join(directory, "from"), join(directory, "to")];
    mkdirSync(from);
    for (let i = 0; i < files; i += 1)
      writeFileSync(join(from, `file-${i}`), randomBytes([0, 100, 5_000, 40_000, 120_000][i % 5] ?? 0));
    const args = ["start", "--data", join(directory, "data"), "--port", String(await freePort())];
    await using server = await startServer(args, "ready");
    const before = peakMb(server.pid);
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CONFIG_FILE: join(directory, "no-config"),
    };
    const s3 = (...command: string[]) =>
      run(cli, ["--endpoint-url", server.endpoint, "s3", ...command], { env });
    await s3("mb", "s3://synced");
    await s3("sync", from, "s3://synced/tree", "--only-show-errors");
    await s3("sync", "s3://synced/tree", to, "--only-show-errors");
    for (let i = 0; i < files; i += 1)
      expect(await hashOf(join(to, `file-${i}`)), `file-${i}`).toBe(await hashOf(join(from, `file-${i}`)));

    const [large, copy] = [join(directory, "large"), join(directory, "copy")];
    await pipeline(Readable.from(megabytes(largeMegabytes)), createWriteStream(large));
    await s3("cp", large, "s3://synced/large", "--only-show-errors");
    await s3("cp", "s3://synced/large", copy, "--only-show-errors");
    expect(await hashOf(copy)).toBe(await hashOf(large));
    expect(peakMb(server.pid) - before).toBeLessThan(growthMbMax);
    rmSync(directory, { recursive: true, force: true });
  },
);
