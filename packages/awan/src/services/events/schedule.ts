/** Rules on a schedule: one duty a rule, due at its next time, which sends a `Scheduled Event` and is due again. */
import { nextTimeMs, parseSchedule } from "../../engines/cron/cron.ts";
import type { Call } from "../../host/call.ts";
import type { Duty } from "../../host/service.ts";
import { ruleArn } from "./bus.ts";
import { type RuleRow, rules } from "./keys.ts";
import { eventTime, send } from "./put.ts";

/** Begins, or ends, a rule's schedule as it now is. A rate counts from now. */
export function reschedule(call: Call, rule: RuleRow): void {
  const schedule = rule.schedule === null ? undefined : parseSchedule(rule.schedule);
  const atMs =
    schedule === undefined || rule.state === "DISABLED" ? undefined : nextTimeMs(schedule, call.nowMs);
  if (atMs === undefined) call.unschedule("events.tick", [rule.bus, rule.name]);
  else call.schedule("events.tick", [rule.bus, rule.name], atMs, atMs);
}

/** The duty `events.tick`: key `[bus, rule]`, payload when it was due. */
export const tick: Duty = (call, key, payload) => {
  const rule = rules.get(call.tx, key as [string, string]);
  const schedule = typeof rule?.schedule === "string" ? parseSchedule(rule.schedule) : undefined;
  if (rule === undefined || schedule === undefined || rule.state === "DISABLED") return;
  const dueAtMs = typeof payload === "number" ? payload : call.nowMs;
  send(call, rule, {
    event: {
      version: "0",
      id: call.random.uuid(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: call.accountId,
      time: eventTime(dueAtMs),
      region: call.region,
      resources: [ruleArn(call, rule)],
      detail: {},
    },
    hops: 0,
    traceHeader: null,
  });
  // What a stopped server has missed is not made up for, but a rate keeps its beat.
  const lateMs = Math.max(0, call.nowMs - dueAtMs);
  const from =
    schedule.kind === "rate" ? call.nowMs - (lateMs % schedule.everyMs) : Math.max(dueAtMs, call.nowMs);
  const atMs = nextTimeMs(schedule, from);
  if (atMs !== undefined) call.schedule("events.tick", key, atMs, atMs);
};
