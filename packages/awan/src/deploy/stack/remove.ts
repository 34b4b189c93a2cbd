/** Resources going away: in the reverse of the order they were made, each kept or deleted as its policy says. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { mapAnswer } from "../../host/service.ts";
import { leftovers, type ResourceRow, resources, type StackRow } from "../keys.ts";
import { replaceDynamicReferences } from "../template/dynamic-references.ts";
import type { Dict } from "../template/value.ts";
import { coercing } from "./coerce.ts";
import { setResourceStatus } from "./events.ts";
import { handlerOf, requestFor, type Run, stackOf, transaction } from "./provision.ts";
import { failureReason } from "./failure-reason.ts";
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
  await walkGraph(reversed(graph), async (key) => {
    const row = byKey.get(key) as ResourceRow;
    if (await removeResource(run, row, removal)) return true;
    failed.push(row.logicalId);
    return false;
  });
  return failed;
}

async function removeResource(run: Run, row: ResourceRow, removal: Removal): Promise<boolean> {
  try {
    const native = await transaction(run, (call) => begin(call, run, row, removal));
    if (native === undefined) return true;
    const handler = handlerOf(run, row.type);
    if (handler.kind === "native") {
      const properties = replaceDynamicReferences(row.properties, run.fetched) as Dict;
      await handler.native.delete({
        shell: run.shell,
        scope: run.scope,
        stack: native,
        logicalId: row.logicalId,
        type: row.type,
        properties,
        physicalId: row.physicalId,
        previousProperties: properties,
        signal: run.abort.signal,
      });
    }
    await transaction(run, (call) =>
      finish(call, stackOf(call, run.stackId), row, removal, "DELETE_COMPLETE"),
    );
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
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
  if (isKept(row, removal)) {
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

const isKept = (row: ResourceRow, { retain, rollingBackCreate, from }: Removal): boolean =>
  retain.includes(row.logicalId) ||
  (from === "stack" &&
    (row.deletionPolicy === "Retain" ||
      (row.deletionPolicy === "RetainExceptOnCreate" && !rollingBackCreate)));

function finish(call: Call, stack: StackRow, row: ResourceRow, removal: Removal, status: string): void {
  if (removal.from === "leftover") leftovers.delete(call.tx, [stack.id, row.logicalId, row.physicalId]);
  if (row.physicalId === "" && status === "DELETE_COMPLETE" && removal.from === "leftover") return;
  setResourceStatus(call, stack, row, status, { store: removal.from === "stack" });
}
