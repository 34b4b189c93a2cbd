/** Targets of a rule: put, removed, listed. */
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { requireRule } from "../bus.ts";
import { invalidParameter, limitExceeded, validation } from "../errors.ts";
import { placeholdersOf, reserved } from "../input.ts";
import { type TargetRow, targets, targetsByArn } from "../keys.ts";
import { limits } from "../limits.ts";
import { pageOf, startOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

type GivenTarget = NonNullable<In<"PutTargets">["Targets"]>[number];

export function putTargets(caller: Call, input: In<"PutTargets">): Out<"PutTargets"> {
  const { call, bus, rule } = requireRule(caller, input.Rule, input.EventBusName);
  for (const target of input.Targets) checkTarget(target);
  const ids = new Set(input.Targets.map(({ Id }) => Id ?? ""));
  for (const { value } of targets.scan(call.tx, [bus.name, rule.name])) ids.add(value.Id);
  if (ids.size > limits.targetsPerRuleMax) throw limitExceeded();
  for (const given of input.Targets) {
    const target: TargetRow = { ...given, Id: given.Id ?? "", Arn: given.Arn ?? "" };
    const key = [bus.name, rule.name, target.Id] as const;
    forget(call, key);
    targets.set(call.tx, [...key], target);
    targetsByArn.set(call.tx, [bus.name, target.Arn, rule.name, target.Id], true);
  }
  return { FailedEntryCount: 0, FailedEntries: [] };
}

type Key = readonly [bus: string, rule: string, id: string];

function forget(call: Call, [bus, rule, id]: Key): boolean {
  const before = targets.get(call.tx, [bus, rule, id]);
  if (before === undefined) return false;
  targets.delete(call.tx, [bus, rule, id]);
  targetsByArn.delete(call.tx, [bus, before.Arn, rule, id]);
  return true;
}

function checkTarget(target: GivenTarget): void {
  const { Id: id = "", Arn: arn = "", Input, InputPath, InputTransformer } = target;
  const parts = parseArn(arn);
  if (parts === undefined) throw invalidParameter(arn, "Provided Arn is not in correct format.");
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1) {
    throw validation(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (parts.service === "sqs" && arn.endsWith(".fifo") && target.SqsParameters === undefined) {
    throw validation(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
  if (InputTransformer === undefined) return;
  const known = new Set([...reserved, ...Object.keys(InputTransformer.InputPathsMap ?? {})]);
  const unknown = placeholdersOf(InputTransformer.InputTemplate ?? "").find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw validation(`InputTemplate for target ${id} contains invalid placeholder ${unknown}.`);
  }
}

export function removeTargets(caller: Call, input: In<"RemoveTargets">): Out<"RemoveTargets"> {
  const { call, bus, rule } = requireRule(caller, input.Rule, input.EventBusName);
  for (const id of input.Ids) forget(call, [bus.name, rule.name, id]);
  return { FailedEntryCount: 0, FailedEntries: [] };
}

export function listTargetsByRule(caller: Call, input: In<"ListTargetsByRule">): Out<"ListTargetsByRule"> {
  const { call, bus, rule } = requireRule(caller, input.Rule, input.EventBusName);
  const after = startOf(input);
  const options = after === undefined ? {} : { after: [after] };
  const rows = targets.scan(call.tx, [bus.name, rule.name], options);
  const { items, NextToken } = pageOf(rows, input, ({ value }) => value.Id);
  return { Targets: items.map(({ value }) => value as GivenTarget), NextToken };
}
