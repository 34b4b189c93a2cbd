/** UpdateStack, and what an executed change set does too: hand a new target to the engine. */
import type { Call } from "../../host/call.ts";
import { Perform } from "../../host/service.ts";
import { validationError } from "../errors.ts";
import {
  resources,
  type ResourceRow,
  type StackRow,
  type StackSettings,
  templates,
  type TemplateRow,
} from "../keys.ts";
import type { Catalog } from "../resources/catalog.ts";
import { demandCapabilities } from "../stack/capabilities.ts";
import { computeChanges } from "../stack/changes.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { makePlan } from "../stack/plan.ts";
import type { Preparation, PrepareRequest } from "../stack/prepare.ts";
import { checkResourceTypes, refuseResourceTypes } from "../stack/resource-types.ts";
import { settingsFrom, settingsOf } from "../stack/settings.ts";
import { startWork } from "../stack/work.ts";
import { refuseTypeChanges } from "../stack/type-changes.ts";
import { parameterValues } from "../template/parameters.ts";
import { checkRules } from "../template/rules.ts";
import { deepEqual, type Dict, isDict } from "../template/value.ts";
import type { In, Out } from "./client.ts";

const updatable = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
  "UPDATE_FAILED",
  "CREATE_FAILED",
  "ROLLBACK_FAILED",
]);

export function refuseUnlessUpdatable(stack: StackRow): void {
  if (!updatable.has(stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
}

export const updateStack =
  (catalog: Catalog) =>
  (call: Call, input: In<"UpdateStack">): Perform<Out<"UpdateStack">> => {
    const name = input.StackName ?? "";
    const stack = liveStack(call, name);
    if (stack === undefined || stack.status === "REVIEW_IN_PROGRESS") {
      throw validationError(`Stack [${name}] does not exist`);
    }
    refuseUnlessUpdatable(stack);
    checkResourceTypes(input.ResourceTypes);
    const body = templateBodyOf(call, stack, input);
    const request: PrepareRequest = {
      templateBody: body,
      templateUrl: input.TemplateURL ?? null,
      parameters: input.Parameters ?? [],
      previousParameters: stack.parameters,
      stackName: stack.name,
      stackId: stack.id,
      keepTransformErrors: false,
      policyBody: input.StackPolicyBody ?? null,
      policyUrl: input.StackPolicyURL ?? null,
      policyDuringBody: input.StackPolicyDuringUpdateBody ?? null,
      policyDuringUrl: input.StackPolicyDuringUpdateURL ?? null,
      roleArn: input.RoleARN ?? null,
    };
    return new Perform("cloudformation.prepare", request, (later: Call, prepared: Preparation) =>
      begin(later, catalog, input, stack.id, prepared),
    );
  };

/** The template's text: given, kept, or null when it is at a URL. */
export function templateBodyOf(
  call: Call,
  stack: StackRow | undefined,
  input: {
    readonly TemplateBody?: string | undefined;
    readonly TemplateURL?: string | undefined;
    readonly UsePreviousTemplate?: boolean | undefined;
  },
): string | null {
  if (input.TemplateBody !== undefined) return input.TemplateBody;
  if (input.TemplateURL !== undefined) return null;
  const current = stack === undefined ? undefined : templates.get(call.tx, [stack.id, "current"]);
  if (input.UsePreviousTemplate !== true || current === undefined) {
    throw validationError("Either Template URL or Template Body must be specified.");
  }
  return current.original;
}

function begin(
  call: Call,
  catalog: Catalog,
  input: In<"UpdateStack">,
  stackId: string,
  prepared: Preparation,
): Out<"UpdateStack"> {
  const stack = liveStack(call, stackId);
  if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  refuseUnlessUpdatable(stack);
  const { result } = prepared;
  if (result === undefined) throw validationError(prepared.problem ?? "");
  demandCapabilities(result.template, prepared.transforms, input.Capabilities ?? [], true);
  refuseResourceTypes(input.ResourceTypes, result.template);
  const settings = settingsFrom(input, prepared, stack);
  const plan = makePlan(call, result.template, stack, settings);
  checkRules(plan);
  const rows = liveResources(call, stack.id);
  refuseTypeChanges(plan, rows);
  const target: TemplateRow = {
    original: prepared.original,
    processed: result.processed,
    transforms: prepared.transforms,
  };
  const tagsChanged = !deepEqual(stack.tags, settings.tags);
  const changes = computeChanges(call, {
    plan,
    rows,
    catalog,
    imports: {},
    tagsChanged,
    parameters: parameterValues(stack.parameters),
  });
  // What a transform makes cannot be known to be the same: AWS always goes through with it.
  const guarded = !deepEqual(stack.rollbackConfiguration ?? null, settings.rollbackConfiguration);
  const nothing = !guarded && changes.length === 0 && !tagsChanged && !templateChanged(call, stack, target);
  if (nothing && prepared.transforms.length === 0 && prepared.policy === null) {
    throw validationError("No updates are to be performed.");
  }
  startUpdate(call, stack, {
    settings,
    target,
    kind: "update",
    disableRollback: input.DisableRollback ?? false,
    clientRequestToken: input.ClientRequestToken ?? null,
    imports: {},
    policyDuring: prepared.policyDuring,
    policyAfter: prepared.policy,
  });
  return { StackId: stack.id };
}

export function liveResources(call: Call, stackId: string): Map<string, ResourceRow> {
  const rows = new Map<string, ResourceRow>();
  for (const { value } of resources.scan(call.tx, [stackId])) {
    if (value.status !== "DELETE_COMPLETE") rows.set(value.logicalId, value);
  }
  return rows;
}

/** Whether outputs, or what else of a resource is no property, differ from the current template's. */
export function templateChanged(call: Call, stack: StackRow, target: TemplateRow): boolean {
  const current = templates.get(call.tx, [stack.id, "current"]);
  const [before, after] = [current?.processed ?? {}, target.processed];
  return (
    !deepEqual(before["Outputs"], after["Outputs"]) ||
    !deepEqual(attributesOf(before["Resources"]), attributesOf(after["Resources"]))
  );
}

const attributes = ["CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy"];

const attributesOf = (list: unknown): Dict =>
  Object.fromEntries(
    Object.entries(isDict(list) ? list : {}).map(([logicalId, resource]) => [
      logicalId,
      attributes.map((name) => (isDict(resource) ? resource[name] : undefined)),
    ]),
  );

export interface UpdateStart {
  readonly settings: StackSettings;
  readonly target: TemplateRow;
  readonly kind: "update" | "import" | "create";
  readonly disableRollback: boolean;
  readonly onFailure?: "ROLLBACK" | "DELETE" | "DO_NOTHING";
  readonly clientRequestToken: string | null;
  readonly changeSetId?: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly policyDuring?: string | null;
  readonly policyAfter?: string | null;
}

export function startUpdate(call: Call, stack: StackRow, start: UpdateStart): void {
  templates.set(call.tx, [stack.id, "target"], start.target);
  const status =
    start.kind === "create"
      ? "CREATE_IN_PROGRESS"
      : start.kind === "import"
        ? "IMPORT_IN_PROGRESS"
        : "UPDATE_IN_PROGRESS";
  setStackStatus(call, stack, status, "User Initiated", {
    ...(start.kind === "create" ? settingsOf(start.settings) : {}),
    updatedAtMs: call.nowMs,
    disableRollback: start.disableRollback,
    clientRequestToken: start.clientRequestToken,
    changeSetId: start.changeSetId ?? null,
  });
  startWork(call, stack.id, {
    kind: start.kind,
    phase: "apply",
    settings: start.settings,
    onFailure: start.onFailure ?? (start.disableRollback ? "DO_NOTHING" : "ROLLBACK"),
    imports: start.imports,
    policyDuring: start.policyDuring ?? null,
    policyAfter: start.policyAfter ?? null,
  });
}
