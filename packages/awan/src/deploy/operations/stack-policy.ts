/** SetStackPolicy and GetStackPolicy. */
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { validationError } from "../errors.ts";
import { type StackRow, stacks, work } from "../keys.ts";
import { findStack, liveStack } from "../stack/lookup.ts";
import { checkPolicy } from "../stack/stack-policy.ts";
import type { In, Out } from "./client.ts";

export function setStackPolicy(call: Call, input: In<"SetStackPolicy">): Answer<void> {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw validationError(`Stack with id ${input.StackName} does not exist`);
  if (input.StackPolicyBody !== undefined && input.StackPolicyURL !== undefined) {
    throw validationError("You cannot specify both StackPolicyURL and StackPolicyBody");
  }
  if (input.StackPolicyURL === undefined) {
    save(call, stack.id, input.StackPolicyBody ?? "");
    return undefined;
  }
  return new Perform("cloudformation.read", { url: input.StackPolicyURL }, (later: Call, text: string) =>
    save(later, stack.id, text),
  );
}

function save(call: Call, stackId: string, text: string): void {
  checkPolicy(text);
  const stack = stacks.get(call.tx, [stackId]) as StackRow;
  stacks.set(call.tx, [stackId], { ...stack, policyBody: text });
}

/** While an update has a policy of its own, that is the one told. */
export function getStackPolicy(call: Call, input: In<"GetStackPolicy">): Out<"GetStackPolicy"> {
  const stack = findStack(call, input.StackName ?? "");
  if (stack === undefined) throw validationError(`Stack with id ${input.StackName} does not exist`);
  const policy = work.get(call.tx, [stack.id])?.policyDuring ?? stack.policyBody;
  return policy === null ? {} : { StackPolicyBody: policy };
}
