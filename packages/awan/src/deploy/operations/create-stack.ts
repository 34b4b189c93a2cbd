/** CreateStack: everything that can be refused is refused here; the rest happens after the answer. */
import { Perform } from "../../host/service.ts";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { stacksPerRegionMax } from "../limits.ts";
import { alreadyExists, validationError } from "../errors.ts";
import { changeSets, type OnFailure, stackNames, type StackRow, templates } from "../keys.ts";
import { demandCapabilities } from "../stack/capabilities.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { stackArn } from "../stack/naming.ts";
import { makePlan } from "../stack/plan.ts";
import type { Preparation, PrepareRequest } from "../stack/prepare.ts";
import { checkRules } from "../template/rules.ts";
import { settingsFrom } from "../stack/settings.ts";
import { checkResourceTypes, refuseResourceTypes } from "../stack/resource-types.ts";
import { startWork } from "../stack/work.ts";
import type { In, Out } from "./client.ts";

export function createStack(call: Call, input: In<"CreateStack">): Perform<Out<"CreateStack">> {
  const name = input.StackName ?? "";
  checkStackName(name);
  const reviewed = liveStack(call, name);
  if (reviewed !== undefined && reviewed.status !== "REVIEW_IN_PROGRESS") throw alreadyExists(name);
  if (input.TemplateBody === undefined && input.TemplateURL === undefined) {
    throw validationError("Either Template URL or Template Body must be specified.");
  }
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw validationError("You can specify either DisableRollback or OnFailure, but not both.");
  }
  checkResourceTypes(input.ResourceTypes);
  // A stack that only has change sets becomes this one; they are obsolete then.
  const id = reviewed?.id ?? stackArn(call, name);
  const request: PrepareRequest = {
    templateBody: input.TemplateBody ?? null,
    templateUrl: input.TemplateURL ?? null,
    parameters: input.Parameters ?? [],
    previousParameters: [],
    stackName: name,
    stackId: id,
    keepTransformErrors: false,
    policyBody: input.StackPolicyBody ?? null,
    policyUrl: input.StackPolicyURL ?? null,
    roleArn: input.RoleARN ?? null,
  };
  return new Perform("cloudformation.prepare", request, (later: Call, prepared: Preparation) =>
    begin(later, input, id, prepared),
  );
}

export function checkStackName(name: string): void {
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) && !name.startsWith("arn:")) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
    );
  }
  if (name.length > 128 && !name.startsWith("arn:")) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must have length less than or equal to 128`,
    );
  }
}

function begin(call: Call, input: In<"CreateStack">, id: string, prepared: Preparation): Out<"CreateStack"> {
  const name = input.StackName ?? "";
  const existing = liveStack(call, name);
  if (existing !== undefined && existing.status !== "REVIEW_IN_PROGRESS") throw alreadyExists(name);
  const { result } = prepared;
  if (result === undefined) throw validationError(prepared.problem ?? "");
  demandCapabilities(result.template, prepared.transforms, input.Capabilities ?? [], true);
  refuseResourceTypes(input.ResourceTypes, result.template);
  refuseTooMany(call);
  const settings = settingsFrom(input, prepared);
  const plan = makePlan(call, result.template, { id, name }, settings);
  checkRules(plan);
  const onFailure: OnFailure =
    input.OnFailure ?? (input.DisableRollback === true ? "DO_NOTHING" : "ROLLBACK");
  const row: StackRow = {
    ...newStackRow(call, id, name),
    ...settings,
    disableRollback: onFailure === "DO_NOTHING",
    terminationProtection: input.EnableTerminationProtection ?? false,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    timeoutMinutes: input.TimeoutInMinutes ?? null,
    policyBody: prepared.policy,
    clientRequestToken: input.ClientRequestToken ?? null,
  };
  stackNames.set(call.tx, [name], { stackId: id });
  const { original, transforms } = prepared;
  templates.set(call.tx, [id, "target"], { original, processed: result.processed, transforms });
  setStackStatus(call, row, "CREATE_IN_PROGRESS", "User Initiated");
  obsoleteChangeSets(call, id);
  startWork(call, id, {
    kind: "create",
    phase: "apply",
    settings,
    onFailure,
    deadlineAtMs: input.TimeoutInMinutes === undefined ? null : call.nowMs + input.TimeoutInMinutes * 60_000,
  });
  return { StackId: id };
}

export const newStackRow = (call: Call, id: string, name: string): StackRow => ({
  id,
  name,
  status: "REVIEW_IN_PROGRESS",
  statusReason: null,
  createdAtMs: call.nowMs,
  updatedAtMs: null,
  deletedAtMs: null,
  outputs: [],
  parameters: [],
  tags: {},
  capabilities: [],
  notificationArns: [],
  roleArn: null,
  description: null,
  rollbackConfiguration: null,
  disableRollback: false,
  terminationProtection: false,
  retainExceptOnCreate: false,
  timeoutMinutes: null,
  parentId: null,
  rootId: null,
  changeSetId: null,
  policyBody: null,
  clientRequestToken: null,
});

function refuseTooMany(call: Call): void {
  let count = 0;
  for (const _ of stackNames.scan(call.tx, [])) count += 1;
  if (count >= stacksPerRegionMax) {
    throw new AwsError(
      "LimitExceededException",
      `Limit for stack has been exceeded. Limit is ${stacksPerRegionMax}.`,
    );
  }
}

function obsoleteChangeSets(call: Call, stackId: string): void {
  for (const { key, value } of changeSets.scan(call.tx, [stackId])) {
    if (value.executionStatus === "AVAILABLE") {
      changeSets.set(call.tx, key, { ...value, executionStatus: "OBSOLETE" });
    }
  }
}
