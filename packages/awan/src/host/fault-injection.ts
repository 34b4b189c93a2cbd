/**
 * How faults happen, as interventions: a request refused before it runs or answered as lost after it did, an event
 * delivered twice, late, out of order, or run with its outcome lost. Each is a span `fault.*` in the journal.
 */
import { AwsError } from "../kernel/errors.ts";
import { Random } from "../kernel/random.ts";
import type { Activity } from "./activity.ts";
import { eventOf, placeOfCall, placeOfInvocation } from "./fault-places.ts";
import type { Fault, FaultKind, FaultPlace, FaultPlan, FaultRule, Naming } from "./faults.ts";
import type { FunctionInvocation, FunctionOutcome } from "./functions.ts";
import {
  type CallPoint,
  type Interventions,
  parseTraceHeader,
  type RunCall,
  type RunInvocation,
} from "./interventions.ts";
import type { Journal } from "./journal.ts";
import type { Clock } from "../kernel/clock.ts";

export interface Injected {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly activity: Activity;
  readonly accountId: string;
  readonly region: string;
  invoke(service: string, operation: string, input: object): Promise<unknown>;
}

/** The story a fault belongs to. */
interface Cause {
  readonly traceId: string;
  readonly parentId?: string | undefined;
}

const throttleCodes: Readonly<Record<string, string>> = {
  dynamodb: "ProvisionedThroughputExceededException",
  sqs: "RequestThrottled",
  sns: "Throttled",
  lambda: "TooManyRequestsException",
  s3: "SlowDown",
  kinesis: "ProvisionedThroughputExceededException",
};

export class FaultInjection implements Interventions {
  readonly plan: FaultPlan;
  readonly #platform: Injected;
  readonly #naming: Naming;
  readonly #random: Random;
  readonly #held: (() => void)[] = [];

  constructor(platform: Injected, plan: FaultPlan, naming: Naming) {
    this.#platform = platform;
    this.plan = plan;
    this.#naming = naming;
    this.#random = new Random(plan.seed);
  }

  standIn(): undefined {
    return undefined;
  }

  /** Lets go of one thing that was held back, in an order left to chance. */
  release(): boolean {
    if (this.#held.length === 0) return false;
    const [resume] = this.#held.splice(this.#random.integer(this.#held.length), 1);
    resume?.();
    return true;
  }

  async call(point: CallPoint, run: RunCall): Promise<Record<string, unknown>> {
    // Calls of the host's own making are no requests that could be lost.
    if (point.request.requestId === undefined || this.plan.rules.length === 0) return run();
    const place = placeOfCall(point);
    const { trace } = point.request;
    const slow = this.#draw(place, ["delay"], trace);
    if (slow !== undefined) await this.#later(slow.rule.delayMs ?? 0);
    const kinds: FaultKind[] = ["throttle", "error", "timeout", "loseAck"];
    if (point.operation === "ReceiveMessage") kinds.push("duplicate");
    const fault = this.#draw(place, kinds, trace);
    switch (fault?.rule.kind) {
      case "throttle":
        throw new AwsError(throttleCodes[point.service] ?? "ThrottlingException", "Rate exceeded", {
          status: 400,
          ...(point.service === "s3" ? { status: 503 } : {}),
        });
      case "error":
        throw errorOf(fault.rule);
      case "timeout":
        throw new AwsError("RequestTimeout", "The request was not answered in time.", { status: 408 });
      case "loseAck":
        await run().catch(answered);
        if (fault.rule.visible === true)
          throw new AwsError("InternalFailure", "The answer was lost.", { status: 500, fault: "server" });
        // What an SDK does without telling its caller: it sends the request again.
        return run();
      case "duplicate":
        return this.#receivedTwice(point, await run());
      default:
        return run();
    }
  }

  async invocation(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    if (this.plan.rules.length === 0) return run(invocation);
    const place = placeOfInvocation(invocation, this.#naming.logical);
    const trace = parseTraceHeader(invocation.traceHeader);
    const late = this.#draw(place, ["delay", "reorder"], trace);
    if (late?.rule.kind === "delay") await this.#later(late.rule.delayMs ?? 0);
    if (late?.rule.kind === "reorder") await this.#hold();
    const event =
      late?.rule.kind === "reorder" && place.source === "queue" ? this.#shuffled(invocation) : invocation;
    const failure = this.#draw(place, ["throttle", "error", "timeout", "crash", "loseAck"], trace);
    if (failure !== undefined) return this.#failed(failure.rule, event, run);
    const twice = this.#draw(place, ["duplicate"], trace);
    return twice === undefined ? run(event) : this.#duplicated(twice, place, event, run);
  }

  async #failed(rule: FaultRule, event: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    if (rule.kind === "throttle") {
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", {
        status: 429,
        members: { Reason: "ConcurrentInvocationLimitExceeded", Type: "User" },
      });
    }
    const ran = rule.kind === "error" || rule.before === true ? undefined : await run(event);
    const { requestId, spec } = event;
    switch (rule.kind) {
      case "loseAck":
        throw new AwsError("ServiceException", "The answer of the function was lost.", { status: 500 });
      case "crash":
        return failedOutcome(ran, spec.name, {
          errorType: "Runtime.ExitError",
          errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
        });
      case "timeout":
        return failedOutcome(ran, spec.name, {
          errorType: "Sandbox.Timedout",
          errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`,
        });
      default:
        return failedOutcome(ran, spec.name, {
          errorType: rule.code ?? "Error",
          errorMessage: rule.message ?? rule.code ?? "injected",
        });
    }
  }

  /** The same event again: at the same time, at once afterwards, or when nothing else is left to happen. */
  async #duplicated(
    { chance }: Fault,
    place: FaultPlace,
    event: FunctionInvocation,
    run: RunInvocation,
  ): Promise<FunctionOutcome> {
    const again = place.source === "queue" ? this.#someOf(event) : event;
    const inOrder = place.source === "stream" || place.source === "fifo-queue";
    if (!inOrder && chance < 1 / 3) {
      const [outcome] = await Promise.all([run(event), run(again).catch(answered)]);
      return outcome;
    }
    const outcome = await run(event);
    if (inOrder || chance < 2 / 3) await run(again).catch(answered);
    else {
      this.#held.push(() => {
        void this.#platform.activity.during(() => run(again).catch(answered));
      });
    }
    return outcome;
  }

  /** One of the messages becomes visible again at once. */
  async #receivedTwice(point: CallPoint, output: Record<string, unknown>): Promise<Record<string, unknown>> {
    const messages = (output["Messages"] ?? []) as readonly { readonly ReceiptHandle: string }[];
    const { QueueUrl } = point.input as { readonly QueueUrl: string };
    const [first] = messages;
    if (first === undefined || QueueUrl.endsWith(".fifo")) return output;
    const { ReceiptHandle } = messages[this.#random.integer(messages.length)] ?? first;
    await this.#platform.invoke("sqs", "ChangeMessageVisibility", {
      QueueUrl,
      ReceiptHandle,
      VisibilityTimeout: 0,
    });
    return output;
  }

  #shuffled(event: FunctionInvocation): FunctionInvocation {
    return this.#changed(event, (records) => {
      const shuffled = [...records];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const other = this.#random.integer(i + 1);
        [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
      }
      return shuffled;
    });
  }

  #someOf(event: FunctionInvocation): FunctionInvocation {
    return this.#changed(event, (records) => {
      const some = records.filter(() => this.#random.float() < 0.5);
      return some.length === 0 ? records : some;
    });
  }

  #changed(
    invocation: FunctionInvocation,
    change: (records: readonly unknown[]) => readonly unknown[],
  ): FunctionInvocation {
    const event = eventOf(invocation);
    const payload = Buffer.from(JSON.stringify({ ...event, Records: change(event.Records ?? []) }), "utf8");
    return { ...invocation, payload };
  }

  #draw(place: FaultPlace, kinds: readonly FaultKind[], trace: Cause | undefined): Fault | undefined {
    const fault = this.plan.draw(place, kinds, this.#naming.aliases);
    if (fault === undefined) return undefined;
    const { accountId, region, clock, journal } = this.#platform;
    const nowMs = clock.nowMs();
    journal.record({
      name: `fault.${fault.rule.kind}`,
      traceId: trace?.traceId ?? "",
      spanId: this.#random.hex(16),
      parentId: trace?.parentId,
      scope: { accountId, region },
      startMs: nowMs,
      endMs: nowMs,
      attributes: { at: place.label, fault: fault.id },
    });
    return fault;
  }

  /** Waits until nothing else is under way. */
  #hold(): Promise<void> {
    const { activity } = this.#platform;
    return new Promise((resolve) => {
      this.#held.push(() => {
        activity.begin();
        resolve();
      });
      activity.end();
    });
  }

  #later(delayMs: number): Promise<void> {
    const { activity, clock } = this.#platform;
    return new Promise((resolve) => {
      clock.at(clock.nowMs() + delayMs, () => {
        activity.begin();
        resolve();
      });
      activity.end();
    });
  }
}

/** Nobody reads the answer, but a defect is one. */
function answered(error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
}

function errorOf({ code = "InternalServerError", message, status }: FaultRule): AwsError {
  const isServers = /^(?:Internal|Service|Slow)/.test(code);
  return new AwsError(code, message ?? code, {
    status: status ?? (isServers ? 500 : 400),
    fault: isServers ? "server" : "client",
  });
}

function failedOutcome(
  ran: FunctionOutcome | undefined,
  name: string,
  failure: { readonly errorType: string; readonly errorMessage: string },
): FunctionOutcome {
  return {
    logStream: ran?.logStream ?? `faults/${name}`,
    lines: ran?.lines ?? [],
    durationMs: ran?.durationMs ?? 0,
    payload: Buffer.from(JSON.stringify(failure), "utf8"),
    functionError: "Unhandled",
    errorType: failure.errorType,
  };
}
