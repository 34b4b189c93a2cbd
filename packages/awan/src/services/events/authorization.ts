/**
 * EventBridge as IAM sees it: actions on buses, rules, archives and replays, with the bus's policy beside the caller's own.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { busArn, placeOf, ruleArn } from "./bus.ts";
import { buses } from "./keys.ts";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function onBus(caller: Call, operation: string, nameOrArn: unknown): Access {
  const { call, name } = placeOf(caller, text(nameOrArn));
  return {
    action: `events:${operation}`,
    resource: busArn(call, name),
    resourcePolicy: buses.get(call.tx, [name])?.policy ?? undefined,
  };
}

function onRule(caller: Call, operation: string, given: { bus: unknown; rule: unknown }): Access {
  const { call, name } = placeOf(caller, text(given.bus));
  return {
    action: `events:${operation}`,
    resource: ruleArn(call, { bus: name, name: text(given.rule) ?? "*" }),
    resourcePolicy: buses.get(call.tx, [name])?.policy ?? undefined,
  };
}

type Given = Readonly<Record<string, unknown>>;
type Accesses = Record<string, (call: Call, input: Given) => Access | readonly Access[]>;

const each = (
  operations: readonly string[],
  access: (call: Call, operation: string, input: Given) => Access,
): Accesses =>
  Object.fromEntries(
    operations.map((operation) => [operation, (call: Call, input: Given) => access(call, operation, input)]),
  );

const ownArn = (call: Call, kind: string, name: unknown): string =>
  `arn:${call.partition}:events:${call.region}:${call.accountId}:${kind}/${text(name) ?? "*"}`;

interface GivenEntry {
  readonly EventBusName?: string;
}

/** Every bus that an entry names. */
function putEvents(call: Call, input: Given): readonly Access[] {
  const entries = Array.isArray(input["Entries"]) ? (input["Entries"] as readonly GivenEntry[]) : [];
  const names = new Set(entries.map((entry) => entry.EventBusName));
  return [...names].map((name) => onBus(call, "PutEvents", name));
}

const accesses: Accesses = {
  PutEvents: putEvents,
  ...each(
    ["CreateEventBus", "DeleteEventBus", "DescribeEventBus", "UpdateEventBus"],
    (call, operation, input) => onBus(call, operation, input["Name"]),
  ),
  ...each(["PutPermission", "RemovePermission"], (call, operation, input) =>
    onBus(call, operation, input["EventBusName"]),
  ),
  ...each(["DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "PutRule"], (call, operation, input) =>
    onRule(call, operation, { bus: input["EventBusName"], rule: input["Name"] }),
  ),
  ...each(["ListTargetsByRule", "PutTargets", "RemoveTargets"], (call, operation, input) =>
    onRule(call, operation, { bus: input["EventBusName"], rule: input["Rule"] }),
  ),
  ...each(
    ["CreateArchive", "DeleteArchive", "DescribeArchive", "UpdateArchive"],
    (call, operation, input) => ({
      action: `events:${operation}`,
      resource: ownArn(call, "archive", input["ArchiveName"]),
    }),
  ),
  ...each(["CancelReplay", "DescribeReplay", "StartReplay"], (call, operation, input) => ({
    action: `events:${operation}`,
    resource: ownArn(call, "replay", input["ReplayName"]),
  })),
  ...each(["ListTagsForResource", "TagResource", "UntagResource"], (_call, operation, input) => {
    const arn = text(input["ResourceARN"]) ?? "";
    return { action: `events:${operation}`, resource: parseArn(arn) === undefined ? "*" : arn };
  }),
};

export const authorization: Authorization = { accesses };
