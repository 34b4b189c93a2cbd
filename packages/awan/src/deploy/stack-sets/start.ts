/** An operation on a stack set as it begins. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { type OperationRow, stackSetOperations } from "./keys.ts";

interface Start {
  readonly action: OperationRow["action"];
  readonly targets: readonly { readonly accountId: string; readonly region: string }[];
  readonly input: {
    readonly OperationId?: string | undefined;
    readonly OperationPreferences?:
      | {
          readonly FailureToleranceCount?: number | undefined;
          readonly FailureTolerancePercentage?: number | undefined;
        }
      | undefined;
  };
  readonly retainStacks?: boolean;
}

/** One operation at a time on a set. @throws AwsError OperationInProgressException */
export function startOperation(
  call: Call,
  setName: string,
  { action, targets, input, retainStacks }: Start,
): string {
  for (const { value } of stackSetOperations.scan(call.tx, [setName])) {
    if (value.endedAtMs === null) {
      throw new AwsError("OperationInProgressException", "Another Operation on StackSet is in progress");
    }
  }
  const operationId = input.OperationId ?? call.random.uuid();
  if (stackSetOperations.has(call.tx, [setName, operationId])) {
    throw new AwsError("OperationIdAlreadyExistsException", `Operation ${operationId} already exists`);
  }
  const { FailureToleranceCount: count, FailureTolerancePercentage: percentage } =
    input.OperationPreferences ?? {};
  const row: OperationRow = {
    action,
    status: "RUNNING",
    createdAtMs: call.nowMs,
    endedAtMs: null,
    failuresMax: count ?? Math.floor((targets.length * (percentage ?? 0)) / 100),
    retainStacks: retainStacks ?? false,
    results: targets.map(({ accountId, region }) => ({ accountId, region, status: "PENDING", reason: null })),
  };
  stackSetOperations.set(call.tx, [setName, operationId], row);
  call.dispatch({ effect: "cloudformation.stack-set", request: { setName, operationId } });
  return operationId;
}
