/** Stacks by what a caller calls them: a name means the live stack, an id any stack there ever was. */
import type { Call } from "../../host/call.ts";
import { stackNames, type StackRow, stacks } from "../keys.ts";
import { validationError } from "../template/value.ts";

export function findStack(call: Call, nameOrId: string): StackRow | undefined {
  if (nameOrId.startsWith("arn:")) return stacks.get(call.tx, [nameOrId]);
  const named = stackNames.get(call.tx, [nameOrId]);
  return named === undefined ? undefined : stacks.get(call.tx, [named.stackId]);
}

/** @throws AwsError ValidationError "Stack with id X does not exist" unless told other words. */
export function needStack(
  call: Call,
  nameOrId: string | undefined,
  words: (name: string) => string = (name) => `Stack with id ${name} does not exist`,
): StackRow {
  const stack = nameOrId === undefined ? undefined : findStack(call, nameOrId);
  if (stack === undefined) throw validationError(words(nameOrId ?? ""));
  return stack;
}

/** The live stack of the name, or undefined once it is deleted. */
export function liveStack(call: Call, nameOrId: string): StackRow | undefined {
  const stack = findStack(call, nameOrId);
  return stack === undefined || stack.status === "DELETE_COMPLETE" ? undefined : stack;
}
