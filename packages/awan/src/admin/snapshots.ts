/**
 * Snapshots as files: every row, the blobs rows name, and the time. One gzip of msgpack, the same whatever engine kept
 * the rows, so that it can be taken to another machine.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import type { Platform } from "../host/platform.ts";
import { everyRow } from "../store/engines/memory.ts";
import { decodeRow, encodeRow } from "../store/engines/row-format.ts";

const format = "awan-snapshot";
const version = 1;

export interface SnapshotContent {
  readonly nowMs: number;
  readonly rows: readonly (readonly [key: string, value: unknown])[];
  readonly blobs: readonly (readonly [blob: string, content: Uint8Array])[];
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
  return gzipSync(encodeRow({ format, version, nowMs: platform.clock.nowMs(), rows, blobs }), { level: 1 });
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
  const writes = new Map<string, { readonly value: unknown } | null>();
  for (const [key] of platform.engine.scan(everyRow, false)) writes.set(key, null);
  for (const [key, value] of snapshot.rows) writes.set(key, { value });
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
