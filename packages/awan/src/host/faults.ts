/**
 * Which faults happen: rules, and the chance by which each is drawn. A decision depends on the seed, the rule, the place
 * and how often that place was passed, and on nothing else, so that a run can be repeated and single faults left out.
 */
export const faultKinds = [
  "throttle",
  "error",
  "timeout",
  "crash",
  "loseAck",
  "duplicate",
  "reorder",
  "delay",
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Names as people know them: an application's logical ids, and what they stand for in requests and events. */
export interface Naming {
  readonly aliases: (target: string) => readonly string[];
  readonly logical: (name: string) => string;
}

export const plainNaming: Naming = { aliases: () => [], logical: (name) => name };

/** Where an event comes from, as far as AWS promises differ. */
export type Source = "call" | "queue" | "fifo-queue" | "stream" | "push" | "synchronous";

export interface FaultOptions {
  /** At most so often; without it and without a probability: every time. */
  readonly times?: number;
  /** How likely each time, from 0 to 1. */
  readonly probability?: number;
  /** `crash` and `timeout` of functions: before the handler ran, instead of after. */
  readonly before?: boolean;
  /** `loseAck` of a call: the caller does not try again but sees the failure. */
  readonly visible?: boolean;
}

export interface FaultRule extends FaultOptions {
  /** Names it applies to (a function, queue, table; a logical id; `sqs.SendMessage`); undefined is everything. */
  readonly target?: string | undefined;
  readonly kind: FaultKind;
  /** Only for events of these sources. */
  readonly sources?: readonly Source[];
  readonly delayMs?: number;
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
  /** Of a profile: never fails the same event twice, and leaves reading calls alone. */
  readonly gentle?: boolean;
}

/** A place where faults may happen, with all the names by which rules may mean it. */
export interface FaultPlace {
  readonly label: string;
  readonly source: Source;
  readonly names: ReadonlySet<string>;
  /** Identifies the events, so that a profile does not fail one twice. */
  readonly events: readonly string[];
  readonly mutates: boolean;
}

export interface Fault {
  /** Names this fault in this run: `duplicate RecordOrder #3`. */
  readonly id: string;
  readonly rule: FaultRule;
  /** In [0, 1): for what is left to chance about how it happens. */
  readonly chance: number;
}

const failing: ReadonlySet<FaultKind> = new Set(["throttle", "error", "timeout", "crash", "loseAck"]);

const delivered: readonly Source[] = ["queue", "fifo-queue", "stream", "push"];
const unordered: readonly Source[] = ["queue", "push"];

const profileParts = {
  duplicates: [
    { kind: "duplicate", probability: 0.2, sources: ["queue", "stream", "push"] },
    { kind: "duplicate", probability: 0.1, sources: ["call"], target: "sqs.ReceiveMessage" },
  ],
  reordering: [{ kind: "reorder", probability: 0.25, sources: unordered }],
  "lost-acknowledgements": [
    { kind: "loseAck", probability: 0.1, sources: ["call"] },
    { kind: "loseAck", probability: 0.05, sources: delivered },
  ],
  crashes: [
    { kind: "crash", probability: 0.05, sources: delivered },
    { kind: "crash", probability: 0.05, sources: delivered, before: true },
  ],
  throttling: [{ kind: "throttle", probability: 0.05, sources: delivered }],
} as const satisfies Record<string, readonly FaultRule[]>;

/** `at-least-once` is everything AWS allows. */
export type FaultProfile = keyof typeof profileParts | "at-least-once" | "none";

export const faultProfiles = [
  ...Object.keys(profileParts),
  "at-least-once",
  "none",
] as readonly FaultProfile[];

export function rulesOf(profile: FaultProfile): readonly FaultRule[] {
  if (profile === "none") return [];
  const parts = profile === "at-least-once" ? Object.values(profileParts).flat() : profileParts[profile];
  return parts.map((rule) => ({ ...rule, gentle: true }));
}

export class FaultPlan {
  readonly seed: number;
  /** When set, only these faults happen: how a failing run is made smaller. */
  only: ReadonlySet<string> | undefined;
  readonly #rules: FaultRule[] = [];
  readonly #passed = new Map<string, number>();
  readonly #used = new Map<FaultRule, number>();
  readonly #failed = new Set<string>();
  readonly #happened: string[] = [];

  constructor(seed: number) {
    this.seed = seed;
  }

  get rules(): readonly FaultRule[] {
    return this.#rules;
  }

  /** The faults that happened, in order. */
  get happened(): readonly string[] {
    return this.#happened;
  }

  add(...rules: readonly FaultRule[]): void {
    this.#rules.push(...rules);
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** The fault that happens at `place` now, if one of `kinds` does. `aliases` gives other names of a rule's target. */
  draw(
    place: FaultPlace,
    kinds: readonly FaultKind[],
    aliases: (target: string) => readonly string[],
  ): Fault | undefined {
    for (const [index, rule] of this.#rules.entries()) {
      if (!kinds.includes(rule.kind) || !applies(rule, place, aliases)) continue;
      const passing = `${index} ${rule.kind} ${place.label}`;
      const count = (this.#passed.get(passing) ?? 0) + 1;
      this.#passed.set(passing, count);
      const id = `${rule.kind} ${place.label} #${count}${index === 0 ? "" : ` (rule ${index + 1})`}`;
      if (!this.#happens(rule, place, passing, count, id)) continue;
      this.#used.set(rule, (this.#used.get(rule) ?? 0) + 1);
      if (failing.has(rule.kind)) for (const event of place.events) this.#failed.add(event);
      this.#happened.push(id);
      return { id, rule, chance: drawn(`${this.seed} how ${passing}`, count) };
    }
    return undefined;
  }

  #happens(rule: FaultRule, place: FaultPlace, passing: string, count: number, id: string): boolean {
    if (this.only !== undefined && !this.only.has(id)) return false;
    if (rule.times !== undefined && (this.#used.get(rule) ?? 0) >= rule.times) return false;
    if (rule.gentle === true && failing.has(rule.kind)) {
      if (place.source === "call" && !place.mutates) return false;
      if (place.events.some((event) => this.#failed.has(event))) return false;
    }
    return rule.probability === undefined || drawn(`${this.seed} ${passing}`, count) < rule.probability;
  }
}

function applies(
  { target, sources }: FaultRule,
  place: FaultPlace,
  aliases: (target: string) => readonly string[],
): boolean {
  if (sources !== undefined && !sources.includes(place.source)) return false;
  return target === undefined || [target, ...aliases(target)].some((name) => place.names.has(name));
}

/** A number in [0, 1) that depends on nothing but its arguments (FNV-1a with a final mix). */
function drawn(text: string, count: number): number {
  let hash = 0x811c9dc5 ^ count;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
