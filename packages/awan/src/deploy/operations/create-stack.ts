/** CreateStack: everything that can be refused is refused here; the rest happens after the answer. */
import { Perform } from "../../host/service.ts";
import type { Call } from "../../host/call.ts";
import { alreadyExists, validationError } from "../errors.ts";
import { type OnFailure, stackNames, type StackRow, templates, work } from "../keys.ts";
import { demandCapabilities } from "../stack/capabilities.ts";
import { setStackStatus } from "../stack/events.ts";
import { liveStack } from "../stack/lookup.ts";
import { stackArn } from "../stack/naming.ts";
import { makePlan } from "../stack/plan.ts";
import type { Preparation, PrepareRequest } from "../stack/prepare.ts";
import { checkRules } from "../template/rules.ts";
import { settingsFrom } from "../stack/settings.ts";
import type { In, Out } from "./client.ts";

export function createStack(call: Call, input: In<"CreateStack">): Perform<Out<"CreateStack">> {
  const name = input.StackName ?? "";
  checkStackName(name);
  if (liveStack(call, name) !== undefined) throw alreadyExists(name);
  if (input.TemplateBody === undefined && input.TemplateURL === undefined) {
    throw validationError("Either Template URL or Template Body must be specified.");
  }
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw validationError("You can specify either DisableRollback or OnFailure, but not both.");
  }
  const id = stackArn(call, name);
  const request: PrepareRequest = {
    templateBody: input.TemplateBody ?? null,
    templateUrl: input.TemplateURL ?? null,
    parameters: input.Parameters ?? [],
    previousParameters: [],
    stackName: name,
    stackId: id,
    keepTransformErrors: false,
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
  if (liveStack(call, name) !== undefined) throw alreadyExists(name);
  const { result } = prepared;
  if (result === undefined) throw validationError(prepared.problem ?? "");
  demandCapabilities(result.template, prepared.transforms, input.Capabilities ?? [], true);
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
    policyBody: input.StackPolicyBody ?? null,
    clientRequestToken: input.ClientRequestToken ?? null,
  };
  stackNames.set(call.tx, [name], { stackId: id });
  const { original, transforms } = prepared;
  templates.set(call.tx, [id, "target"], { original, processed: result.processed, transforms });
  work.set(call.tx, [id], {
    kind: "create",
    phase: "apply",
    settings,
    onFailure,
    retain: [],
    forceDelete: false,
    skip: [],
    cancelled: false,
    failed: [],
    imports: {},
  });
  setStackStatus(call, row, "CREATE_IN_PROGRESS", "User Initiated");
  startRun(call, id);
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

/** Asks the shell to carry out the operation that `work` describes. */
export function startRun(call: Call, stackId: string): void {
  call.dispatch({ effect: "cloudformation.run", request: { stackId } });
}
