/**
 * Snapshots as files: every row, the blobs rows name, and the time. One gzip of msgpack, the same whatever engine kept
 * the rows, so that it can be taken to another machine; then the directories functions run from go with it.
 */
import { existsSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { archiveOf } from "../deploy/cloud-assembly/archive.ts";
import type { Platform } from "../host/platform.ts";
import { everyRow } from "../store/engines/memory.ts";
import { decodeRow, encodeRow } from "../store/engines/row-format.ts";

const format = "awan-snapshot";
const version = 1;

export interface SnapshotContent {
  readonly nowMs: number;
  readonly rows: readonly (readonly [key: string, value: unknown])[];
  readonly blobs: readonly (readonly [blob: string, content: Uint8Array])[];
  /** Archives of directories that rows name, in a snapshot that travels. */
  readonly directories?: readonly (readonly [path: string, archive: Uint8Array])[];
}

/** The platform as it is now. Settle it before: what is under way would be done again. */
export async function takeSnapshot(platform: Platform): Promise<Uint8Array> {
  const rows = [...platform.engine.scan(everyRow, false)];
  const names = new Set<string>();
  for (const [, value] of rows) collectBlobNames(value, names);
  const blobs: [string, Uint8Array][] = [];
  for (const blob of names) {
    if (await platform.blobs.has(blob)) blobs.push([blob, await platform.blobs.read(blob)]);
  }
  return written({ nowMs: platform.clock.nowMs(), rows, blobs });
}

const written = (content: SnapshotContent): Uint8Array =>
  gzipSync(encodeRow({ format, version, ...content }), { level: 1 });

/** The snapshot with the directories its functions run from, for machines that do not have them. */
export function portableSnapshot(bytes: Uint8Array): Uint8Array {
  const { nowMs, rows, blobs } = readSnapshot(bytes);
  const paths = new Set<string>();
  for (const [, value] of rows) visit(value, (code) => paths.add(code.path));
  const directories = [...paths]
    .filter((path) => existsSync(path))
    .map((path) => [path, archiveOf(path)] as const);
  return written({ nowMs, rows, blobs, directories });
}

export function readSnapshot(bytes: Uint8Array): SnapshotContent {
  let content: unknown;
  try {
    content = decodeRow(gunzipSync(bytes));
  } catch {
    throw new RangeError("this is no snapshot of Awan's");
  }
  const found = content as SnapshotContent & { readonly format?: string; readonly version?: number };
  if (found.format !== format) throw new RangeError("this is no snapshot of Awan's");
  if (found.version !== version)
    throw new RangeError(`a snapshot of version ${found.version} cannot be read`);
  return found;
}

/** Makes the platform's rows those of the snapshot. The platform must have been halted. */
export async function applySnapshot(platform: Platform, snapshot: SnapshotContent): Promise<void> {
  for (const [, content] of snapshot.blobs) await platform.blobs.write(content);
  const archives = new Map<string, string>();
  for (const [path, archive] of snapshot.directories ?? [])
    if (!existsSync(path)) archives.set(path, (await platform.blobs.write(archive)).blob);
  const writes = new Map<string, { readonly value: unknown } | null>();
  for (const [key] of platform.engine.scan(everyRow, false)) writes.set(key, null);
  for (const [key, value] of snapshot.rows) writes.set(key, { value: unpacked(value, archives) });
  await platform.engine.durable(platform.engine.commit(writes));
}

/** Blobs are named by their SHA-256: whatever looks like one and exists is one. */
function collectBlobNames(value: unknown, names: Set<string>): void {
  if (typeof value === "string") {
    if (value.length === 64 && /^[0-9a-f]{64}$/.test(value)) names.add(value);
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) collectBlobNames(part, names);
  }
}

/** How `host/functions.ts` says that code is a directory. */
interface DirectoryCode {
  readonly kind: "directory";
  readonly path: string;
}

const isDirectoryCode = (value: object): value is DirectoryCode =>
  "kind" in value && value.kind === "directory" && "path" in value && typeof value.path === "string";

function visit(value: unknown, found: (code: DirectoryCode) => void): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if (isDirectoryCode(value)) found(value);
  else for (const part of Object.values(value)) visit(part, found);
}

/** The value with archives in the place of directories this machine does not have. */
function unpacked(value: unknown, archives: ReadonlyMap<string, string>): unknown {
  if (archives.size === 0) return value;
  let named = false;
  visit(value, ({ path }) => (named ||= archives.has(path)));
  return named ? replaced(value, archives) : value;
}

function replaced(value: unknown, archives: ReadonlyMap<string, string>): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((part) => replaced(part, archives));
  const blob = isDirectoryCode(value) ? archives.get(value.path) : undefined;
  if (blob !== undefined) return { kind: "blob", blob };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, archives)]));
}
