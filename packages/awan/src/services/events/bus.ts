/** Event buses by name or ARN, rules on them, and their ARNs. The default bus is there without being made. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { busNotFound, ruleNotFound } from "./errors.ts";
import { type BusRow, buses, type RuleRow, rules } from "./keys.ts";

export const defaultBus = "default";

/** A bus and the call of the account and region it is in. */
export interface Located {
  readonly call: Call;
  readonly bus: BusRow;
}

const untouched: BusRow = {
  name: defaultBus,
  description: null,
  kmsKeyIdentifier: null,
  deadLetterArn: null,
  policy: null,
  tags: [],
  createdAtMs: 0,
  modifiedAtMs: 0,
};

export const busArn = (call: Call, name: string): string =>
  `arn:${call.partition}:events:${call.region}:${call.accountId}:event-bus/${name}`;

export const ruleArn = (call: Call, { bus, name }: Pick<RuleRow, "bus" | "name">): string =>
  `arn:${call.partition}:events:${call.region}:${call.accountId}:rule/${bus === defaultBus ? "" : `${bus}/`}${name}`;

/** The name and place of a bus that is given by name or ARN. */
export function placeOf(
  caller: Call,
  nameOrArn: string | undefined,
): { readonly call: Call; readonly name: string } {
  const arn = nameOrArn === undefined ? undefined : parseArn(nameOrArn);
  if (arn === undefined) return { call: caller, name: nameOrArn ?? defaultBus };
  return {
    call: caller.in({ accountId: arn.accountId, region: arn.region }),
    name: arn.resource.replace(/^event-bus\//, ""),
  };
}

export function findBus(caller: Call, nameOrArn: string | undefined): Located | undefined {
  const { call, name } = placeOf(caller, nameOrArn);
  const bus = buses.get(call.tx, [name]) ?? (name === defaultBus ? untouched : undefined);
  return bus === undefined ? undefined : { call, bus };
}

export function requireBus(caller: Call, nameOrArn: string | undefined): Located {
  const found = findBus(caller, nameOrArn);
  if (found === undefined) throw busNotFound(placeOf(caller, nameOrArn).name);
  return found;
}

/** Writes what changes about a bus. */
export function updateBus({ call, bus }: Located, changes: Partial<BusRow>): void {
  const createdAtMs = bus.createdAtMs === 0 ? call.nowMs : bus.createdAtMs;
  buses.set(call.tx, [bus.name], { ...bus, createdAtMs, modifiedAtMs: call.nowMs, ...changes });
}

export interface LocatedRule extends Located {
  readonly rule: RuleRow;
}

export function requireRule(caller: Call, name: string, busNameOrArn: string | undefined): LocatedRule {
  const { call, bus } = requireBus(caller, busNameOrArn);
  const rule = rules.get(call.tx, [bus.name, name]);
  if (rule === undefined) throw ruleNotFound(name, bus.name);
  return { call, bus, rule };
}
