/**
 * CreateChangeSet: the difference between what a stack is and what it is to be, kept for review. It is worked out before
 * the answer, so that the first DescribeChangeSet finds it complete.
 */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { validationError } from "../errors.ts";
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
import type { Catalog } from "../resources/catalog.ts";
import { demandCapabilities } from "../stack/capabilities.ts";
import { computeChanges } from "../stack/changes.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { changeSetArn, stackArn } from "../stack/naming.ts";
import { makePlan } from "../stack/plan.ts";
import type { Preparation, PrepareRequest } from "../stack/prepare.ts";
import { checkResourceTypes, refuseResourceTypes } from "../stack/resource-types.ts";
import { settingsFrom } from "../stack/settings.ts";
import type { NestedRequest } from "../stack/nested-change-sets.ts";
import { refuseImport } from "../stack/refuse-import.ts";
import { refuseTypeChanges } from "../stack/type-changes.ts";
import { parameterValues } from "../template/parameters.ts";
import { checkRules } from "../template/rules.ts";
import { deepEqual } from "../template/value.ts";
import type { In, Out } from "./client.ts";
import { checkStackName, newStackRow } from "./create-stack.ts";
import { liveResources, templateChanged, refuseUnlessUpdatable, templateBodyOf } from "./update-stack.ts";

type Input = In<"CreateChangeSet">;

export const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export const createChangeSet =
  (catalog: Catalog) =>
  (call: Call, input: Input): Perform<Out<"CreateChangeSet">> => {
    const name = input.StackName ?? "";
    checkStackName(name);
    const type = input.ChangeSetType ?? "UPDATE";
    if (!["CREATE", "UPDATE", "IMPORT"].includes(type)) {
      throw validationError(
        `1 validation error detected: Value '${type}' at 'changeSetType' failed to satisfy constraint: Member must satisfy enum value set: [IMPORT, UPDATE, CREATE]`,
      );
    }
    const changeSetName = input.ChangeSetName ?? "";
    if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(changeSetName)) {
      throw validationError(
        `1 validation error detected: Value '${changeSetName}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    }
    checkResourceTypes(input.ResourceTypes);
    const stack = liveStack(call, name);
    if (stack === undefined && type === "CREATE" && name.startsWith("arn:")) {
      throw validationError(
        `Stack [${name}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
      );
    }
    checkState(stack, name, type, changeSetName);
    for (const { value } of stack === undefined ? [] : changeSets.scan(call.tx, [stack.id])) {
      if (value.name === changeSetName && value.executionStatus !== "EXECUTE_COMPLETE") {
        throw new AwsError("AlreadyExistsException", `ChangeSet ${changeSetName} already exists`);
      }
    }
    const stackId = stack?.id ?? stackArn(call, name);
    const request: PrepareRequest = {
      templateBody: templateBodyOf(call, stack, input),
      templateUrl: input.TemplateURL ?? null,
      parameters: input.Parameters ?? [],
      previousParameters: stack?.parameters ?? [],
      stackName: stack?.name ?? name,
      stackId,
      keepTransformErrors: true,
      roleArn: input.RoleARN ?? null,
    };
    return new Perform("cloudformation.prepare", request, (later: Call, prepared: Preparation) =>
      store(later, catalog, input, stackId, prepared),
    );
  };

function checkState(stack: StackRow | undefined, name: string, type: string, changeSetName: string): void {
  if (type === "CREATE") {
    if (stack !== undefined && stack.status !== "REVIEW_IN_PROGRESS") {
      throw validationError(
        `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
      );
    }
    return;
  }
  if (stack === undefined) {
    if (type === "IMPORT") return;
    throw validationError(`Stack [${name}] does not exist`);
  }
  if (stack.status === "REVIEW_IN_PROGRESS" && type === "UPDATE") {
    throw validationError(`Stack [${stack.name}] does not exist`);
  }
  if (stack.status !== "REVIEW_IN_PROGRESS") refuseUnlessUpdatable(stack);
}

function store(
  call: Call,
  catalog: Catalog,
  input: Input,
  stackId: string,
  prepared: Preparation,
): Answer<Out<"CreateChangeSet">> {
  const existing = liveStack(call, stackId);
  const stack = existing ?? reviewStack(call, stackId, input.StackName ?? "", input);
  const name = input.ChangeSetName ?? "";
  const id = changeSetArn(call, name);
  const fresh = stack.status === "REVIEW_IN_PROGRESS";
  const settings = settingsFrom(input, prepared, fresh ? undefined : stack);
  const imports = importsOf(input);
  const found = findChanges(call, catalog, { input, stack, prepared, imports });
  const row: ChangeSetRow = {
    ...settings,
    id,
    name,
    stackId: stack.id,
    stackName: stack.name,
    type: input.ChangeSetType ?? "UPDATE",
    status: found.problem === undefined ? "CREATE_COMPLETE" : "FAILED",
    statusReason: found.problem ?? null,
    executionStatus: found.problem === undefined ? "AVAILABLE" : "UNAVAILABLE",
    createdAtMs: call.nowMs,
    changeSetDescription: input.Description ?? null,
    onStackFailure: input.OnStackFailure ?? null,
    includeNested: input.IncludeNestedStacks ?? false,
    importExisting: input.ImportExistingResources ?? false,
    changes: found.changes,
    parentId: null,
    rootId: null,
    imports,
  };
  changeSets.set(call.tx, [stack.id, id], row);
  changeSetIds.set(call.tx, [id], { stackId: stack.id });
  templates.set(call.tx, [stack.id, id], {
    original: prepared.original,
    processed: prepared.result?.processed ?? prepared.raw,
    transforms: prepared.transforms,
  });
  const answer = { Id: id, StackId: stack.id };
  if (!row.includeNested || row.status !== "CREATE_COMPLETE") return answer;
  const request: NestedRequest = { stackId: stack.id, changeSetId: id };
  return new Perform("cloudformation.nested-change-sets", request, () => answer);
}

function reviewStack(call: Call, id: string, name: string, input: Input): StackRow {
  stackNames.set(call.tx, [name], { stackId: id });
  const row = newStackRow(call, id, name);
  stacks.set(call.tx, [id], row);
  return setStackStatus(call, row, "REVIEW_IN_PROGRESS", "User Initiated", {
    clientRequestToken: input.ClientToken ?? null,
  });
}

const importsOf = (input: Input): Record<string, string> =>
  Object.fromEntries(
    (input.ResourcesToImport ?? []).map((item) => [
      item.LogicalResourceId ?? "",
      Object.values(item.ResourceIdentifier ?? {}).join("|"),
    ]),
  );

interface Found {
  readonly changes: readonly ChangeRow[];
  readonly problem?: string;
}

interface Asked {
  readonly input: Input;
  readonly stack: StackRow;
  readonly prepared: Preparation;
  readonly imports: Readonly<Record<string, string>>;
}

/** Refusals are findings when a transform made the template, and answers otherwise. */
function findChanges(call: Call, catalog: Catalog, asked: Asked): Found {
  const { prepared } = asked;
  if (prepared.result === undefined) return { changes: [], problem: prepared.problem ?? "" };
  const found = call.tx.draft.attempt(() => compare(call, catalog, asked));
  if (!(found instanceof AwsError)) return found;
  if (prepared.transforms.length === 0) throw found;
  return { changes: [], problem: found.message };
}

function compare(call: Call, catalog: Catalog, { input, stack, prepared, imports }: Asked): Found {
  const { result } = prepared;
  if (result === undefined) return { changes: [] };
  demandCapabilities(result.template, prepared.transforms, input.Capabilities ?? [], false);
  refuseResourceTypes(input.ResourceTypes, result.template);
  const fresh = stack.status === "REVIEW_IN_PROGRESS";
  const settings = settingsFrom(input, prepared, fresh ? undefined : stack);
  const plan = makePlan(call, result.template, stack, settings);
  checkRules(plan);
  const rows = liveResources(call, stack.id);
  refuseTypeChanges(plan, rows);
  if (input.ChangeSetType === "IMPORT") refuseImport(plan, rows, imports, input);
  // A default that changes is a change of the template.
  const given = new Set((input.Parameters ?? []).map(({ ParameterKey }) => ParameterKey));
  const tagsChanged = !fresh && !deepEqual(stack.tags, settings.tags);
  const changes = computeChanges(call, {
    plan,
    rows,
    catalog,
    imports,
    tagsChanged,
    parameters: parameterValues(stack.parameters.filter(({ key }) => given.has(key))),
  });
  const target = {
    original: prepared.original,
    processed: result.processed,
    transforms: prepared.transforms,
  };
  const nothing = !fresh && changes.length === 0 && !tagsChanged && !templateChanged(call, stack, target);
  return nothing ? { changes, problem: noChanges } : { changes };
}
