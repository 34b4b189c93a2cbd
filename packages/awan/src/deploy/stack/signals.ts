/**
 * Signals: a resource with a creation policy is complete only when enough of what runs on it has reported success.
 * Signals are rows, so the wait is a parked read of them that ends by a signal or by the clock.
 */
import type { Call } from "../../host/call.ts";
import { Park } from "../../host/service.ts";
import { resourceFailure } from "../errors.ts";
import { resources, signals } from "../keys.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { isDict } from "../template/value.ts";
import { setResourceStatus } from "./events.ts";
import { type Run, stackOf, transaction } from "./run-state.ts";
import { aside } from "./waiting.ts";

export interface CreationPolicy {
  readonly count: number;
  readonly timeoutMs: number;
}

const timeoutMsDefault = 300_000;

/** What the resource's `CreationPolicy` waits for; undefined when it waits for nothing. */
export function creationPolicyOf(definition: ResourceDefinition | undefined): CreationPolicy | undefined {
  const signal = definition?.creationPolicy?.["ResourceSignal"];
  if (!isDict(signal)) return undefined;
  const timeout = signal["Timeout"];
  return {
    count: Number(signal["Count"] ?? 1),
    timeoutMs: typeof timeout === "string" ? isoDurationMs(timeout) : timeoutMsDefault,
  };
}

/** `PT15M`, `PT1H30M`, `PT30S`. */
function isoDurationMs(text: string): number {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  if (match === null) return timeoutMsDefault;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Resolves with enough successes. @throws AwsError when one reports failure, or when time is over. */
export async function awaitSignals(run: Run, logicalId: string, policy: CreationPolicy): Promise<void> {
  const startedAtMs = await transaction(
    run,
    (call) => resources.get(call.tx, [run.stackId, logicalId])?.updatedAtMs ?? call.nowMs,
  );
  const deadlineMs = startedAtMs + policy.timeoutMs;
  const request = { name: "cloudformation.await", ...run.scope, caller: { signal: run.abort.signal } };
  const outcome = await aside(run.shell, () =>
    run.shell
      .run<"enough" | "failed" | "late">(request, (call) => {
        const statuses = [...signals.scan(call.tx, [run.stackId, logicalId])].map(
          ({ value }) => value.status,
        );
        if (statuses.includes("FAILURE")) return "failed";
        if (statuses.length >= policy.count) return "enough";
        return call.nowMs >= deadlineMs ? "late" : new Park(deadlineMs);
      })
      .catch((error: unknown) => {
        if (run.abort.signal.aborted) return "cancelled" as const;
        throw error;
      }),
  );
  const received = await transaction(run, (call) => forget(call, run.stackId, logicalId));
  if (outcome === "cancelled") throw resourceFailure("Resource creation cancelled");
  if (outcome === "late") {
    throw resourceFailure(
      `Failed to receive ${policy.count - received} resource signal(s) within the specified duration`,
    );
  }
  if (outcome === "failed") {
    throw resourceFailure(
      `Received 1 FAILURE signal(s) out of ${policy.count}.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement`,
    );
  }
}

function forget(call: Call, stackId: string, logicalId: string): number {
  let count = 0;
  for (const { key } of signals.scan(call.tx, [stackId, logicalId])) {
    signals.delete(call.tx, key);
    count += 1;
  }
  return count;
}

/** Keeps a signal and tells it as an event of the resource. */
export function receiveSignal(
  call: Call,
  stackId: string,
  logicalId: string,
  signal: { readonly uniqueId: string; readonly status: string },
): void {
  const row = resources.get(call.tx, [stackId, logicalId]);
  if (row === undefined) return;
  signals.set(call.tx, [stackId, logicalId, signal.uniqueId], { status: signal.status });
  setResourceStatus(call, stackOf(call, stackId), row, row.status, {
    reason: `Received ${signal.status} signal with UniqueId ${signal.uniqueId}`,
    store: false,
  });
}
