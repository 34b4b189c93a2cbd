/**
 * The versions of a key: which is current, what an upload or a delete does to it under each versioning state, and the
 * accounts of the bodies they name. The one idea: `object` holds the current version unless that is a delete marker,
 * `version` holds the rest.
 */
import type { Random } from "../../kernel/random.ts";
import { releaseBlob, retainBlob } from "./blob-references.ts";
import type { Bucket } from "./bucket.ts";
import {
  type Body,
  contents,
  type MarkerRow,
  nullVersions,
  type ObjectRow,
  objects,
  partNumbers,
  parts,
  uploads,
  type VersionRow,
  versions,
} from "./keys.ts";

export type NewObject = Omit<ObjectRow, "kind" | "versionId" | "order" | "noncurrentSinceMs">;

export interface VersionName {
  readonly versionId: string;
  readonly order: number;
}

export interface FoundVersion {
  readonly row: VersionRow;
  readonly current: boolean;
}

const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
/** Random characters, three that vouch for the rest, and nine that tell the order (64^9 exceeds every order). */
const idForm = { random: 20, check: 3, order: 9 };
const idLength = idForm.random + idForm.check + idForm.order;

function digitsOf(value: number, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest = Math.floor(rest / 64)) {
    digits = idAlphabet.charAt(rest % 64) + digits;
  }
  return digits;
}

function checkOf(text: string): string {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 262_139;
  return digitsOf(sum, idForm.check);
}

function versionIdOf(random: Random, order: number): string {
  const head = random.text(idForm.random, idAlphabet);
  const tail = digitsOf(order, idForm.order);
  return head + checkOf(head + tail) + tail;
}

/** Where among its key's versions an id belongs; undefined for ids that were never given out. */
export function orderOf(versionId: string): number | undefined {
  if (versionId.length !== idLength) return undefined;
  const head = versionId.slice(0, idForm.random);
  const tail = versionId.slice(-idForm.order);
  if (versionId.slice(idForm.random, -idForm.order) !== checkOf(head + tail)) return undefined;
  let order = 0;
  for (const character of tail) order = order * 64 + idAlphabet.indexOf(character);
  return order;
}

/** Whether S3 could have given out such an id; others are refused as invalid rather than not found. */
export const isVersionId = (versionId: string): boolean =>
  versionId === "null" || orderOf(versionId) !== undefined;

export function currentObject(bucket: Bucket, key: string): ObjectRow | undefined {
  return objects.get(bucket.call.tx, [bucket.name, key]);
}

/** The newest version, delete markers included. */
export function newestVersion(bucket: Bucket, key: string): VersionRow | undefined {
  const current = currentObject(bucket, key);
  if (current !== undefined || bucket.row.versioning === "Off") return current;
  return versions.first(bucket.call.tx, [bucket.name, key])?.value;
}

export function findVersion(bucket: Bucket, key: string, versionId: string): FoundVersion | undefined {
  const { tx } = bucket.call;
  const current = currentObject(bucket, key);
  if (current?.versionId === versionId) return { row: current, current: true };
  const order = versionId === "null" ? nullVersions.get(tx, [bucket.name, key]) : orderOf(versionId);
  if (order === undefined) return undefined;
  const row = versions.get(tx, [bucket.name, key, -order]);
  if (row === undefined || row.versionId !== versionId) return undefined;
  const newest = current === undefined && versions.first(tx, [bucket.name, key])?.value.order === order;
  return { row, current: newest };
}

/** Makes `object` the key's current version, as the bucket's versioning says. */
export function addObject(
  bucket: Bucket,
  key: string,
  object: NewObject,
  replicaOf?: VersionName,
): ObjectRow {
  const own = makeRoom(bucket, key);
  // A replica keeps its version id, unless that would not make it the newest.
  const { versionId, order } = replicaOf !== undefined && replicaOf.order >= own.order ? replicaOf : own;
  // Spelled out: decisions/0012.
  const row: ObjectRow = {
    kind: "object",
    versionId,
    order,
    etag: object.etag,
    sizeBytes: object.sizeBytes,
    modifiedAtMs: object.modifiedAtMs,
    body: object.body,
    checksum: object.checksum,
    partCount: object.partCount,
    restore: object.restore,
    replicationStatus: object.replicationStatus,
    noncurrentSinceMs: null,
    system: object.system,
    metadata: object.metadata,
    tags: object.tags,
    storageClass: object.storageClass,
    encryption: object.encryption,
    grants: object.grants,
    ownerAccountId: object.ownerAccountId,
    retention: object.retention,
    legalHold: object.legalHold,
  };
  objects.set(bucket.call.tx, [bucket.name, key], row);
  return row;
}

/** A delete without a version id: removes the object, or puts a marker on top. */
export function deleteCurrent(bucket: Bucket, key: string, ownerAccountId: string): MarkerRow | undefined {
  const { tx, nowMs } = bucket.call;
  if (bucket.row.versioning === "Off") {
    const current = currentObject(bucket, key);
    if (current !== undefined) {
      forget(bucket, key, current);
      overtakeUploads(bucket, key);
    }
    return undefined;
  }
  const { versionId, order } = makeRoom(bucket, key);
  const marker: MarkerRow = {
    kind: "marker",
    versionId,
    order,
    modifiedAtMs: nowMs,
    ownerAccountId,
    noncurrentSinceMs: null,
  };
  setVersion(bucket, key, marker);
  objects.delete(tx, [bucket.name, key]);
  return marker;
}

/** Removes one version for good; the next newest becomes current. */
export function deleteVersion(bucket: Bucket, key: string, found: FoundVersion): void {
  const { tx } = bucket.call;
  forget(bucket, key, found.row);
  if (!found.current) return;
  const next = versions.first(tx, [bucket.name, key])?.value;
  if (next === undefined) return;
  const restored = { ...next, noncurrentSinceMs: null };
  if (next.kind === "marker") setVersion(bucket, key, restored);
  else {
    dropVersion(bucket, key, next);
    objects.set(tx, [bucket.name, key], restored as ObjectRow);
  }
}

/** Writes a version whose attributes changed (tags, ACL, lock, storage class) where it is. */
export function rewriteVersion(bucket: Bucket, key: string, row: ObjectRow): void {
  const { tx } = bucket.call;
  const current = currentObject(bucket, key);
  if (current?.order === row.order) objects.set(tx, [bucket.name, key], row);
  else versions.set(tx, [bucket.name, key, -row.order], row);
}

/** Moves what is current aside and takes away the null version that the new one replaces. */
function makeRoom(bucket: Bucket, key: string): { readonly versionId: string; readonly order: number } {
  const { tx, nowMs, random } = bucket.call;
  const { versioning } = bucket.row;
  overtakeUploads(bucket, key);
  const current = currentObject(bucket, key);
  const newest = versioning === "Off" ? undefined : versions.first(tx, [bucket.name, key])?.value;
  const order = Math.max(nowMs * 1000, (current?.order ?? 0) + 1, (newest?.order ?? 0) + 1);
  if (versioning !== "Enabled") {
    if (current?.versionId === "null") forget(bucket, key, current);
    else if (current !== undefined) setVersion(bucket, key, { ...current, noncurrentSinceMs: nowMs });
    dropNullVersion(bucket, key);
    demoteMarker(bucket, key);
    return { versionId: "null", order };
  }
  if (current !== undefined) setVersion(bucket, key, { ...current, noncurrentSinceMs: nowMs });
  else demoteMarker(bucket, key);
  return { versionId: versionIdOf(random, order), order };
}

/** Uploads of the key that are under way learn that it changed meanwhile. */
function overtakeUploads(bucket: Bucket, key: string): void {
  const { tx } = bucket.call;
  for (const { key: uploadKey, value } of uploads.scan(tx, [bucket.name, key])) {
    if (!value.overtaken) uploads.set(tx, uploadKey, { ...value, overtaken: true });
  }
}

function demoteMarker(bucket: Bucket, key: string): void {
  const { tx, nowMs } = bucket.call;
  if (bucket.row.versioning === "Off") return;
  const newest = versions.first(tx, [bucket.name, key])?.value;
  if (newest !== undefined && newest.noncurrentSinceMs === null) {
    versions.set(tx, [bucket.name, key, -newest.order], { ...newest, noncurrentSinceMs: nowMs });
  }
}

function dropNullVersion(bucket: Bucket, key: string): void {
  const { tx } = bucket.call;
  if (bucket.row.versioning === "Off") return;
  const order = nullVersions.get(tx, [bucket.name, key]);
  if (order === undefined) return;
  const row = versions.get(tx, [bucket.name, key, -order]);
  if (row !== undefined) forget(bucket, key, row);
}

function setVersion(bucket: Bucket, key: string, row: VersionRow): void {
  const { tx } = bucket.call;
  versions.set(tx, [bucket.name, key, -row.order], row);
  if (row.versionId === "null") nullVersions.set(tx, [bucket.name, key], row.order);
}

function dropVersion(bucket: Bucket, key: string, row: VersionRow): void {
  const { tx } = bucket.call;
  versions.delete(tx, [bucket.name, key, -row.order]);
  if (row.versionId === "null") nullVersions.delete(tx, [bucket.name, key]);
}

/** Deletes a version's row and lets go of its body. */
function forget(bucket: Bucket, key: string, row: VersionRow): void {
  const { tx } = bucket.call;
  const current = currentObject(bucket, key);
  if (current?.order === row.order) objects.delete(tx, [bucket.name, key]);
  else dropVersion(bucket, key, row);
  if (row.kind === "object") releaseBody(bucket, row.body);
}

/** One more row names this body: copies share blobs, and repeat what is in rows. */
export function shareBody(from: Bucket, body: Body, to: Bucket): Body {
  if (body.in === "blob") retainBlob(to.call, body.blob);
  if (body.in !== "row") return body;
  const bytes = contents.get(from.call.tx, [from.name, body.id]);
  return bytes === undefined ? { in: "empty" } : keepBytes(to, bytes);
}

/** Ids grow with time: what is written together lies together on disk. */
export function keepBytes(bucket: Bucket, bytes: Uint8Array): Body {
  const id = bucket.call.nowMs.toString(36).padStart(9, "0") + bucket.call.random.text(10);
  contents.set(bucket.call.tx, [bucket.name, id], bytes);
  return { in: "row", id };
}

export function releaseBody(bucket: Bucket, body: Body): void {
  const { tx } = bucket.call;
  if (body.in === "row") contents.delete(tx, [bucket.name, body.id]);
  if (body.in === "blob") releaseBlob(bucket.call, body.blob);
  if (body.in !== "parts") return;
  for (const { key, value } of parts.scan(tx, [bucket.name, body.id])) {
    releaseBody(bucket, value.body);
    parts.delete(tx, key);
    partNumbers.delete(tx, [bucket.name, body.id, value.partNumber]);
  }
}

/** The parts of a multipart body under an id of their own; each names its blob once more. */
export function copyParts(from: Bucket, id: string, to: Bucket): Body {
  const copyId = to.call.random.text(32);
  for (const { key, value } of parts.scan(from.call.tx, [from.name, id])) {
    parts.set(to.call.tx, [to.name, copyId, key[2]], { ...value, body: shareBody(from, value.body, to) });
  }
  return { in: "parts", id: copyId };
}
