/**
 * The effect that carries a stack operation through its phases. Where it stands is in `work` and `progress`, so that
 * performing it again after a crash goes on instead of starting over; nothing here waits for time.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { EffectContext } from "../../host/service.ts";
import {
  leftovers,
  progress,
  type ResourceRow,
  resources,
  stackNames,
  type StackRow,
  stacks,
  templates,
  work,
  type WorkRow,
} from "../keys.ts";
import type { Catalog } from "../resources/catalog.ts";
import { readTemplate } from "../template/template.ts";
import { recordFailure } from "./record-failure.ts";
import { creationPolicyOf } from "./signals.ts";
import { denial } from "./stack-policy.ts";
import { abortWhenInterrupted, aside, counted, type Interruption, interruption } from "./waiting.ts";
import { setStackStatus } from "./events.ts";
import { dropOutputs, settleOutputs } from "./outputs.ts";
import { makePlan, type Plan } from "./plan.ts";
import { applyResource } from "./provision.ts";
import { type Run, stackOf, transaction } from "./run-state.ts";
import { removeResources } from "./remove.ts";
import { rollBackUpdate } from "./rollback.ts";
import { walkGraph } from "./walk.ts";

interface Loaded {
  readonly work: WorkRow;
  readonly plan: Plan;
  readonly rows: readonly ResourceRow[];
  readonly done: ReadonlySet<string>;
  readonly leftovers: readonly ResourceRow[];
}

/** Runs the operation of `stackId` to its end; returns at once when none is under way. */
export async function runStack(context: EffectContext, catalog: Catalog, stackId: string): Promise<void> {
  const fetched = new Map<string, string>();
  for (;;) {
    const loaded = await context.shell.run({ name: "cloudformation.run", ...context.scope }, (call) =>
      load(call, stackId),
    );
    if (loaded === undefined) return;
    await catalog.load([
      ...Object.values(loaded.plan.resources).map(({ type }) => type),
      ...loaded.rows.map(({ type }) => type),
      ...loaded.leftovers.map(({ type }) => type),
    ]);
    const run: Run = {
      context,
      shell: context.shell,
      scope: context.scope,
      stackId,
      work: loaded.work,
      catalog,
      plan: loaded.plan,
      states: new Map(
        loaded.rows.filter(({ physicalId }) => physicalId !== "").map((row) => [row.logicalId, row]),
      ),
      fetched,
      abort: new AbortController(),
      failed: [],
    };
    await phases[loaded.work.phase](run, loaded);
  }
}

const emptyPlan: Plan = {
  template: {
    description: undefined,
    metadata: undefined,
    parameters: {},
    mappings: {},
    conditions: {},
    rules: {},
    resources: {},
    outputs: {},
  },
  conditions: {},
  resources: {},
  graph: new Map(),
  parameters: {},
};

function load(call: Call, stackId: string): Loaded | undefined {
  const row = work.get(call.tx, [stackId]);
  const stack = stacks.get(call.tx, [stackId]);
  if (row === undefined || stack === undefined) return undefined;
  const target = row.phase === "apply" ? templates.get(call.tx, [stackId, "target"]) : undefined;
  const rows = [...resources.scan(call.tx, [stackId])].map(({ value }) => value);
  return {
    work: row,
    plan:
      target === undefined ? emptyPlan : makePlan(call, readTemplate(target.processed), stack, row.settings),
    rows: rows.filter(({ status }) => status !== "DELETE_COMPLETE"),
    done: new Set(
      [...progress.scan(call.tx, [stackId, "apply"])]
        .filter(({ value }) => value.action !== "failed")
        .map(({ key }) => key[2]),
    ),
    leftovers: [...leftovers.scan(call.tx, [stackId])].map(({ value }) => value),
  };
}

const phases: Readonly<Record<WorkRow["phase"], (run: Run, loaded: Loaded) => Promise<void>>> = {
  apply: applyPhase,
  rollback: rollbackPhase,
  cleanup: (run, loaded) => cleanupPhase(run, loaded, "UPDATE_COMPLETE"),
  "rollback-cleanup": (run, loaded) => cleanupPhase(run, loaded, "UPDATE_ROLLBACK_COMPLETE"),
  delete: deletePhase,
};

async function applyPhase(run: Run, { work: row, done }: Loaded): Promise<void> {
  const graph = new Map([...run.plan.graph].filter(([logicalId]) => !done.has(logicalId)));
  const stopWatching = waits(run) ? abortWhenInterrupted(run, row) : () => undefined;
  const apply = async (logicalId: string): Promise<boolean> => {
    if (run.abort.signal.aborted) return false;
    const applied = await applyResource(run, logicalId);
    if (!applied) run.abort.abort();
    return applied;
  };
  const refused = await transaction(run, (call) => refuseRemovals(call, run));
  const ok =
    !refused && (await aside(run.shell, () => walkGraph(graph, (id) => counted(run.shell, () => apply(id)))));
  stopWatching();
  await transaction(run, (call) => {
    const why = interruption(call, run.stackId, row);
    if (why === "superseded") return;
    const problem = ok && why !== "timeout" ? finishApply(call, run, row) : undefined;
    if (ok && why !== "timeout" && problem === undefined) return;
    beginRollback(call, run, row, problem?.message ?? rollbackReason(row, why, run.failed));
  });
}

/** Whether anything in the operation may wait, so that an interruption has to reach it. */
const waits = (run: Run): boolean =>
  run.work.deadlineAtMs !== null ||
  Object.values(run.plan.resources).some(
    (resource) =>
      run.catalog.get(resource.type)?.kind === "native" || creationPolicyOf(resource) !== undefined,
  );

/** Fails the resources whose removal the stack's policy forbids; whether there are any. */
function refuseRemovals(call: Call, run: Run): boolean {
  if (run.work.kind !== "update") return false;
  const stack = stackOf(call, run.stackId);
  const policy = run.work.policyDuring ?? stack.policyBody;
  for (const { value } of policy === null ? [] : resources.scan(call.tx, [stack.id])) {
    if (Object.hasOwn(run.plan.resources, value.logicalId) || value.status === "DELETE_COMPLETE") continue;
    const reason = denial(policy, "Update:Delete", value);
    if (reason === undefined) continue;
    run.failed.push(value.logicalId);
    recordFailure(call, run, value.logicalId, reason);
  }
  return run.failed.length > 0;
}

function rollbackReason(
  row: WorkRow,
  why: Interruption | undefined,
  failed: readonly string[],
): string | undefined {
  if (why === "timeout") return "Stack creation time exceeded the specified timeout. ";
  return why === "cancelled" ? undefined : failureSummary(row, failed);
}

function failureSummary(row: WorkRow, failed: readonly string[]): string {
  const word = row.kind === "create" ? "create" : row.kind === "import" ? "import" : "update";
  return `The following resource(s) failed to ${word}: [${failed.join(", ")}]. `;
}

/** The operation has succeeded, but for what is left to clean up. Answers what stands in the way, if anything does. */
function finishApply(call: Call, run: Run, row: WorkRow): AwsError | undefined {
  const stack = stackOf(call, run.stackId);
  const outputs = call.tx.draft.attempt(() => settleOutputs(call, stack, run.plan, run.states));
  if (outputs instanceof AwsError) return outputs;
  const target = templates.get(call.tx, [stack.id, "target"]);
  if (target !== undefined) templates.set(call.tx, [stack.id, "current"], target);
  templates.delete(call.tx, [stack.id, "target"]);
  const change: Partial<StackRow> = {
    ...row.settings,
    // An operation that names none leaves the stack those it has.
    capabilities: row.settings.capabilities.length === 0 ? stack.capabilities : row.settings.capabilities,
    outputs,
    ...(row.policyAfter === null ? {} : { policyBody: row.policyAfter }),
  };
  if (row.kind === "create") {
    endWork(call, stack.id);
    setStackStatus(call, stack, "CREATE_COMPLETE", null, change);
    return undefined;
  }
  for (const { key, value } of resources.scan(call.tx, [stack.id])) {
    if (Object.hasOwn(run.plan.resources, key[1])) continue;
    resources.delete(call.tx, key);
    if (value.physicalId !== "" && value.status !== "DELETE_COMPLETE") {
      leftovers.set(call.tx, [stack.id, key[1], value.physicalId], value);
    }
  }
  if (row.kind === "import") {
    endWork(call, stack.id);
    setStackStatus(call, stack, "IMPORT_COMPLETE", null, change);
    return undefined;
  }
  work.set(call.tx, [stack.id], { ...row, phase: "cleanup" });
  setStackStatus(call, stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", null, change);
  return undefined;
}

function beginRollback(call: Call, run: Run, row: WorkRow, reason: string | undefined): void {
  const stack = stackOf(call, run.stackId);
  const failed = [...row.failed, ...run.failed];
  const why = reason === undefined ? "User Initiated" : reason;
  if (row.onFailure === "DO_NOTHING") {
    endWork(call, stack.id);
    const target = templates.get(call.tx, [stack.id, "target"]);
    if (row.kind === "create" && target !== undefined) templates.set(call.tx, [stack.id, "current"], target);
    setStackStatus(call, stack, row.kind === "create" ? "CREATE_FAILED" : "UPDATE_FAILED", why.trimEnd());
    return;
  }
  if (row.kind === "create") {
    const target = templates.get(call.tx, [stack.id, "target"]);
    if (target !== undefined) templates.set(call.tx, [stack.id, "current"], target);
    if (row.onFailure === "DELETE") {
      work.set(call.tx, [stack.id], { ...row, phase: "delete", failed });
      setStackStatus(call, stack, "DELETE_IN_PROGRESS", `${why}Delete requested by user.`);
      return;
    }
    work.set(call.tx, [stack.id], { ...row, phase: "rollback", failed });
    setStackStatus(call, stack, "ROLLBACK_IN_PROGRESS", `${why}Rollback requested by user.`);
    return;
  }
  work.set(call.tx, [stack.id], { ...row, phase: "rollback", failed });
  setStackStatus(
    call,
    stack,
    row.kind === "import" ? "IMPORT_ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS",
    why,
  );
}

async function rollbackPhase(run: Run, loaded: Loaded): Promise<void> {
  if (loaded.work.kind !== "create") {
    await rollBackUpdate(run, loaded.work);
    return;
  }
  const failed = await removeResources(run, loaded.rows, {
    from: "stack",
    retain: [],
    rollingBackCreate: true,
  });
  await transaction(run, (call) => {
    const stack = stackOf(call, run.stackId);
    endWork(call, stack.id);
    if (failed.length === 0) setStackStatus(call, stack, "ROLLBACK_COMPLETE");
    else setStackStatus(call, stack, "ROLLBACK_FAILED", deleteSummary(failed));
  });
}

const deleteSummary = (failed: readonly string[]): string =>
  `The following resource(s) failed to delete: [${failed.join(", ")}]. `;

async function cleanupPhase(run: Run, loaded: Loaded, status: string): Promise<void> {
  const failed = await removeResources(run, loaded.leftovers, {
    from: "leftover",
    retain: [],
    rollingBackCreate: loaded.work.phase === "rollback-cleanup",
  });
  await transaction(run, (call) => {
    const stack = stackOf(call, run.stackId);
    for (const { key } of leftovers.scan(call.tx, [stack.id])) leftovers.delete(call.tx, key);
    endWork(call, stack.id);
    setStackStatus(
      call,
      stack,
      status,
      failed.length === 0 ? null : "One or more resources could not be deleted.",
    );
  });
}

async function deletePhase(run: Run, loaded: Loaded): Promise<void> {
  const failed = await removeResources(run, loaded.rows, {
    from: "stack",
    retain: loaded.work.retain,
    rollingBackCreate: false,
  });
  await transaction(run, (call) => {
    const stack = stackOf(call, run.stackId);
    endWork(call, stack.id);
    // A deletion by force leaves behind what it could not delete.
    if (failed.length > 0 && !loaded.work.forceDelete) {
      setStackStatus(call, stack, "DELETE_FAILED", deleteSummary(failed));
      return;
    }
    const dropped = call.tx.draft.attempt(() => dropOutputs(call, stack));
    if (dropped instanceof AwsError) {
      setStackStatus(call, stack, "DELETE_FAILED", dropped.message);
      return;
    }
    stackNames.delete(call.tx, [stack.name]);
    setStackStatus(call, stack, "DELETE_COMPLETE", null, { deletedAtMs: call.nowMs });
  });
}

export function endWork(call: Call, stackId: string): void {
  work.delete(call.tx, [stackId]);
  for (const { key } of progress.scan(call.tx, [stackId])) progress.delete(call.tx, key);
}
