/** One contract for every keeper of blobs, and what only files have to prove: nothing half-written survives a kill. */
import { createHash } from "node:crypto";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { Defect } from "../kernel/errors.ts";
import { createFileBlobs } from "./blobs-files.ts";
import { createMemoryBlobs } from "./blobs-memory.ts";

const directories: string[] = [];

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "awan-blobs-"));
  directories.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function refuse({ blob }: { readonly blob: string }): void {
  throw new Error(`refused ${blob}`);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("part");
  throw new Error("the peer went away");
}

describe.each([
  ["memory", () => createMemoryBlobs()],
  ["files", () => createFileBlobs(newDirectory())],
])("blobs in %s", (_, create) => {
  test("what is written is read back by its hash", async () => {
    const blobs = create();
    const content = Buffer.from("hello world");
    const written = await blobs.write(content);
    expect(written).toEqual({ blob: sha256(content), sizeBytes: 11 });
    expect(await blobs.has(written.blob)).toBe(true);
    expect(Buffer.from(await blobs.read(written.blob)).toString()).toBe("hello world");
    expect((await buffer(blobs.stream(written.blob))).toString()).toBe("hello world");
  });

  test("ranges are half-open and stop at the end", async () => {
    const blobs = create();
    const { blob } = await blobs.write(Buffer.from("0123456789"));
    expect(Buffer.from(await blobs.read(blob, 2, 5)).toString()).toBe("234");
    expect(Buffer.from(await blobs.read(blob, 7)).toString()).toBe("789");
    expect(Buffer.from(await blobs.read(blob, 8, 100)).toString()).toBe("89");
    expect((await blobs.read(blob, 4, 4)).length).toBe(0);
    expect((await buffer(blobs.stream(blob, 2, 5))).toString()).toBe("234");
    expect((await buffer(blobs.stream(blob, 7))).toString()).toBe("789");
    expect((await buffer(blobs.stream(blob, 8, 100))).toString()).toBe("89");
    expect((await buffer(blobs.stream(blob, 4, 4))).length).toBe(0);
  });

  test("a large stream keeps its bytes, whatever its chunks", async () => {
    const blobs = create();
    const content = Buffer.alloc(3_000_001, "abcdefg");
    const parts = [content.subarray(0, 1), content.subarray(1, 100_000), content.subarray(100_000)];
    const written = await blobs.write(Readable.from(parts, { objectMode: false }));
    expect(written).toEqual({ blob: sha256(content), sizeBytes: content.length });
    expect((await buffer(blobs.stream(written.blob))).equals(content)).toBe(true);
  });

  test("nothing is stored of a stream that fails", async () => {
    const blobs = create();
    await expect(blobs.write(Readable.from(failing(), { objectMode: false }))).rejects.toThrow("went away");
    expect(await blobs.has(sha256(Buffer.from("part")))).toBe(false);
  });

  test("what is refused when it is whole never becomes a blob", async () => {
    const blobs = create();
    const content = Buffer.from("not what was promised");
    for (const each of [content, Readable.from([content], { objectMode: false })]) {
      await expect(blobs.write(each, refuse)).rejects.toThrow(`refused ${sha256(content)}`);
    }
    expect(await blobs.has(sha256(content))).toBe(false);
  });

  test("an original and its forks keep what one of them deletes for the others", async () => {
    const original = create();
    const { blob } = await original.write(Buffer.from("shared"));
    const forked = original.fork();
    await forked.delete(blob);
    expect([await forked.has(blob), await original.has(blob)]).toEqual([false, true]);
    await original.delete(blob);
    expect(Buffer.from(await forked.read(blob)).toString()).toBe("shared");
    await forked.write(Buffer.from("shared"));
    expect(await forked.has(blob)).toBe(true);
    await forked.close();
    await expect(original.read(blob)).rejects.toBeInstanceOf(Defect);
  });

  test("the same content at the same time is one blob", async () => {
    const blobs = create();
    const content = Buffer.from("the same");
    const written = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) =>
        blobs.write(index % 2 === 0 ? content : Readable.from([content], { objectMode: false })),
      ),
    );
    expect(new Set(written.map(({ blob }) => blob))).toEqual(new Set([sha256(content)]));
    await blobs.delete(sha256(content));
    expect(await blobs.has(sha256(content))).toBe(false);
  });

  test("an empty blob is a blob", async () => {
    const blobs = create();
    const { blob, sizeBytes } = await blobs.write(new Uint8Array());
    expect(sizeBytes).toBe(0);
    expect((await blobs.read(blob)).length).toBe(0);
    expect((await buffer(blobs.stream(blob))).length).toBe(0);
  });

  test("a caller's buffer may be reused after the write", async () => {
    const blobs = create();
    const content = Buffer.from("before");
    const { blob } = await blobs.write(content);
    content.fill("x");
    expect(Buffer.from(await blobs.read(blob)).toString()).toBe("before");
  });

  test("a missing blob is our bug; deleting it is not", async () => {
    const blobs = create();
    const missing = sha256(Buffer.from("missing"));
    await expect(blobs.read(missing)).rejects.toBeInstanceOf(Defect);
    await expect(buffer(blobs.stream(missing))).rejects.toBeInstanceOf(Defect);
    await blobs.delete(missing);
    expect(await blobs.has(missing)).toBe(false);
  });
});

describe("blobs in files", () => {
  test("survive another start in the same directory", async () => {
    const directory = newDirectory();
    const { blob } = await createFileBlobs(directory).write(Buffer.from("durable"));
    expect(Buffer.from(await createFileBlobs(directory).read(blob)).toString()).toBe("durable");
    expect(readdirSync(join(directory, "incoming"))).toEqual([]);
  });

  test("tell what is left over when their process did not end in order", async () => {
    const directory = newDirectory();
    const leftovers = async (): Promise<string[]> => {
      const found: string[] = [];
      const blobs = createFileBlobs(directory);
      for await (const blob of blobs.leftovers()) found.push(blob);
      if (found.length > 0) await blobs.close();
      return found;
    };
    const { blob } = await createFileBlobs(directory).write(Buffer.from("left over"));
    expect(await leftovers()).toEqual([blob]);
    expect(await leftovers()).toEqual([]);
  });

  test("refuse names that are not hashes", () => {
    expect(() => createFileBlobs(newDirectory()).stream("../../etc/passwd")).toThrow(Defect);
  });

  test("leave nothing half-written after kill -9, and clean up at the next start", async () => {
    const directory = newDirectory();
    const child = fork(join(import.meta.dirname, "blobs-killed.fixture.ts"), [directory], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [message] = (await once(child, "message")) as [{ whole: string }];
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    expect(readdirSync(join(directory, "incoming")).length).toBe(1);

    const blobs = createFileBlobs(directory);
    expect(readdirSync(join(directory, "incoming"))).toEqual([]);
    const stored = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(stored.map((entry) => entry.name)).toEqual([message.whole]);
    expect(sha256(await blobs.read(message.whole))).toBe(message.whole);
  });
});
