/** Rules: put, described, switched on and off, listed, deleted. */
import { parseSchedule } from "../../../engines/cron/cron.ts";
import type { Call } from "../../../host/call.ts";
import { defaultBus, type LocatedRule, requireBus, requireRule, ruleArn } from "../bus.ts";
import { invalidParameter, limitExceeded, validation } from "../errors.ts";
import { type RuleRow, rules, type RuleState, targets, targetsByArn } from "../keys.ts";
import { limits } from "../limits.ts";
import { pageOf, startOf } from "../paging.ts";
import { checkPattern } from "../pattern.ts";
import { reschedule } from "../schedule.ts";
import type { In, Out } from "../sdk.ts";
import { withTags } from "../tags.ts";

export function putRule(caller: Call, input: In<"PutRule">): Out<"PutRule"> {
  const { call, bus } = requireBus(caller, input.EventBusName);
  const { Name: name, EventPattern, ScheduleExpression } = input;
  const hasPattern = EventPattern !== undefined && EventPattern !== "";
  const hasSchedule = ScheduleExpression !== undefined && ScheduleExpression !== "";
  if (!hasPattern && !hasSchedule) {
    throw validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (hasSchedule && bus.name !== defaultBus) {
    throw validation("ScheduleExpression is supported only on the default event bus.");
  }
  if (hasPattern) checkPattern(EventPattern);
  if (hasSchedule && parseSchedule(ScheduleExpression) === undefined) {
    throw invalidParameter("ScheduleExpression");
  }
  const before = rules.get(call.tx, [bus.name, name]);
  if (before === undefined) checkCount(call, bus.name);
  const rule: RuleRow = {
    bus: bus.name,
    name,
    pattern: hasPattern ? EventPattern : null,
    schedule: hasSchedule ? ScheduleExpression : null,
    state: input.State ?? "ENABLED",
    description: input.Description ?? null,
    roleArn: input.RoleArn ?? null,
    // A rule that is there keeps its tags.
    tags: before?.tags ?? withTags([], input.Tags),
    createdBy: before?.createdBy ?? call.accountId,
  };
  rules.set(call.tx, [bus.name, name], rule);
  if (before?.schedule !== rule.schedule || before?.state !== rule.state) reschedule(call, rule);
  return { RuleArn: ruleArn(call, rule) };
}

function checkCount(call: Call, bus: string): void {
  if ([...rules.scan(call.tx, [bus])].length >= limits.rulesPerBusMax) throw limitExceeded();
}

const shown = (call: Call, rule: RuleRow) => ({
  Name: rule.name,
  Arn: ruleArn(call, rule),
  EventPattern: rule.pattern ?? undefined,
  ScheduleExpression: rule.schedule ?? undefined,
  State: rule.state,
  Description: rule.description ?? undefined,
  RoleArn: rule.roleArn ?? undefined,
  EventBusName: rule.bus,
});

export function describeRule(caller: Call, input: In<"DescribeRule">): Out<"DescribeRule"> {
  const { call, rule } = requireRule(caller, input.Name, input.EventBusName);
  return { ...shown(call, rule), CreatedBy: rule.createdBy };
}

/** What is gone already is deleted, as far as AWS is concerned. */
export function deleteRule(caller: Call, input: In<"DeleteRule">): void {
  const { call, bus } = requireBus(caller, input.EventBusName);
  const rule = rules.get(call.tx, [bus.name, input.Name]);
  if (rule === undefined) return;
  if (targets.first(call.tx, [bus.name, rule.name]) !== undefined) {
    throw validation("Rule can't be deleted since it has targets.");
  }
  rules.delete(call.tx, [bus.name, rule.name]);
  call.unschedule("events.tick", [bus.name, rule.name]);
}

function setState({ call, bus, rule }: LocatedRule, state: RuleState): void {
  if (rule.state === state) return;
  const changed: RuleRow = { ...rule, state };
  rules.set(call.tx, [bus.name, rule.name], changed);
  reschedule(call, changed);
}

export function enableRule(caller: Call, input: In<"EnableRule">): void {
  setState(requireRule(caller, input.Name, input.EventBusName), "ENABLED");
}

export function disableRule(caller: Call, input: In<"DisableRule">): void {
  setState(requireRule(caller, input.Name, input.EventBusName), "DISABLED");
}

export function listRules(caller: Call, input: In<"ListRules">): Out<"ListRules"> {
  const { call, bus } = requireBus(caller, input.EventBusName);
  const prefix = input.NamePrefix ?? "";
  const { items, NextToken } = pageOf(
    rulesFrom(call, bus.name, { prefix, after: startOf(input) }),
    input,
    ({ name }) => name,
  );
  return { Rules: items.map((rule) => shown(call, rule)), NextToken };
}

interface Start {
  readonly prefix: string;
  readonly after: string | undefined;
}

function* rulesFrom(call: Call, bus: string, { prefix, after }: Start): Generator<RuleRow> {
  const options = after === undefined ? { from: [prefix] } : { after: [after] };
  for (const { value } of rules.scan(call.tx, [bus], options)) {
    if (!value.name.startsWith(prefix)) return;
    yield value;
  }
}

export function listRuleNamesByTarget(
  caller: Call,
  input: In<"ListRuleNamesByTarget">,
): Out<"ListRuleNamesByTarget"> {
  const { call, bus } = requireBus(caller, input.EventBusName);
  const names = ruleNames(call, [bus.name, input.TargetArn], startOf(input));
  const { items, NextToken } = pageOf(names, input, (name) => name);
  return { RuleNames: [...items], NextToken };
}

function* ruleNames(
  call: Call,
  prefix: readonly [bus: string, arn: string],
  after: string | undefined,
): Generator<string> {
  let last: string | undefined;
  for (const { key } of targetsByArn.scan(call.tx, prefix, after === undefined ? {} : { after: [after] })) {
    if (key[2] === last) continue;
    last = key[2];
    yield last;
  }
}
