/**
 * What counts as under way while a stack operation runs. The effect itself does not; each resource being worked on
 * does, except while it only waits for an answer, another stack or time: so clocks can move and quiescence is true.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { Park, type Shell } from "../../host/service.ts";
import { work, type WorkRow } from "../keys.ts";
import type { Run } from "./run-state.ts";

/** Awaits `body`, which others end: meanwhile its caller does not count. */
export async function aside<Result>(shell: Shell, body: () => Promise<Result>): Promise<Result> {
  shell.activity?.end();
  try {
    return await body();
  } finally {
    shell.activity?.begin();
  }
}

/** Counts as long as `body` runs. */
export async function counted<Result>(shell: Shell, body: () => Promise<Result>): Promise<Result> {
  shell.activity?.begin();
  try {
    return await body();
  } finally {
    shell.activity?.end();
  }
}

/** Later than anything anybody waits for. */
export const foreverMs = 366 * 24 * 3600 * 1000;

export type Interruption = "superseded" | "cancelled" | "timeout";

/** Whether the operation is to stop: another took its place, its user cancelled it, or its time is over. */
export function interruption(call: Call, stackId: string, row: WorkRow): Interruption | undefined {
  const current = work.get(call.tx, [stackId]);
  if (current === undefined || current.kind !== row.kind || current.phase !== row.phase) return "superseded";
  if (current.cancelled) return "cancelled";
  return row.deadlineAtMs !== null && call.nowMs >= row.deadlineAtMs ? "timeout" : undefined;
}

/** Aborts the run's waits as soon as it is interrupted; answers how to stop watching. */
export function abortWhenInterrupted(run: Run, row: WorkRow): () => void {
  const over = new AbortController();
  run.shell
    .run<Interruption>(
      { name: "cloudformation.await", ...run.scope, caller: { signal: over.signal } },
      (call) => interruption(call, run.stackId, row) ?? new Park(row.deadlineAtMs ?? call.nowMs + foreverMs),
    )
    .then(
      () => run.abort.abort(),
      (error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
      },
    );
  return () => over.abort();
}

/** What parked calls end with when the process stops: no failure, because the operation goes on after the next start. */
export const isStopping = (error: AwsError): boolean =>
  error.code === "ServiceUnavailable" && error.message === "Awan is stopping.";
