/**
 * Blobs as files: `<directory>/ab/<sha-256>`. A blob is written to `incoming/`, synced and renamed, and the renaming is
 * synced too, before `write` resolves: after a crash a blob is whole or absent. What a dead process left in `incoming/`
 * is removed at the next start; the file `closed` tells that there was none.
 */
import { createHash } from "node:crypto";
import {
  close,
  createReadStream,
  existsSync,
  mkdirSync,
  open as openFile,
  read,
  readdirSync,
  rmSync,
} from "node:fs";
import { type FileHandle, access, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { Defect, invariant } from "../kernel/errors.ts";
import { secretBytes } from "../kernel/system-secrets.ts";
import type { Blobs, WrittenBlob } from "./blobs.ts";
import { sharedBlobs } from "./blobs-shared.ts";
import { writeSynced } from "./synced-file.ts";

const blobName = /^[0-9a-f]{64}$/;
const folderName = /^[0-9a-f]{2}$/;
const readSizeBytes = 256 * 1024;
/** Several stores of one process may share a directory; their unfinished files are not stale. */
const liveWriters = new Set<string>();

export function createFileBlobs(path: string): Blobs {
  const directory = resolve(path);
  const incoming = join(directory, "incoming");
  const closed = join(directory, "closed");
  // The marker, or a directory that is not there yet: nothing can be left over.
  let mayHaveLeftovers = existsSync(directory) && !existsSync(closed);
  mkdirSync(incoming, { recursive: true });
  rmSync(closed, { force: true });
  removeStale(incoming);
  const writer = Buffer.from(secretBytes(8)).toString("hex");
  liveWriters.add(writer);
  const syncDirectory = createDirectorySync();
  const prepare = createFolders(syncDirectory);
  let writes = 0;

  async function keep(temporary: string, written: WrittenBlob): Promise<WrittenBlob> {
    const target = pathOf(directory, written.blob);
    const folder = dirname(target);
    await prepare(folder);
    await rename(temporary, target);
    await syncDirectory(folder);
    return written;
  }

  /** The blob that is this content, if there is one. */
  async function existing(written: WrittenBlob): Promise<WrittenBlob | undefined> {
    const target = pathOf(directory, written.blob);
    if (!(await exists(target))) return undefined;
    // Another writer's rename may not be durable yet.
    await syncDirectory(dirname(target));
    return written;
  }

  async function writeNew(
    content: Uint8Array | Readable,
    known: WrittenBlob | undefined,
    verify: ((written: WrittenBlob) => void) | undefined,
  ): Promise<WrittenBlob> {
    const temporary = join(incoming, `${process.pid}-${writer}-${++writes}`);
    try {
      const written = await writeSynced(temporary, content, known, verify);
      return await keep(temporary, written);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  return sharedBlobs({
    async write(content, verify) {
      if (!(content instanceof Uint8Array)) return writeNew(content, undefined, verify);
      const blob = createHash("sha256").update(content).digest("hex");
      const known = { blob, sizeBytes: content.length };
      verify?.(known);
      return (await existing(known)) ?? writeNew(content, known, undefined);
    },
    read: (blob, start = 0, end) => readRange(pathOf(directory, blob), start, end),
    stream: (blob, start = 0, end) => streamRange(pathOf(directory, blob), start, end),
    has: (blob) => exists(pathOf(directory, blob)),
    delete: (blob) => rm(pathOf(directory, blob), { force: true }),
    async *leftovers() {
      if (!mayHaveLeftovers) return;
      mayHaveLeftovers = false;
      yield* blobsIn(directory);
    },
    async close() {
      liveWriters.delete(writer);
      // Whoever did not come to ask for leftovers leaves them to the next.
      if (!mayHaveLeftovers && existsSync(directory)) await writeFile(closed, "");
    },
  });
}

async function* blobsIn(directory: string): AsyncGenerator<string> {
  for (const folder of await readdir(directory)) {
    if (!folderName.test(folder)) continue;
    for (const blob of await readdir(join(directory, folder))) if (blobName.test(blob)) yield blob;
  }
}

/** Makes folders and the entries that lead to them durable, once in a process for each. */
function createFolders(sync: (directory: string) => Promise<void>): (folder: string) => Promise<void> {
  const prepared = new Map<string, Promise<void>>();
  return (folder) => {
    let made = prepared.get(folder);
    if (made === undefined) {
      made = mkdir(folder, { recursive: true }).then(() => sync(dirname(folder)));
      prepared.set(folder, made);
      made.catch(() => prepared.delete(folder));
    }
    return made;
  };
}

function pathOf(directory: string, blob: string): string {
  invariant(blobName.test(blob), `not a blob's name: ${blob}`);
  return join(directory, blob.slice(0, 2), blob);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function readRange(path: string, start: number, end: number | undefined): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw missingBlob(error, path);
  }
  try {
    const stop = Math.min(end ?? Number.POSITIVE_INFINITY, (await file.stat()).size);
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, stop - start));
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
      invariant(bytesRead > 0, `blob ${path} shrank while it was read`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function streamRange(path: string, start: number, end: number | undefined): Readable {
  if (end !== undefined && end <= start) return Readable.from([], { objectMode: false });
  return createReadStream(path, {
    start,
    highWaterMark: readSizeBytes,
    ...(end === undefined ? {} : { end: end - 1 }),
    fs: {
      open: (file: string, flags: string, mode: number, done: (error: unknown, handle?: number) => void) =>
        openFile(file, flags, mode, (error, handle) => done(error ? missingBlob(error, file) : null, handle)),
      read,
      close,
    },
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function missingBlob(error: unknown, path: string): unknown {
  return isMissing(error) ? new Defect(`no blob ${path}`) : error;
}

async function syncEntries(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Syncs a directory; callers that come while one sync is running share the next one. */
function createDirectorySync(): (directory: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  function start(directory: string): Promise<void> {
    const promise = syncEntries(directory).finally(() => running.delete(directory));
    running.set(directory, promise);
    return promise;
  }

  return (directory) => {
    const current = running.get(directory);
    if (current === undefined) return start(directory);
    const waiting = next.get(directory);
    if (waiting !== undefined) return waiting;
    const after = current
      .catch(() => undefined)
      .then(() => {
        next.delete(directory);
        return start(directory);
      });
    next.set(directory, after);
    return after;
  };
}

/** Removes unfinished files of processes that are no more, and of earlier lives of this process id. */
function removeStale(incoming: string): void {
  for (const name of readdirSync(incoming)) {
    const [pid = "", writer = ""] = name.split("-");
    if (liveWriters.has(writer)) continue;
    if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
    rmSync(join(incoming, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
