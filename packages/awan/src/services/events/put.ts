/** Putting an event on a bus: AWS's checks of an entry, then every enabled rule it fits and every archive. */
import type { Call } from "../../host/call.ts";
import type { Effect } from "../../host/service.ts";
import { archive } from "./archive.ts";
import { type Located, findBus, ruleArn } from "./bus.ts";
import { deliver } from "./deliver.ts";
import { type BusEvent, type Forward, type ForwardedEvent, type RuleRow, rules, targets } from "./keys.ts";
import { fits } from "./pattern.ts";
import type { EventsEntry, EventsPutResult } from "./port.ts";

const failed = (ErrorCode: string, ErrorMessage: string): EventsPutResult => ({ ErrorCode, ErrorMessage });
const required = (name: string): EventsPutResult =>
  failed("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

/** Seconds, as events tell their time. */
export const eventTime = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

function detailOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** An entry in the order of AWS's checks. What an unknown bus gets is accepted and lost, as on AWS. */
export function putEntry(call: Call, entry: EventsEntry): EventsPutResult {
  const { Source: source, DetailType: detailType, Detail: text, Resources, Time } = entry;
  if (source === undefined || source === "") return required("Source");
  if (detailType === undefined || detailType === "") return required("DetailType");
  if (text === undefined || text === "") return required("Detail");
  const detail = detailOf(text);
  if (detail === undefined) return failed("MalformedDetail", "Detail is malformed.");
  if (source.startsWith("aws.") && call.principal.kind !== "service") {
    return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  const event: BusEvent = {
    version: "0",
    id: call.random.uuid(),
    "detail-type": detailType,
    source,
    account: call.accountId,
    time: eventTime(Time?.getTime() ?? call.nowMs),
    region: call.region,
    resources: [...(Resources ?? [])],
    detail,
  };
  const located = findBus(call, entry.EventBusName);
  call.note("events.put", { bus: located?.bus.name, source, detailType, id: event.id });
  if (located !== undefined) {
    const detailBytes = Buffer.byteLength(text, "utf8");
    route(located, { event, hops: 0, traceHeader: entry.TraceHeader ?? null, detailBytes });
  }
  return { EventId: event.id };
}

export interface Routed extends ForwardedEvent {
  /** Of an entry, as it was put. */
  readonly detailBytes?: number;
  /** Replays go to these rules only, and into no archive. */
  readonly onlyRules?: readonly string[];
}

export function route({ call, bus }: Located, routed: Routed): void {
  for (const { value: rule } of rules.scan(call.tx, [bus.name])) {
    if (rule.state === "DISABLED" || rule.pattern === null) continue;
    if (routed.onlyRules?.includes(ruleArn(call, rule)) === false) continue;
    if (fits(rule.pattern, routed.event)) send(call, rule, routed);
  }
  if (routed.event["replay-name"] === undefined) archive(call, bus.name, routed);
}

/** The effect `events.forward`: what another bus sends this one, in the trace of the event itself. */
export const forward: Effect = async ({ shell, scope, trace }, { bus, forwarded }: Forward) => {
  await shell.run({ name: "events.Forward", ...scope, trace }, (call) => {
    const located = findBus(call, bus);
    if (located !== undefined) route(located, forwarded);
    return true;
  });
};

/** To every target of a rule that was chosen. */
export function send(call: Call, rule: RuleRow, { event, hops, traceHeader }: Routed): void {
  const arn = ruleArn(call, rule);
  for (const { value: target } of targets.scan(call.tx, [rule.bus, rule.name])) {
    deliver(call, {
      event,
      hops,
      traceHeader,
      target,
      ingestedAtMs: call.nowMs,
      ruleArn: arn,
      ruleName: rule.name,
      retries: 0,
      code: "",
      message: "",
    });
  }
}

/** What entries count against the limit. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
export function entryBytes({ Time, Source, DetailType, Detail, Resources }: EventsEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return texts.reduce(
    (bytes, text) => bytes + Buffer.byteLength(text ?? "", "utf8"),
    Time === undefined ? 0 : 14,
  );
}
