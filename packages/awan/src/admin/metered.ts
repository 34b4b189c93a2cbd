/** Counting what a running cloud would cost on AWS, from when it is asked for on, around whatever else intervenes. */
import { FaultInjection } from "../host/fault-injection.ts";
import { FaultPlan, plainNaming } from "../host/faults.ts";
import type { FunctionInvocation, FunctionOutcome } from "../host/functions.ts";
import type { CallPoint, Interventions, RunCall, RunInvocation } from "../host/interventions.ts";
import type { Platform } from "../host/platform.ts";
import { type Cost, costOf } from "../testing/cost.ts";
import { Meter } from "../testing/meter.ts";

class Metered implements Interventions {
  readonly #inner: Interventions;
  readonly #meter = new Meter();
  readonly #platform: Platform;

  constructor(inner: Interventions, platform: Platform) {
    this.#inner = inner;
    this.#platform = platform;
    this.#meter.listen(platform.journal);
  }

  get plan(): FaultPlan {
    return this.#inner.plan;
  }

  call(point: CallPoint, run: RunCall): Promise<Record<string, unknown>> {
    return this.#inner.call(point, () => this.#meter.call(point, run));
  }

  invocation(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    return this.#inner.invocation(invocation, (event) =>
      this.#meter.invocation(event, this.#platform.clock, () => run(event)),
    );
  }

  standIn(invocation: FunctionInvocation): RunInvocation | undefined {
    return this.#inner.standIn(invocation);
  }

  release(): boolean {
    return this.#inner.release();
  }

  cost(traceId?: string): Cost {
    return costOf(this.#meter.used(traceId));
  }
}

/** Begins to count, if nobody does yet. */
export function startMeter(platform: Platform): object {
  const { interventions } = platform;
  if (interventions?.cost === undefined) {
    const inner = interventions ?? new FaultInjection(platform, new FaultPlan(1), plainNaming);
    platform.intervene(new Metered(inner, platform));
  }
  return costSoFar(platform, undefined);
}

export function costSoFar({ interventions }: Platform, traceId: string | undefined): object {
  const cost = interventions?.cost?.(traceId);
  if (cost === undefined) throw new RangeError("nothing is counted yet: POST /_awan/cost begins");
  return cost;
}
