/** Object lock: which versions may not be deleted or loosened, and by whom after all. */
import type { Call } from "../../host/call.ts";
import { mayAccess } from "./access/authorize.ts";
import type { Bucket } from "./bucket.ts";
import { accessDenied } from "./errors.ts";
import type { ObjectRow, Retention, VersionRow } from "./keys.ts";

const isRetained = (retention: Retention | null, nowMs: number): retention is Retention =>
  retention !== null && retention.untilMs > nowMs;

function mayBypass(call: Call, bucket: Bucket, key: string, asked: boolean | undefined): boolean {
  return asked === true && mayAccess(call, bucket, { action: "s3:BypassGovernanceRetention", key });
}

/** Refuses to remove a version that is held or retained. */
export function checkRemovable(
  call: Call,
  bucket: Bucket,
  key: string,
  row: VersionRow,
  bypass: boolean | undefined,
): void {
  if (row.kind === "marker") return;
  if (row.legalHold) throw lockedObject();
  if (!isRetained(row.retention, call.nowMs)) return;
  if (row.retention.mode === "GOVERNANCE" && mayBypass(call, bucket, key, bypass)) return;
  throw lockedObject();
}

/** Refuses to shorten or loosen a retention; lengthening it is always allowed. */
export function checkRetentionChange(
  call: Call,
  bucket: Bucket,
  key: string,
  row: ObjectRow,
  next: Retention | null,
  bypass: boolean | undefined,
): void {
  const { retention } = row;
  if (!isRetained(retention, call.nowMs)) return;
  const stronger =
    next !== null &&
    next.untilMs >= retention.untilMs &&
    (next.mode === retention.mode || (retention.mode === "GOVERNANCE" && next.mode === "COMPLIANCE"));
  if (stronger && next.mode === retention.mode) return;
  if (retention.mode === "COMPLIANCE") throw lockedObject();
  if (!mayBypass(call, bucket, key, bypass)) throw lockedObject();
}

const lockedObject = (): Error => accessDenied("Access Denied because object protected by object lock.");
