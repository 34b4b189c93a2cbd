/** Resources going away: in the reverse of the order they were made, each kept or deleted as its policy says. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { mapAnswer } from "../../host/service.ts";
import { leftovers, type ResourceRow, resources, type StackRow } from "../keys.ts";
import { coercing } from "./coerce.ts";
import { setResourceStatus } from "./events.ts";
import { handlerOf, nativeRequest, requestFor, type Run, stackOf, transaction } from "./run-state.ts";
import { failureReason } from "./failure-reason.ts";
import { aside, counted, isStopping } from "./waiting.ts";
import { reversed, walkGraph } from "./walk.ts";

export interface Removal {
  /** `stack`: the row stays, as DELETE_COMPLETE. `leftover`: the row is an old physical resource's. */
  readonly from: "stack" | "leftover";
  /** Logical ids to keep whatever their policy says. */
  readonly retain: readonly string[];
  /** What a creation that is rolled back deletes although its policy is RetainExceptOnCreate. */
  readonly rollingBackCreate: boolean;
}

/** Deletes `rows`; resolves with the logical ids that could not be deleted. */
export async function removeResources(
  run: Run,
  rows: readonly ResourceRow[],
  removal: Removal,
): Promise<readonly string[]> {
  const failed: string[] = [];
  const byKey = new Map(rows.map((row) => [`${row.logicalId}\0${row.physicalId}`, row]));
  const keysOf = new Map<string, string[]>();
  for (const [key, row] of byKey) keysOf.set(row.logicalId, [...(keysOf.get(row.logicalId) ?? []), key]);
  const graph = new Map(
    [...byKey].map(
      ([key, row]) => [key, new Set(row.dependsOn.flatMap((id) => keysOf.get(id) ?? []))] as const,
    ),
  );
  const remove = async (key: string): Promise<boolean> => {
    const row = byKey.get(key) as ResourceRow;
    if (await removeResource(run, row, removal)) return true;
    failed.push(row.logicalId);
    return false;
  };
  await aside(run.shell, () => walkGraph(reversed(graph), (key) => counted(run.shell, () => remove(key))));
  return failed;
}

async function removeResource(run: Run, row: ResourceRow, removal: Removal): Promise<boolean> {
  try {
    const native = await transaction(run, (call) => begin(call, run, row, removal));
    if (native === undefined) return true;
    const handler = handlerOf(run, row.type);
    if (handler.kind === "native") {
      const request = await nativeRequest(run, row);
      await handler.native.delete({
        ...request,
        physicalId: row.physicalId,
        previousProperties: request.properties,
      });
    }
    await transaction(run, (call) =>
      finish(call, stackOf(call, run.stackId), row, removal, "DELETE_COMPLETE"),
    );
    return true;
  } catch (error) {
    if (!(error instanceof AwsError) || isStopping(error)) throw error;
    await transaction(run, (call) => {
      setResourceStatus(call, stackOf(call, run.stackId), row, "DELETE_FAILED", {
        reason: failureReason(call, error),
        store: removal.from === "stack",
      });
    });
    return false;
  }
}

/** Deletes what a provider deletes; answers the stack when a native resource is left to do. */
function begin(call: Call, run: Run, row: ResourceRow, removal: Removal) {
  const stack = stackOf(call, run.stackId);
  const store = removal.from === "stack";
  if (store && resources.get(call.tx, [stack.id, row.logicalId])?.status === "DELETE_COMPLETE")
    return undefined;
  if (isKept(stack, row, removal)) {
    finish(call, stack, row, removal, "DELETE_SKIPPED");
    return undefined;
  }
  if (row.physicalId === "") {
    finish(call, stack, row, removal, "DELETE_COMPLETE");
    return undefined;
  }
  setResourceStatus(call, stack, row, "DELETE_IN_PROGRESS", { store });
  const handler = handlerOf(run, row.type);
  if (handler.kind === "native") return stack;
  const request = {
    ...requestFor(call, run, stack, row.logicalId, row.properties),
    physicalId: row.physicalId,
  };
  const answer = call.tx.draft.attempt(() => handler.provider.delete(coercing(call), request));
  if (answer instanceof AwsError) {
    if (/NotFound|NonExistent|NoSuch|DoesNotExist/.test(answer.code)) {
      finish(call, stack, row, removal, "DELETE_COMPLETE");
      return undefined;
    }
    throw answer;
  }
  return mapAnswer(
    answer as void | Exclude<typeof answer, void>,
    (later): StackRow | undefined => {
      finish(later, stackOf(later, run.stackId), row, removal, "DELETE_COMPLETE");
      return undefined;
    },
    call,
  );
}

function isKept(stack: StackRow, row: ResourceRow, { retain, rollingBackCreate }: Removal): boolean {
  if (retain.includes(row.logicalId)) return true;
  const exceptOnCreate = row.deletionPolicy === "RetainExceptOnCreate" || stack.retainExceptOnCreate;
  const retained = row.deletionPolicy === "Retain" || row.deletionPolicy === "RetainExceptOnCreate";
  return retained && !(exceptOnCreate && rollingBackCreate);
}

function finish(call: Call, stack: StackRow, row: ResourceRow, removal: Removal, status: string): void {
  if (removal.from === "leftover") leftovers.delete(call.tx, [stack.id, row.logicalId, row.physicalId]);
  if (row.physicalId === "" && status === "DELETE_COMPLETE" && removal.from === "leftover") return;
  setResourceStatus(call, stack, row, status, { store: removal.from === "stack" });
}
