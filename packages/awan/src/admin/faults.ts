/** Faults by the admin API: rules as JSON, profiles by name; what happened so far. */
import { FaultInjection } from "../host/fault-injection.ts";
import {
  faultKinds,
  type FaultKind,
  FaultPlan,
  type FaultProfile,
  faultProfiles,
  type FaultRule,
  plainNaming,
  rulesOf,
} from "../host/faults.ts";
import type { Platform } from "../host/platform.ts";
import { durationMs } from "../kernel/duration.ts";

/** `{"profile":"at-least-once"}`, or a rule: `{"on":"Payments","kind":"throttle","times":2}`. */
interface Wanted {
  readonly profile?: unknown;
  readonly seed?: unknown;
  readonly on?: unknown;
  readonly kind?: unknown;
  readonly times?: unknown;
  readonly probability?: unknown;
  readonly delay?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly status?: unknown;
  readonly before?: unknown;
  readonly visible?: unknown;
}

export interface FaultState {
  readonly seed: number | null;
  readonly rules: readonly FaultRule[];
  readonly happened: readonly string[];
}

export function faultsOf({ interventions }: Platform): FaultState {
  const plan = interventions?.plan;
  return { seed: plan?.seed ?? null, rules: plan?.rules ?? [], happened: plan?.happened ?? [] };
}

export async function addFaults(platform: Platform, wanted: Wanted): Promise<FaultState> {
  const rules = wanted.profile === undefined ? [await ruleOf(platform, wanted)] : profileOf(wanted.profile);
  planOf(platform, wanted.seed).add(...rules);
  return faultsOf(platform);
}

export function clearFaults(platform: Platform): FaultState {
  platform.interventions?.plan.clear();
  return faultsOf(platform);
}

/** The platform's plan; made with the seed when this is the first fault asked for. */
function planOf(platform: Platform, seed: unknown): FaultPlan {
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new RangeError("seed is a whole number");
  if (platform.interventions === undefined) {
    platform.intervene(new FaultInjection(platform, new FaultPlan(Number(seed ?? 1)), plainNaming));
  }
  const plan = platform.interventions?.plan;
  if (plan === undefined) throw new Error("a platform lost its interventions");
  if (seed !== undefined && seed !== plan.seed)
    throw new RangeError(`the seed is ${plan.seed} already: it is given with the first fault`);
  return plan;
}

function profileOf(profile: unknown): readonly FaultRule[] {
  if (!faultProfiles.includes(profile as FaultProfile))
    throw new RangeError(`there is no profile ${String(profile)}: choose one of ${faultProfiles.join(", ")}`);
  return rulesOf(profile as FaultProfile);
}

async function ruleOf(platform: Platform, wanted: Wanted): Promise<FaultRule> {
  const { kind, on, delay, code, message } = wanted;
  if (!faultKinds.includes(kind as FaultKind))
    throw new RangeError(`there is no fault ${String(kind)}: choose one of ${faultKinds.join(", ")}`);
  return {
    kind: kind as FaultKind,
    ...(on === undefined ? {} : { target: await physicalName(platform, text("on", on)) }),
    ...numbers(wanted),
    ...(delay === undefined ? {} : { delayMs: durationMs(text("delay", delay)) }),
    ...(code === undefined ? {} : { code: text("code", code) }),
    ...(message === undefined ? {} : { message: text("message", message) }),
    ...(wanted.before === true ? { before: true } : {}),
    ...(wanted.visible === true ? { visible: true } : {}),
  };
}

function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw new RangeError(`${name} is a string`);
  return value;
}

function numbers(wanted: Wanted): Partial<FaultRule> {
  const found: Record<string, number> = {};
  for (const name of ["times", "probability", "status"] as const) {
    const value = wanted[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 0)) throw new RangeError(`${name} is a number`);
    found[name] = value;
  }
  return found;
}

/** What a logical id of a deployed stack stands for; other names stand for themselves. */
async function physicalName(platform: Platform, target: string): Promise<string> {
  if (!platform.registry.has("cloudformation")) return target;
  const { Stacks = [] } = await platform.invoke("cloudformation", "DescribeStacks", {});
  for (const { StackName } of Stacks as readonly { StackName: string }[]) {
    const { StackResources = [] } = await platform.invoke("cloudformation", "DescribeStackResources", {
      StackName,
    });
    for (const resource of StackResources as readonly {
      LogicalResourceId: string;
      PhysicalResourceId?: string;
    }[]) {
      if (resource.LogicalResourceId !== target || resource.PhysicalResourceId === undefined) continue;
      return resource.PhysicalResourceId.split(/[:/]/).at(-1) ?? target;
    }
  }
  return target;
}
