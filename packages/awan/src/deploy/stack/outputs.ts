/** What a stack gives to others: its outputs, the exports among them, and the record of who imports what. */
import type { Call } from "../../host/call.ts";
import { type OutputRow, type ResourceRow, stackExports, stackImports, type StackRow } from "../keys.ts";
import { evaluate, type Scope } from "../template/functions.ts";
import { isDict, scalarText, validationError } from "../template/value.ts";
import { type Plan, resourceScope } from "./plan.ts";

/** Evaluates the outputs and moves the stack's exports and imports to what the plan says. */
export function settleOutputs(
  call: Call,
  stack: StackRow,
  plan: Plan,
  states: ReadonlyMap<string, ResourceRow>,
): OutputRow[] {
  const scope = resourceScope(call, plan, (name) => states.get(name));
  const outputs: OutputRow[] = [];
  for (const [key, output] of Object.entries(plan.template.outputs)) {
    if (output.condition !== undefined && plan.conditions[output.condition] !== true) continue;
    const value = evaluate(output.value, scope);
    const text = Array.isArray(value) ? undefined : scalarText(value);
    if (text === undefined) {
      throw validationError(
        `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
      );
    }
    const exportName =
      output.exportName === undefined ? undefined : scalarText(evaluate(output.exportName, scope));
    outputs.push({
      key,
      value: text,
      description: output.description ?? null,
      exportName: exportName ?? null,
    });
  }
  settleExports(call, stack, outputs);
  settleImports(call, stack, importedNames(plan, scope));
  return outputs;
}

function settleExports(call: Call, stack: StackRow, outputs: readonly OutputRow[]): void {
  const wanted = new Map(
    outputs.flatMap(({ exportName, value }) => (exportName === null ? [] : [[exportName, value]])),
  );
  for (const { key, value } of stackExports.scan(call.tx, [])) {
    if (value.stackId !== stack.id) continue;
    const next = wanted.get(key[0]);
    if (next === value.value) continue;
    const user = importerOf(call, key[0]);
    if (user !== undefined) {
      throw validationError(
        next === undefined
          ? `Cannot delete export ${key[0]} as it is in use by ${user}`
          : `Cannot update export ${key[0]} as it is in use by ${user}`,
      );
    }
    stackExports.delete(call.tx, key);
  }
  for (const [name, value] of wanted) {
    const other = stackExports.get(call.tx, [name]);
    if (other !== undefined && other.stackId !== stack.id) {
      throw validationError(
        `Export with name ${name} is already exported by stack ${other.stackName}. Rollback requested by user.`,
      );
    }
    stackExports.set(call.tx, [name], { value, stackId: stack.id, stackName: stack.name });
  }
}

/** A stack that imports the export, if any does. */
export function importerOf(call: Call, exportName: string): string | undefined {
  return stackImports.first(call.tx, [exportName])?.value.stackName;
}

/** Drops the stack's exports and imports. @throws AwsError when an export is still imported. */
export function dropOutputs(call: Call, stack: StackRow): void {
  settleExports(call, stack, []);
  settleImports(call, stack, new Set());
}

/** Checked before anything is deleted. */
export function exportInUse(
  call: Call,
  stack: StackRow,
): { readonly name: string; readonly user: string } | undefined {
  for (const { exportName } of stack.outputs) {
    if (exportName === null) continue;
    const user = importerOf(call, exportName);
    if (user !== undefined) return { name: exportName, user };
  }
  return undefined;
}

function settleImports(call: Call, stack: StackRow, names: ReadonlySet<string>): void {
  for (const { key } of stackImports.scan(call.tx, [])) {
    if (key[1] === stack.id && !names.has(key[0])) stackImports.delete(call.tx, key);
  }
  for (const name of names) stackImports.set(call.tx, [name, stack.id], { stackName: stack.name });
}

function importedNames(plan: Plan, scope: Scope): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isDict(value)) {
      if ("Fn::ImportValue" in value && Object.keys(value).length === 1) {
        const name = scalarText(evaluate(value["Fn::ImportValue"], scope));
        if (name !== undefined) names.add(name);
      } else if ("Fn::If" in value && Array.isArray(value["Fn::If"])) {
        const [condition, yes, no] = value["Fn::If"] as [string, unknown, unknown];
        visit(plan.conditions[condition] === true ? yes : no);
      } else Object.values(value).forEach(visit);
    }
  };
  for (const resource of Object.values(plan.resources)) visit(resource.properties);
  for (const output of Object.values(plan.template.outputs)) {
    if (output.condition === undefined || plan.conditions[output.condition] === true) visit(output.value);
  }
  return names;
}
