/**
 * The effect that carries out an operation on a stack set: account by account and region by region, each through
 * CloudFormation's own operations there. Results are kept as they come, so that it goes on after a crash.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call, Scope } from "../../host/call.ts";
import { type EffectContext, Park } from "../../host/service.ts";
import { stacks } from "../keys.ts";
import { liveStack } from "../stack/lookup.ts";
import { aside, foreverMs } from "../stack/waiting.ts";
import {
  type OperationResult,
  type OperationRow,
  stackInstances,
  type StackInstanceRow,
  stackSetOperations,
  type StackSetRow,
  stackSets,
} from "./keys.ts";

export interface StackSetRun {
  readonly setName: string;
  readonly operationId: string;
}

export async function runStackSetOperation(context: EffectContext, request: StackSetRun): Promise<void> {
  const { shell, scope } = context;
  const run = <Output>(body: (call: Call) => Output | Park): Promise<Output> =>
    shell.run<Output>({ name: "cloudformation.stack-set", ...scope }, body);
  for (;;) {
    const next = await run((call) => nextOf(call, request));
    if (next === undefined) return;
    const { target, operation, set, instance } = next;
    const done = await deploy(context, { target, operation, set, instance });
    await run((call) => record(call, request, target, done));
  }
}

interface Step {
  readonly target: OperationResult;
  readonly operation: OperationRow;
  readonly set: StackSetRow;
  readonly instance: StackInstanceRow | undefined;
}

/** What is to be done next; ends the operation when nothing is. */
function nextOf(call: Call, { setName, operationId }: StackSetRun): Step | undefined {
  const operation = stackSetOperations.get(call.tx, [setName, operationId]);
  const set = stackSets.get(call.tx, [setName]);
  if (operation === undefined || set === undefined || operation.endedAtMs !== null) return undefined;
  const failed = operation.results.filter(({ status }) => status === "FAILED").length;
  const stopping = operation.status === "STOPPING" || failed > operation.failuresMax;
  const target = operation.results.find(({ status }) => status === "PENDING");
  if (target !== undefined && !stopping) {
    const instance = stackInstances.get(call.tx, [setName, target.accountId, target.region]);
    return { target, operation, set, instance };
  }
  stackSetOperations.set(call.tx, [setName, operationId], {
    ...operation,
    status:
      operation.status === "STOPPING" ? "STOPPED" : failed > operation.failuresMax ? "FAILED" : "SUCCEEDED",
    endedAtMs: call.nowMs,
    results: operation.results.map((result) =>
      result.status === "PENDING"
        ? {
            ...result,
            status: "CANCELLED" as const,
            reason: "Cancelled since failure tolerance has exceeded",
          }
        : result,
    ),
  });
  return undefined;
}

interface Done {
  readonly stackId: string;
  readonly failure: string | null;
}

async function deploy({ shell }: EffectContext, step: Step): Promise<Done> {
  const { target, operation, set, instance } = step;
  const scope: Scope = { accountId: target.accountId, region: target.region };
  const stackId = instance?.stackId ?? "";
  try {
    if (operation.action === "DELETE") {
      if (operation.retainStacks || stackId === "") return { stackId, failure: null };
      await shell.invoke("cloudformation", "DeleteStack", { StackName: stackId }, scope);
      return { stackId, failure: await ended(shell, scope, stackId) };
    }
    const parameters = { ...set.parameters, ...instance?.overrides };
    const input = {
      TemplateBody: set.template,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: Object.entries(set.tags).map(([Key, Value]) => ({ Key, Value })),
      Capabilities: set.capabilities,
    };
    // The name is the instance's for life, so that a creation tried again after a crash finds what it had made.
    const StackName = `StackSet-${set.name}-${set.id.slice(-36)}`;
    const live = await shell.run(
      { name: "cloudformation.stack-set", ...scope },
      (call) => liveStack(call, StackName)?.id,
    );
    if (live === undefined) {
      const { StackId } = await shell.invoke("cloudformation", "CreateStack", { StackName, ...input }, scope);
      return { stackId: String(StackId), failure: await ended(shell, scope, String(StackId)) };
    }
    await shell.invoke("cloudformation", "UpdateStack", { StackName, ...input }, scope);
    return { stackId: live, failure: await ended(shell, scope, live) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { stackId, failure: error.message === "No updates are to be performed." ? null : error.message };
  }
}

/** Waits for the stack; answers why it is not what it was to be. */
async function ended(shell: EffectContext["shell"], scope: Scope, stackId: string): Promise<string | null> {
  const row = await aside(shell, () =>
    shell.run({ name: "cloudformation.await", ...scope }, (call) => {
      const now = stacks.get(call.tx, [stackId]);
      return now?.status.endsWith("_IN_PROGRESS") === true ? new Park(call.nowMs + foreverMs) : now;
    }),
  );
  const good = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"];
  if (row === undefined || good.includes(row.status)) return null;
  return `ResourceLogicalId:, ResourceType:, ResourceStatusReason:${row.statusReason ?? row.status}.`;
}

function record(
  call: Call,
  { setName, operationId }: StackSetRun,
  target: OperationResult,
  done: Done,
): void {
  const operation = stackSetOperations.get(call.tx, [setName, operationId]);
  if (operation === undefined) return;
  const { accountId, region } = target;
  const status = done.failure === null ? "SUCCEEDED" : "FAILED";
  stackSetOperations.set(call.tx, [setName, operationId], {
    ...operation,
    results: operation.results.map((result) =>
      result.accountId === accountId && result.region === region
        ? { ...result, status, reason: done.failure }
        : result,
    ),
  });
  const key: [string, string, string] = [setName, accountId, region];
  if (operation.action === "DELETE" && done.failure === null) {
    stackInstances.delete(call.tx, key);
    return;
  }
  const instance = stackInstances.get(call.tx, key);
  stackInstances.set(call.tx, key, {
    stackId: done.stackId,
    status: done.failure === null ? "CURRENT" : "OUTDATED",
    detailedStatus: status,
    reason: done.failure,
    overrides: instance?.overrides ?? {},
    operationId,
  });
}
