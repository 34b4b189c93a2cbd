/**
 * Which blobs are still named. Every row that names a blob counts once in `blobReferences`, in the transaction that
 * writes it; at zero a dispatch deletes the file. The row tells writers that a file was or is being deleted, so that a
 * name is never committed for bytes that are gone. What a killed process had written, but not yet named, is collected
 * at the next start.
 */
import type { Call } from "../../host/call.ts";
import {
  type Answer,
  type Completion,
  type Duty,
  type Effect,
  type EffectContext,
  Park,
  Perform,
  type Resident,
} from "../../host/service.ts";
import { slowDown } from "./errors.ts";
import { blobReferences, type BlobReferenceRow, globalScope } from "./keys.ts";
import { blobGraceMs, blobTombstoneMs } from "./limits.ts";

const waitMs = 10_000;

/** One more row names the blob, which at least one other row names already. */
export function retainBlob(call: Call, blob: string): void {
  const { tx } = call.in(globalScope);
  const count = blobReferences.get(tx, [blob])?.count ?? 0;
  blobReferences.set(tx, [blob], { count: count + 1, state: "kept" });
}

/** One row fewer names the blob. */
export function releaseBlob(call: Call, blob: string): void {
  const home = call.in(globalScope);
  const row = blobReferences.get(home.tx, [blob]);
  if (row === undefined) return;
  const count = Math.max(0, row.count - 1);
  blobReferences.set(home.tx, [blob], { count, state: row.state });
  if (count === 0) requestCollection(home, blob);
}

function requestCollection(home: Call, blob: string): void {
  home.dispatch({
    effect: "s3.collect",
    request: { blob },
    completion: "s3.collected",
    context: { blob },
    notBeforeMs: home.nowMs + blobGraceMs,
  });
}

/**
 * Runs `body` once the blob just written is certain to exist: at once, unless the same content was deleted lately.
 * The caller's own rows are written in `body`, which must retain the blob.
 */
export function withWrittenBlob<Output>(
  call: Call,
  blob: string,
  body: (call: Call) => Answer<Output>,
): Answer<Output> {
  const row = blobReferences.get(call.in(globalScope).tx, [blob]);
  if (row === undefined || row.state === "kept") return body(call);
  return new Perform<Output>("s3.confirm", { blob }, (later, exists: boolean) => {
    if (!exists) throw slowDown();
    return body(later);
  });
}

const rowOf = (
  context: EffectContext,
  blob: string,
  change: (row: BlobReferenceRow, call: Call) => Answer<boolean>,
): Promise<boolean> =>
  context.shell.run({ ...globalScope, name: "s3.collect", trace: context.trace }, (call) => {
    const row = blobReferences.get(call.tx, [blob]);
    return row === undefined ? false : change(row, call);
  });

/** Deletes the file of a blob that nothing names any more. */
export const collect: Effect = async (context, { blob }: { readonly blob: string }) => {
  const condemned = await rowOf(context, blob, (row, call) => {
    if (row.count > 0) return false;
    blobReferences.set(call.tx, [blob], { count: 0, state: "collecting" });
    return true;
  });
  if (!condemned) return false;
  await context.shell.blobs.delete(blob);
  return true;
};

/** Waits for a deletion that is under way, and tells whether the file is there. */
export const confirm: Effect = async (context, { blob }: { readonly blob: string }) => {
  await rowOf(context, blob, (row, call) =>
    row.state === "collecting" && call.nowMs < call.startedAtMs + waitMs
      ? new Park(call.startedAtMs + waitMs)
      : true,
  );
  return context.shell.blobs.has(blob);
};

/** A body that was stored for a request which then was refused. */
export const discard: Effect = async (context, { blob }: { readonly blob: string }) => {
  await context.shell.run({ ...globalScope, name: "s3.discard", trace: context.trace }, (call) => {
    const row = blobReferences.get(call.tx, [blob]);
    if (row !== undefined && row.count > 0) return false;
    blobReferences.set(call.tx, [blob], { count: 0, state: row?.state ?? "kept" });
    requestCollection(call, blob);
    return true;
  });
};

export const collected: Completion = (call, context, outcome) => {
  if (!outcome.ok || outcome.value !== true) return;
  const { blob } = context as { readonly blob: string };
  isGone(call.in(globalScope), blob);
};

function isGone(home: Call, blob: string): void {
  if (blobReferences.get(home.tx, [blob])?.state !== "collecting") return;
  blobReferences.set(home.tx, [blob], { count: 0, state: "gone" });
  home.schedule("s3.forgetBlob", [blob], home.nowMs + blobTombstoneMs);
}

/** Kept from the first bucket on, so that every start looks for what the last one left. */
export const orphans: Resident = (call) => {
  call.dispatch({ effect: "s3.sweep", request: {} });
  return undefined;
};

/** Deletes the blobs of a process that was killed before it could name them. */
export const sweep: Effect = async (context) => {
  const { shell, trace } = context;
  const request = { ...globalScope, name: "s3.sweep", trace };
  for await (const blob of shell.blobs.leftovers()) {
    const isOrphan = await shell.run(request, (call) => {
      if (blobReferences.has(call.tx, [blob])) return false;
      blobReferences.set(call.tx, [blob], { count: 0, state: "collecting" });
      return true;
    });
    if (!isOrphan) continue;
    await shell.blobs.delete(blob);
    await shell.run(request, (call) => {
      isGone(call, blob);
      return true;
    });
  }
};

export const forgetBlob: Duty = (call, key) => {
  const blob = key[0] as string;
  const home = call.in(globalScope);
  if (blobReferences.get(home.tx, [blob])?.state === "gone") blobReferences.delete(home.tx, [blob]);
};
