/**
 * Calls for a function of another account, named by its whole ARN: made in the owner's account when the function's
 * resource policy lets the caller do it. Without that they are refused where the name is read.
 */
import type { Call } from "../../host/call.ts";
import type { Operation } from "../../host/service.ts";
import { policies, type Statement } from "./keys.ts";
import { parseFunctionArn } from "./names.ts";

/** The operations, each able to reach across accounts. */
export function acrossAccounts(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (call: Call, input: never) => operation(ownerOf(call, name, input) ?? call, input),
    ]),
  );
}

function ownerOf(
  call: Call,
  operation: string,
  input: { readonly FunctionName?: unknown; readonly Resource?: unknown },
): Call | undefined {
  const arn = input.FunctionName ?? input.Resource;
  if (typeof arn !== "string" || !arn.startsWith("arn:") || arn.includes(`:${call.accountId}:`))
    return undefined;
  const parsed = parseFunctionArn(arn);
  if (parsed === undefined || parsed.region !== call.region) return undefined;
  const owner = call.in({ accountId: parsed.accountId });
  const action = operation === "Invoke" ? "InvokeFunction" : operation;
  const allowed = ["", parsed.qualifier].some((qualifier) =>
    policies
      .get(owner.tx, [parsed.name, qualifier])
      ?.statements.some((each) => lets(each, call.accountId, action)),
  );
  return allowed ? owner : undefined;
}

function lets({ Principal, Action }: Statement, accountId: string, action: string): boolean {
  const principal = typeof Principal === "string" ? Principal : (Principal["AWS"] ?? "");
  const named = principal === "*" || principal === accountId || principal.includes(`::${accountId}:`);
  return named && ["*", "lambda:*", `lambda:${action}`].includes(Action);
}
