/** What the steps of one stack operation share, and how they ask a provider for a resource. */
import type { Call, Scope } from "../../host/call.ts";
import type { Answer, EffectContext, Shell } from "../../host/service.ts";
import { type ResourceRow, type StackRow, stacks, type WorkRow } from "../keys.ts";
import type { Catalog } from "../resources/catalog.ts";
import type { Handler, NativeRequest } from "../resources/native.ts";
import { replaceDynamicReferences } from "../template/dynamic-references.ts";
import { type Dict, validationError } from "../template/value.ts";
import { generateName } from "./naming.ts";
import type { Plan } from "./plan.ts";

/** What every step of one stack operation shares. */
export interface Run {
  readonly context: EffectContext;
  readonly shell: Shell;
  readonly scope: Scope;
  readonly stackId: string;
  readonly work: WorkRow;
  readonly catalog: Catalog;
  readonly plan: Plan;
  /** Resources as they are now, for `Ref` and `Fn::GetAtt`. */
  readonly states: Map<string, ResourceRow>;
  /** Values of dynamic references, fetched once per operation. */
  readonly fetched: Map<string, string>;
  readonly abort: AbortController;
  readonly failed: string[];
}

export const transaction = <Output>(run: Run, body: (call: Call) => Answer<Output>): Promise<Output> =>
  run.shell.run({ name: "cloudformation.provision", ...run.scope, trace: run.context.trace }, body);

/** The stack's row; it exists as long as an operation is under way. */
export function stackOf(call: Call, stackId: string): StackRow {
  const stack = stacks.get(call.tx, [stackId]);
  if (stack === undefined) throw validationError(`Stack with id ${stackId} does not exist`);
  return stack;
}

export function handlerOf(run: Run, type: string): Handler {
  const handler = run.catalog.get(type);
  if (handler === undefined)
    throw validationError(`Template format error: Unrecognized resource types: [${type}]`);
  return handler;
}

export function requestFor(call: Call, run: Run, stack: StackRow, logicalId: string, properties: Dict) {
  return {
    logicalId,
    properties: replaceDynamicReferences(properties, run.fetched) as Dict,
    stack: { name: stack.name, id: stack.id, tags: stack.tags },
    generateName: (options: {
      readonly lengthMax: number;
      readonly lowerCase?: boolean;
      readonly suffix?: string;
    }) => generateName(call, stack.name, logicalId, options),
  };
}

/** A resource as CloudFormation's own types are asked for it. */
export async function nativeRequest(run: Run, row: ResourceRow): Promise<NativeRequest> {
  return {
    shell: run.shell,
    scope: run.scope,
    stack: await transaction(run, (call) => stackOf(call, run.stackId)),
    logicalId: row.logicalId,
    type: row.type,
    properties: replaceDynamicReferences(row.properties, run.fetched) as Dict,
    signal: run.abort.signal,
    started: async () => undefined,
    startedBefore: undefined,
  };
}
