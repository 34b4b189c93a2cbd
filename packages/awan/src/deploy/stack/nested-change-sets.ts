/**
 * Change sets of nested stacks, made beside the one of the stack above: what each nested stack will become is worked out
 * by CreateChangeSet itself, and the two are told of each other.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { EffectContext } from "../../host/service.ts";
import { type ChangeRow, type ChangeSetRow, changeSets, nestedNames, stacks } from "../keys.ts";
import { settingsOf as childSettings } from "../resources/nested-stack.ts";
import { type Dict, isDict } from "../template/value.ts";
import { generateName } from "./naming.ts";

export interface NestedRequest {
  readonly stackId: string;
  readonly changeSetId: string;
}

export async function createNestedChangeSets(
  { shell, scope }: EffectContext,
  request: NestedRequest,
): Promise<void> {
  const run = { name: "cloudformation.change-set", ...scope };
  const key: [string, string] = [request.stackId, request.changeSetId];
  const row = await shell.run(run, (call) => changeSets.get(call.tx, key));
  const changes: ChangeRow[] = [];
  for (const change of row?.changes ?? []) {
    const made =
      row === undefined || !isNested(change) ? undefined : await create({ shell, scope }, row, change);
    changes.push(made === undefined ? change : { ...change, changeSetId: made });
  }
  await shell.run(run, (call) => {
    const now = changeSets.get(call.tx, key);
    if (now !== undefined) changeSets.set(call.tx, key, { ...now, changes });
  });
}

const isNested = ({ type, action }: ChangeRow): boolean =>
  type === "AWS::CloudFormation::Stack" && (action === "Add" || action === "Modify");

/** Undefined when nothing changes there. */
async function create(
  { shell, scope }: Pick<EffectContext, "shell" | "scope">,
  parent: ChangeSetRow,
  change: ChangeRow,
): Promise<string | undefined> {
  const run = { name: "cloudformation.change-set", ...scope };
  const context: unknown = JSON.parse(change.after ?? "{}");
  const properties = isDict(context) && isDict(context["Properties"]) ? context["Properties"] : {};
  const { stack, name } = await shell.run(run, (call) => {
    const above = stacks.get(call.tx, [parent.stackId]);
    const known = nestedNames.get(call.tx, [parent.stackId, change.logicalId])?.name;
    const chosen = known ?? generateName(call, parent.stackName, change.logicalId, { lengthMax: 128 });
    nestedNames.set(call.tx, [parent.stackId, change.logicalId], { name: chosen });
    return { stack: above, name: chosen };
  });
  if (stack === undefined) return undefined;
  const input: Dict = {
    StackName: change.physicalId ?? name,
    ChangeSetName: parent.name,
    ChangeSetType: change.action === "Add" ? "CREATE" : "UPDATE",
    IncludeNestedStacks: true,
    ...childSettings({ properties, stack }),
  };
  try {
    const { Id, StackId } = await shell.invoke("cloudformation", "CreateChangeSet", input, scope);
    await shell.run(run, (call) => {
      const place: [string, string] = [String(StackId), String(Id)];
      const child = changeSets.get(call.tx, place);
      if (child !== undefined) {
        changeSets.set(call.tx, place, { ...child, parentId: parent.id, rootId: parent.rootId ?? parent.id });
      }
      const below = stacks.get(call.tx, [String(StackId)]);
      if (below !== undefined) {
        stacks.set(call.tx, [below.id], { ...below, parentId: stack.id, rootId: stack.rootId ?? stack.id });
      }
    });
    return String(Id);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
