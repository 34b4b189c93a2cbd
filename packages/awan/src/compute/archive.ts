/**
 * Zip archives onto disk, with their Unix modes and links. Small ones are written at once: for a few files, going
 * through the thread pool costs several times the work itself, and a cold start waits for it.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { inflateRaw, inflateRawSync } from "node:zlib";

interface Entry {
  readonly name: string;
  /** Undefined when the archive was not made on Unix. */
  readonly mode: number | undefined;
  readonly isStored: boolean;
  readonly bytes: Buffer;
  readonly unpackedBytes: number;
}

const inflateElsewhere = promisify(inflateRaw);
/** Inflating as much takes about a millisecond. */
const inflateHereBytesMax = 256 * 1024;
const directoryEnd = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const inExtraField = 0xffffffff;

/** Unpacks into an existing directory. Entries that would lie outside of it are left out. */
export async function unpackArchive(archive: Uint8Array, root: string): Promise<void> {
  const made = new Set([root]);
  for (const entry of entriesOf(archive)) {
    const path = normalize(join(root, entry.name));
    if (!path.startsWith(root + sep)) continue;
    const isDirectory = entry.name.endsWith("/");
    const directory = isDirectory ? path.slice(0, -1) : dirname(path);
    if (!made.has(directory)) mkdirSync(directory, { recursive: true });
    made.add(directory);
    if (isDirectory) continue;
    if (entry.unpackedBytes > inflateHereBytesMax) {
      const bytes = entry.isStored ? entry.bytes : await inflateElsewhere(entry.bytes);
      await rm(path, { force: true });
      await writeFile(path, bytes);
      chmodSync(path, permissions(entry.mode));
      continue;
    }
    const bytes = entry.isStored || entry.unpackedBytes === 0 ? entry.bytes : inflateRawSync(entry.bytes);
    if (isLink(entry.mode)) link(root, path, bytes.toString("utf8"));
    else writeNow(path, bytes, permissions(entry.mode));
  }
}

const isLink = (mode: number | undefined): boolean => mode !== undefined && (mode & 0o170000) === 0o120000;

const permissions = (mode: number | undefined): number =>
  mode === undefined || (mode & 0o777) === 0 ? 0o755 : (mode & 0o777) | 0o400;

function link(root: string, path: string, target: string): void {
  const isInside = normalize(join(dirname(path), target)).startsWith(root + sep);
  if (!isInside) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function writeNow(path: string, bytes: Uint8Array, mode: number): void {
  replace(path, () => writeFileSync(path, bytes, { mode, flag: "wx" }));
  // The process's mask may have taken bits away.
  chmodSync(path, mode);
}

/** A file or link of an earlier layer is replaced, not written to. */
function replace(path: string, write: () => void): void {
  try {
    write();
  } catch {
    rmSync(path, { force: true });
    write();
  }
}

/** The entries of an archive, by its central directory: entries' own headers may lack their sizes. */
function* entriesOf(archive: Uint8Array): Generator<Entry> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = bytes.lastIndexOf(directoryEnd);
  if (end === -1 || end + 20 > bytes.length) throw new Error("not a zip archive");
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count && at + 46 <= bytes.length; i += 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) break;
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const sizes = sizesOf(bytes, at, at + 46 + nameLength, extraLength);
    const contentAt =
      sizes.headerAt + 30 + bytes.readUInt16LE(sizes.headerAt + 26) + bytes.readUInt16LE(sizes.headerAt + 28);
    yield {
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      mode: bytes.readUInt8(at + 5) === 3 ? bytes.readUInt32LE(at + 38) >>> 16 : undefined,
      isStored: bytes.readUInt16LE(at + 10) === 0,
      bytes: bytes.subarray(contentAt, contentAt + sizes.packedBytes),
      unpackedBytes: sizes.unpackedBytes,
    };
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
}

interface Sizes {
  unpackedBytes: number;
  packedBytes: number;
  headerAt: number;
}

/** Sizes of an entry; of large archives they are in an extra field (Zip64), in this order, those that did not fit. */
function sizesOf(bytes: Buffer, at: number, extraAt: number, extraLength: number): Sizes {
  const sizes: Sizes = {
    unpackedBytes: bytes.readUInt32LE(at + 24),
    packedBytes: bytes.readUInt32LE(at + 20),
    headerAt: bytes.readUInt32LE(at + 42),
  };
  for (let field = extraAt; field + 4 <= extraAt + extraLength; field += 4 + bytes.readUInt16LE(field + 2)) {
    if (bytes.readUInt16LE(field) !== 1) continue;
    let value = field + 4;
    for (const name of ["unpackedBytes", "packedBytes", "headerAt"] as const) {
      if (sizes[name] !== inExtraField) continue;
      sizes[name] = Number(bytes.readBigUInt64LE(value));
      value += 8;
    }
  }
  return sizes;
}
