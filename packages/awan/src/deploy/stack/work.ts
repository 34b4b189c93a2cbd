/** An operation on a stack as it begins: one constructor, so that every row of `work` has the same members. */
import type { Call } from "../../host/call.ts";
import { type StackSettings, work, type WorkRow } from "../keys.ts";
import { settingsOf } from "./settings.ts";

type Start = Pick<WorkRow, "kind" | "phase"> & { readonly settings: StackSettings } & Partial<WorkRow>;

/** Writes what is to be done and asks the shell to carry it out. */
export function startWork(call: Call, stackId: string, start: Start): void {
  work.set(call.tx, [stackId], {
    kind: start.kind,
    phase: start.phase,
    settings: settingsOf(start.settings),
    onFailure: start.onFailure ?? "ROLLBACK",
    retain: start.retain ?? [],
    forceDelete: start.forceDelete ?? false,
    skip: start.skip ?? [],
    cancelled: start.cancelled ?? false,
    failed: start.failed ?? [],
    imports: start.imports ?? {},
    policyDuring: start.policyDuring ?? null,
    policyAfter: start.policyAfter ?? null,
    deadlineAtMs: start.deadlineAtMs ?? null,
  });
  call.dispatch({ effect: "cloudformation.run", request: { stackId } });
}
