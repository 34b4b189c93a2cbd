/** Change sets once they exist: described, listed, executed, deleted. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { changeSetNotFound, validationError } from "../errors.ts";
import {
  type ChangeRow,
  type ChangeSetRow,
  changeSetIds,
  changeSets,
  stackNames,
  type StackRow,
  stacks,
  templates,
} from "../keys.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import type { In, Out } from "./client.ts";
import { parameterList, tagList } from "./describe-stacks.ts";
import { page } from "./page.ts";
import { rollbackConfigurationOf, settingsOf } from "../stack/settings.ts";
import { startUpdate } from "./update-stack.ts";

interface Named {
  readonly ChangeSetName?: string | undefined;
  readonly StackName?: string | undefined;
}

export function findChangeSet(call: Call, input: Named): ChangeSetRow {
  const name = input.ChangeSetName ?? "";
  if (name.startsWith("arn:")) {
    const stackId = changeSetIds.get(call.tx, [name])?.stackId;
    const row = stackId === undefined ? undefined : changeSets.get(call.tx, [stackId, name]);
    if (row === undefined) throw changeSetNotFound(name);
    return row;
  }
  if (input.StackName === undefined || input.StackName === "") {
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = liveStack(call, input.StackName);
  if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  let executed: ChangeSetRow | undefined;
  for (const { value } of changeSets.scan(call.tx, [stack.id])) {
    if (value.name !== name) continue;
    // The name of one that was executed may be given again: it then means the newer one.
    if (value.executionStatus !== "EXECUTE_COMPLETE") return value;
    executed = value;
  }
  if (executed === undefined) throw changeSetNotFound(name);
  return executed;
}

export function describeChangeSet(call: Call, input: In<"DescribeChangeSet">): Out<"DescribeChangeSet"> {
  const row = findChangeSet(call, input);
  const values = input.IncludePropertyValues === true;
  const { items, next } = page(row.changes, input.NextToken, 100);
  return {
    ChangeSetName: row.name,
    ChangeSetId: row.id,
    StackId: row.stackId,
    StackName: row.stackName,
    ...(row.changeSetDescription === null ? {} : { Description: row.changeSetDescription }),
    ...(row.parameters.length === 0 ? {} : { Parameters: parameterList(row.parameters) }),
    CreationTime: new Date(row.createdAtMs),
    ExecutionStatus: row.executionStatus as "AVAILABLE",
    Status: row.status as "CREATE_COMPLETE",
    ...(row.statusReason === null ? {} : { StatusReason: row.statusReason }),
    NotificationARNs: [...row.notificationArns],
    RollbackConfiguration: rollbackConfigurationOf(row),
    Capabilities: [...row.capabilities] as "CAPABILITY_IAM"[],
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: tagList(row.tags) }),
    Changes: items.map((change) => changeOf(change, values)),
    ...(next === undefined ? {} : { NextToken: next }),
    IncludeNestedStacks: row.includeNested,
    ...nestingOf(row),
    ...(row.onStackFailure === null ? {} : { OnStackFailure: row.onStackFailure as "DELETE" }),
    ...(row.importExisting ? { ImportExistingResources: true } : {}),
  };
}

const nestingOf = ({ parentId, rootId }: ChangeSetRow) => ({
  ...(parentId === null ? {} : { ParentChangeSetId: parentId }),
  ...(rootId === null ? {} : { RootChangeSetId: rootId }),
});

type Change = NonNullable<Out<"DescribeChangeSet">["Changes"]>[number];

function changeOf(change: ChangeRow, values: boolean): Change {
  return {
    Type: "Resource",
    ResourceChange: {
      ...(change.policyAction === null ? {} : { PolicyAction: change.policyAction as "Delete" }),
      Action: change.action,
      LogicalResourceId: change.logicalId,
      ...(change.physicalId === null ? {} : { PhysicalResourceId: change.physicalId }),
      ResourceType: change.type,
      ...(change.replacement === null ? {} : { Replacement: change.replacement }),
      ...(change.changeSetId === undefined ? {} : { ChangeSetId: change.changeSetId }),
      Scope: [...change.scope] as "Properties"[],
      Details: change.details.map((detail) => ({
        Target: {
          Attribute: detail.attribute as "Properties",
          ...(detail.name === null ? {} : { Name: detail.name }),
          RequiresRecreation: detail.requiresRecreation,
          ...(values && detail.name !== null
            ? {
                Path: `/Properties/${detail.name}`,
                ...(detail.before === null ? {} : { BeforeValue: detail.before }),
                ...(detail.after === null ? {} : { AfterValue: detail.after }),
                AttributeChangeType:
                  detail.before === null
                    ? ("Add" as const)
                    : detail.after === null
                      ? ("Remove" as const)
                      : ("Modify" as const),
              }
            : {}),
        },
        Evaluation: detail.evaluation,
        ChangeSource: detail.source as "DirectModification",
        ...(detail.causingEntity === null ? {} : { CausingEntity: detail.causingEntity }),
      })),
      ...(values && change.before !== null ? { BeforeContext: change.before } : {}),
      ...(values && change.after !== null ? { AfterContext: change.after } : {}),
    },
  };
}

export function listChangeSets(call: Call, input: In<"ListChangeSets">): Out<"ListChangeSets"> {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  const rows = [...changeSets.scan(call.tx, [stack.id])]
    .map(({ value }) => value)
    .filter(({ executionStatus }) => executionStatus !== "EXECUTE_COMPLETE");
  const { items, next } = page(rows, input.NextToken, 100);
  return {
    Summaries: items.map((row) => ({
      StackId: row.stackId,
      StackName: row.stackName,
      ChangeSetId: row.id,
      ChangeSetName: row.name,
      ExecutionStatus: row.executionStatus as "AVAILABLE",
      Status: row.status as "CREATE_COMPLETE",
      ...(row.statusReason === null ? {} : { StatusReason: row.statusReason }),
      CreationTime: new Date(row.createdAtMs),
      ...(row.changeSetDescription === null ? {} : { Description: row.changeSetDescription }),
      IncludeNestedStacks: row.includeNested,
      ...nestingOf(row),
      ...(row.importExisting ? { ImportExistingResources: true } : {}),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function deleteChangeSet(call: Call, input: In<"DeleteChangeSet">): void {
  const name = input.ChangeSetName ?? "";
  if (name.startsWith("arn:")) {
    const stackId = changeSetIds.get(call.tx, [name])?.stackId;
    if (stackId !== undefined) remove(call, stackId, name);
    return;
  }
  if (input.StackName === undefined || input.StackName === "") {
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = liveStack(call, input.StackName);
  if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  for (const { value } of changeSets.scan(call.tx, [stack.id])) {
    if (value.name === name) remove(call, stack.id, value.id);
  }
}

/** With the change sets of nested stacks, and those stacks that were nothing else yet. */
function remove(call: Call, stackId: string, id: string): void {
  for (const { changeSetId } of changeSets.get(call.tx, [stackId, id])?.changes ?? []) {
    const below = changeSetId === undefined ? undefined : changeSetIds.get(call.tx, [changeSetId])?.stackId;
    if (changeSetId === undefined || below === undefined) continue;
    remove(call, below, changeSetId);
    const stack = stacks.get(call.tx, [below]);
    if (stack?.status !== "REVIEW_IN_PROGRESS") continue;
    stackNames.delete(call.tx, [stack.name]);
    setStackStatus(call, stack, "DELETE_COMPLETE", null, { deletedAtMs: call.nowMs });
  }
  changeSets.delete(call.tx, [stackId, id]);
  changeSetIds.delete(call.tx, [id]);
  templates.delete(call.tx, [stackId, id]);
}

/** The change sets of nested stacks are carried out with the one above them. */
function markExecuted(call: Call, row: ChangeSetRow): void {
  changeSets.set(call.tx, [row.stackId, row.id], { ...row, executionStatus: "EXECUTE_COMPLETE" });
  for (const { changeSetId } of row.changes) {
    const below = changeSetId === undefined ? undefined : changeSetIds.get(call.tx, [changeSetId])?.stackId;
    const child =
      changeSetId === undefined || below === undefined
        ? undefined
        : changeSets.get(call.tx, [below, changeSetId]);
    if (child !== undefined) markExecuted(call, child);
  }
}

export function executeChangeSet(call: Call, input: In<"ExecuteChangeSet">): void {
  const row = findChangeSet(call, input);
  const stack = stacks.get(call.tx, [row.stackId]) as StackRow;
  if (row.rootId !== null) {
    throw validationError(
      `ChangeSet [${row.id}] cannot be executed: it belongs to the root change set [${row.rootId}]`,
    );
  }
  if (row.executionStatus !== "AVAILABLE") {
    throw new AwsError(
      "InvalidChangeSetStatus",
      `ChangeSet [${row.id}] cannot be executed in its current status of [${row.status}]`,
    );
  }
  const target = templates.get(call.tx, [stack.id, row.id]);
  if (target === undefined) throw changeSetNotFound(row.id);
  // AWS deletes every other change set of the stack: they describe a state that is about to end.
  for (const { value } of changeSets.scan(call.tx, [stack.id]))
    if (value.id !== row.id) remove(call, stack.id, value.id);
  markExecuted(call, row);
  const fresh = stack.status === "REVIEW_IN_PROGRESS";
  const disableRollback = input.DisableRollback ?? row.onStackFailure === "DO_NOTHING";
  startUpdate(call, stack, {
    settings: settingsOf(row),
    target,
    kind: row.type === "IMPORT" ? "import" : fresh ? "create" : "update",
    disableRollback,
    onFailure: disableRollback
      ? "DO_NOTHING"
      : fresh && row.onStackFailure === "DELETE"
        ? "DELETE"
        : "ROLLBACK",
    clientRequestToken: input.ClientRequestToken ?? null,
    changeSetId: row.id,
    imports: row.imports,
  });
}
