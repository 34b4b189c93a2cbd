/** Faults as a test asks for them: `app.faults.on("Payments").throttle({ times: 2 })`. */
import {
  type FaultKind,
  type FaultOptions,
  type FaultPlan,
  type FaultProfile,
  type FaultRule,
  rulesOf,
} from "../host/faults.ts";
import { durationMs } from "../kernel/duration.ts";

export interface FaultBuilder {
  /** Refused before it runs: requests with the service's throttling error, functions with TooManyRequestsException. */
  throttle(options?: FaultOptions): FaultBuilder;
  /** A request is refused with this code; a function fails with it as its error's name, without having run. */
  error(
    code: string,
    options?: FaultOptions & { readonly message?: string; readonly status?: number },
  ): FaultBuilder;
  /** A request is not answered; a function has run but answers too late. */
  timeout(options?: FaultOptions): FaultBuilder;
  /** A function's process dies after the handler ran (`before: true`: before). */
  crash(options?: FaultOptions): FaultBuilder;
  /**
   * It happened, but the answer is lost. An SDK then sends the request again, and so does this; with `visible` the
   * caller sees a 500 instead. Whoever delivered an event to a function delivers it again when it would after a failure.
   */
  loseAck(options?: FaultOptions): FaultBuilder;
  /** An event is delivered twice: at the same time, right afterwards or late. A received message is visible again. */
  duplicate(options?: FaultOptions): FaultBuilder;
  /** An event is held back until nothing else happens; messages of a batch are shuffled. */
  reorder(options?: FaultOptions): FaultBuilder;
  /** It happens so much later in virtual time. */
  delay(by: string | number, options?: FaultOptions): FaultBuilder;
}

export interface AppFaults {
  /** Faults at a function, queue, table or topic (its logical id or name), or an operation (`sqs.SendMessage`). */
  on(target: string): FaultBuilder;
  /** Faults everywhere. */
  readonly anywhere: FaultBuilder;
  /** Adds what a profile allows; `at-least-once` is everything AWS does. */
  use(profile: FaultProfile): void;
  /** From now on nothing goes wrong. */
  clear(): void;
  /** The faults that happened so far, in order. */
  readonly happened: readonly string[];
}

export function appFaults(plan: FaultPlan): AppFaults {
  return {
    on: (target) => builder(plan, target),
    anywhere: builder(plan, undefined),
    use: (profile) => plan.add(...rulesOf(profile)),
    clear: () => plan.clear(),
    get happened() {
      return plan.happened;
    },
  };
}

function builder(plan: FaultPlan, target: string | undefined): FaultBuilder {
  const add = (kind: FaultKind, options: Partial<FaultRule> = {}): FaultBuilder => {
    plan.add({ ...options, kind, target });
    return built;
  };
  const built: FaultBuilder = {
    throttle: (options) => add("throttle", options),
    error: (code, options) => add("error", { ...options, code }),
    timeout: (options) => add("timeout", options),
    crash: (options) => add("crash", options),
    loseAck: (options) => add("loseAck", options),
    duplicate: (options) => add("duplicate", options),
    reorder: (options) => add("reorder", options),
    delay: (by, options) => add("delay", { ...options, delayMs: durationMs(by) }),
  };
  return built;
}
