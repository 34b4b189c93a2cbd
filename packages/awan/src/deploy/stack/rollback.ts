/**
 * A failed update taken back: what was changed gets its old properties, what was replaced its old physical resource,
 * and what was made is left for the clean-up. Rows of `progress` say what each resource was before.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { type Answer, mapAnswer } from "../../host/service.ts";
import {
  leftovers,
  progress,
  type ProgressRow,
  type ResourceRow,
  resources,
  templates,
  work,
  type WorkRow,
} from "../keys.ts";
import { replaceDynamicReferences } from "../template/dynamic-references.ts";
import type { Dict } from "../template/value.ts";
import { inOrder } from "./changes.ts";
import { coercing } from "./coerce.ts";
import { setResourceStatus, setStackStatus } from "./events.ts";
import { handlerOf, nativeRequest, requestFor, type Run, stackOf, transaction } from "./run-state.ts";
import { failureReason } from "./failure-reason.ts";
import { isStopping } from "./waiting.ts";

export async function rollBackUpdate(run: Run, row: WorkRow): Promise<void> {
  const steps = await transaction(run, (call) =>
    [...progress.scan(call.tx, [run.stackId, "apply"])].map(({ key, value }) => ({
      logicalId: key[2],
      step: value,
    })),
  );
  const failed: string[] = [];
  // What a resource needed before is taken back before it.
  const byId = new Map(steps.map((each) => [each.logicalId, each.step]));
  const needs = new Map(steps.map(({ logicalId, step }) => [logicalId, new Set(step.before?.dependsOn)]));
  for (const logicalId of inOrder(needs)) {
    const step = byId.get(logicalId);
    if (step === undefined) continue;
    if (!(await takeBack(run, logicalId, step, row.skip.includes(logicalId)))) failed.push(logicalId);
  }
  await transaction(run, (call) => {
    const stack = stackOf(call, run.stackId);
    if (failed.length > 0) {
      work.set(call.tx, [run.stackId], { ...row, phase: "rollback" });
      work.delete(call.tx, [run.stackId]);
      setStackStatus(
        call,
        stack,
        "UPDATE_ROLLBACK_FAILED",
        `The following resource(s) failed to update: [${failed.join(", ")}]. `,
      );
      return;
    }
    templates.delete(call.tx, [run.stackId, "target"]);
    if (row.kind === "import") {
      work.delete(call.tx, [run.stackId]);
      setStackStatus(call, stack, "IMPORT_ROLLBACK_COMPLETE");
      return;
    }
    work.set(call.tx, [run.stackId], { ...row, phase: "rollback-cleanup" });
    setStackStatus(call, stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  });
}

async function takeBack(run: Run, logicalId: string, step: ProgressRow, skip: boolean): Promise<boolean> {
  try {
    const native = await transaction(run, (call) => takeBackNow(call, run, logicalId, step, skip));
    if (native === undefined) return true;
    const { before, current } = native;
    const handler = handlerOf(run, before.type);
    if (handler.kind === "native") {
      const state = await handler.native.update({
        ...(await nativeRequest(run, before)),
        previousProperties: replaceDynamicReferences(current.properties, run.fetched) as Dict,
        physicalId: current.physicalId,
      });
      await transaction(run, (call) => {
        const row = { ...before, physicalId: state.physicalId, attributes: { ...state.attributes } };
        setResourceStatus(call, stackOf(call, run.stackId), row, "UPDATE_COMPLETE");
        progress.delete(call.tx, [run.stackId, "apply", logicalId]);
      });
    }
    return true;
  } catch (error) {
    if (!(error instanceof AwsError) || isStopping(error)) throw error;
    await transaction(run, (call) => {
      const row = resources.get(call.tx, [run.stackId, logicalId]);
      if (row !== undefined) {
        setResourceStatus(call, stackOf(call, run.stackId), row, "UPDATE_FAILED", {
          reason: failureReason(call, error),
        });
      }
    });
    return false;
  }
}

interface NativeRollback {
  readonly before: ResourceRow;
  readonly current: ResourceRow;
}

function takeBackNow(
  call: Call,
  run: Run,
  logicalId: string,
  step: ProgressRow,
  skip: boolean,
): Answer<NativeRollback | undefined> {
  const stack = stackOf(call, run.stackId);
  const current = resources.get(call.tx, [run.stackId, logicalId]);
  const forget = (later: Call): undefined => {
    progress.delete(later.tx, [run.stackId, "apply", logicalId]);
    return undefined;
  };
  const { before, action } = step;
  if (current === undefined) return forget(call);
  if (skip) {
    setResourceStatus(call, stack, current, "UPDATE_COMPLETE");
    return forget(call);
  }
  if (before === null || before.physicalId === "") {
    // Made by this update: deleted in the clean-up.
    resources.delete(call.tx, [run.stackId, logicalId]);
    if (current.physicalId !== "")
      leftovers.set(call.tx, [run.stackId, logicalId, current.physicalId], current);
    return forget(call);
  }
  if (action === "keep") {
    resources.set(call.tx, [run.stackId, logicalId], before);
    return forget(call);
  }
  setResourceStatus(call, stack, { ...current, properties: before.properties }, "UPDATE_IN_PROGRESS", {
    store: false,
  });
  if (action === "replace") {
    leftovers.delete(call.tx, [run.stackId, logicalId, before.physicalId]);
    const made: ResourceRow = { ...current, deletionPolicy: "Delete" };
    leftovers.set(call.tx, [run.stackId, logicalId, current.physicalId], made);
  }
  const handler = handlerOf(run, before.type);
  const custom = handler.kind === "native";
  if (action !== "update" && !(custom && action === "failed")) {
    setResourceStatus(call, stack, before, "UPDATE_COMPLETE");
    return forget(call);
  }
  if (custom) return { before, current };
  const request = {
    ...requestFor(call, run, stack, logicalId, before.properties),
    physicalId: current.physicalId,
    previousProperties: replaceDynamicReferences(current.properties, run.fetched) as Dict,
  };
  const answer = call.tx.draft.attempt(() => handler.provider.update(coercing(call), request));
  if (answer instanceof AwsError) throw answer;
  return mapAnswer(
    answer,
    (later, state) => {
      const row = { ...before, physicalId: state.physicalId, attributes: { ...state.attributes } };
      setResourceStatus(later, stackOf(later, run.stackId), row, "UPDATE_COMPLETE");
      return forget(later);
    },
    call,
  );
}
