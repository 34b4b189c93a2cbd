/**
 * Lifecycle rules carried out: once a day, at midnight UTC, each bucket that has rules is walked in steps of some
 * hundred keys, every step a transaction of its own.
 */
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import { type Bucket, findBucket } from "./bucket.ts";
import { type ObjectRow, uploads, type VersionRow } from "./keys.ts";
import {
  dueAfterDays,
  expiresAtMs,
  type LifecycleRule,
  lifecycleRules,
  prefixOf,
  ruleCovers,
  transitionsAtMs,
} from "./lifecycle-rules.ts";
import { dayMs } from "./limits.ts";
import { forgetUpload } from "./multipart.ts";
import { announce } from "./notifications.ts";
import { versionRows } from "./operations/list-object-versions.ts";
import { deleteCurrent, deleteVersion, findVersion, rewriteVersion } from "./versions.ts";

const keysPerStep = 200;

export function scheduleLifecycle(bucket: Bucket): void {
  const { call } = bucket;
  call.schedule("s3.lifecycle", [bucket.name], Math.floor(call.nowMs / dayMs) * dayMs + dayMs);
}

/** `payload` is the key after which the walk of this day goes on. */
export const lifecycle: Duty = (call, key, payload) => {
  const bucket = findBucket(call, key[0] as string);
  if (bucket === undefined) return;
  const rules = lifecycleRules(bucket).filter((rule) => rule.Status === "Enabled");
  if (rules.length === 0) return;
  const walk = new Walk(call, bucket, rules);
  const last = walk.keysAfter(payload as string | undefined);
  if (last !== undefined) {
    bucket.call.schedule("s3.lifecycle", [bucket.name], call.nowMs, last);
    return;
  }
  walk.uploads();
  scheduleLifecycle(bucket);
};

interface KeyVersions {
  readonly key: string;
  readonly rows: VersionRow[];
}

class Walk {
  readonly #call: Call;
  readonly #bucket: Bucket;
  readonly #rules: readonly LifecycleRule[];

  constructor(call: Call, bucket: Bucket, rules: readonly LifecycleRule[]) {
    this.#call = call;
    this.#bucket = bucket;
    this.#rules = rules;
  }

  /** One step. The key it ended with, or undefined at the end of the bucket. */
  keysAfter(after: string | undefined): string | undefined {
    const found: KeyVersions[] = [];
    let more = false;
    for (const { key, item } of versionRows(this.#bucket, after === undefined ? {} : { after: [after] })) {
      const last = found.at(-1);
      if (last?.key === key) last.rows.push(item.row);
      else if (found.length === keysPerStep) {
        more = true;
        break;
      } else found.push({ key, rows: [item.row] });
    }
    for (const versions of found) this.#apply(versions);
    return more ? found.at(-1)?.key : undefined;
  }

  #apply({ key, rows }: KeyVersions): void {
    const [newest, ...older] = rows;
    if (newest === undefined) return;
    const keptOlder = older.filter((row, index) => !this.#expireNoncurrent(key, row, index));
    if (newest.kind === "marker") this.#expireMarker(key, newest, keptOlder.length);
    else if (!this.#expireCurrent(key, newest))
      this.#transition(key, newest, this.#currentTransitions(key, newest));
  }

  #expireCurrent(key: string, row: ObjectRow): boolean {
    const { nowMs } = this.#call;
    const due = this.#rules.some((rule) => {
      const atMs = ruleCovers(rule, key, row) ? expiresAtMs(rule, row.modifiedAtMs) : undefined;
      return atMs !== undefined && atMs <= nowMs;
    });
    if (!due || isLocked(row, nowMs)) return false;
    const marker = deleteCurrent(this.#bucket, key, this.#bucket.row.accountId);
    const event =
      marker === undefined ? "s3:LifecycleExpiration:Delete" : "s3:LifecycleExpiration:DeleteMarkerCreated";
    announce(this.#call, this.#bucket, { event, key, row: marker ?? row });
    return true;
  }

  /** A marker with nothing below it says nothing any more. */
  #expireMarker(key: string, marker: VersionRow, olderCount: number): void {
    if (olderCount > 0) return;
    const due = this.#rules.some((rule) => {
      if (!ruleCovers(rule, key, { tags: [], sizeBytes: 0 })) return false;
      if (rule.Expiration?.ExpiredObjectDeleteMarker === true) return true;
      const atMs = expiresAtMs(rule, marker.modifiedAtMs);
      return atMs !== undefined && atMs <= this.#call.nowMs;
    });
    if (due) this.#drop(key, marker);
  }

  #expireNoncurrent(key: string, row: VersionRow, index: number): boolean {
    const since = row.noncurrentSinceMs;
    if (since === null) return false;
    const due = this.#rules.some((rule) => {
      const { NoncurrentDays: days, NewerNoncurrentVersions: kept = 0 } =
        rule.NoncurrentVersionExpiration ?? {};
      if (days === undefined || index < kept || dueAfterDays(since, days) > this.#call.nowMs) return false;
      return ruleCovers(rule, key, row.kind === "object" ? row : { tags: [], sizeBytes: 0 });
    });
    if (due && !(row.kind === "object" && isLocked(row, this.#call.nowMs))) {
      this.#drop(key, row);
      return true;
    }
    if (row.kind === "object")
      this.#transition(key, row, this.#noncurrentTransitions(key, row, since, index));
    return false;
  }

  #drop(key: string, row: VersionRow): void {
    const found = findVersion(this.#bucket, key, row.versionId);
    if (found === undefined) return;
    deleteVersion(this.#bucket, key, found);
    announce(this.#call, this.#bucket, { event: "s3:LifecycleExpiration:Delete", key, row });
  }

  /** Of all transitions that are due the latest counts. */
  #transition(
    key: string,
    row: ObjectRow,
    due: readonly { readonly atMs: number; readonly storageClass: string }[],
  ): void {
    const latest = due.filter(({ atMs }) => atMs <= this.#call.nowMs).toSorted((a, b) => b.atMs - a.atMs)[0];
    if (latest === undefined || latest.storageClass === row.storageClass) return;
    const changed = { ...row, storageClass: latest.storageClass };
    rewriteVersion(this.#bucket, key, changed);
    announce(this.#call, this.#bucket, { event: "s3:LifecycleTransition", key, row: changed });
  }

  #currentTransitions(
    key: string,
    row: ObjectRow,
  ): { readonly atMs: number; readonly storageClass: string }[] {
    return this.#rules.flatMap((rule) =>
      ruleCovers(rule, key, row)
        ? (rule.Transitions ?? []).map((each) => ({
            atMs: transitionsAtMs(each, row.modifiedAtMs),
            storageClass: each.StorageClass ?? "",
          }))
        : [],
    );
  }

  #noncurrentTransitions(
    key: string,
    row: ObjectRow,
    sinceMs: number,
    index: number,
  ): { readonly atMs: number; readonly storageClass: string }[] {
    return this.#rules.flatMap((rule) =>
      ruleCovers(rule, key, row)
        ? (rule.NoncurrentVersionTransitions ?? [])
            .filter(({ NewerNoncurrentVersions: kept = 0 }) => index >= kept)
            .map((each) => ({
              atMs: dueAfterDays(sinceMs, each.NoncurrentDays ?? 0),
              storageClass: each.StorageClass ?? "",
            }))
        : [],
    );
  }

  /** Uploads nobody finished. */
  uploads(): void {
    const { tx } = this.#bucket.call;
    for (const { key: parts, value } of uploads.scan(tx, [this.#bucket.name])) {
      const [, key, id] = parts;
      const due = this.#rules.some((rule) => {
        const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
        return (
          days !== undefined &&
          key.startsWith(prefixOf(rule)) &&
          dueAfterDays(value.startedAtMs, days) <= this.#call.nowMs
        );
      });
      if (due) forgetUpload({ bucket: this.#bucket, key, id, row: value });
    }
  }
}

const isLocked = (row: ObjectRow, nowMs: number): boolean =>
  row.legalHold === true || (row.retention !== null && row.retention.untilMs > nowMs);
