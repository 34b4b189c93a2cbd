/** Functions as a test sees them: what they were called with, and replacements that run in the test's process. */
import { createHash } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { FaultInjection } from "../host/fault-injection.ts";
import type { FaultPlan } from "../host/faults.ts";
import type { FunctionInvocation, FunctionLogLine, FunctionOutcome } from "../host/functions.ts";
import { placeOfInvocation } from "../host/fault-places.ts";
import {
  type CallPoint,
  type Interventions,
  parseTraceHeader,
  type RunCall,
  type RunInvocation,
} from "../host/interventions.ts";
import type { Clock } from "../kernel/clock.ts";
import type { App } from "./app.ts";
import { runningTrace } from "./connect.ts";
import { type Cost, costOf } from "./cost.ts";
import type { LogRing } from "./log-ring.ts";
import type { Meter } from "./meter.ts";
import { Turns } from "./turns.ts";

export interface MockContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  /** The application that called: in a fork, the fork. */
  readonly app: App;
  /** Variables the function was deployed with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes a line to the function's log. */
  log(line: string): void;
}

export type Mock = (event: never, context: MockContext) => unknown;

export interface FunctionCall {
  readonly event: unknown;
  readonly atMs: number;
  readonly requestId: string;
  /** Undefined until it has answered, and when it failed. */
  readonly result?: unknown;
  /** `Error` name, or AWS's: `Sandbox.Timedout`. */
  readonly error?: string;
}

const callsMax = 100_000;

export class Functions implements Interventions {
  readonly faults: FaultInjection;
  readonly #mocks: Map<string, Mock>;
  readonly #calls: (FunctionCall & { readonly function: string })[] = [];
  readonly #app: () => App;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #logs: LogRing;
  readonly #turns: Turns | undefined;

  constructor(parts: {
    readonly faults: FaultInjection;
    readonly app: () => App;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly logs: LogRing;
    readonly mocks: ReadonlyMap<string, Mock>;
    /** Whether functions in processes run one at a time, so that a run can be repeated. */
    readonly inTurn: boolean;
  }) {
    this.faults = parts.faults;
    this.#app = parts.app;
    this.#clock = parts.clock;
    this.#meter = parts.meter;
    this.#logs = parts.logs;
    this.#mocks = new Map(parts.mocks);
    this.#turns = parts.inTurn ? new Turns() : undefined;
  }

  get plan(): FaultPlan {
    return this.faults.plan;
  }

  get mocks(): ReadonlyMap<string, Mock> {
    return this.#mocks;
  }

  mock(functionName: string, mock: Mock | undefined): void {
    if (mock === undefined) this.#mocks.delete(functionName);
    else this.#mocks.set(functionName, mock);
  }

  calls(functionName: string): readonly FunctionCall[] {
    return this.#calls.filter((call) => call.function === functionName);
  }

  call(point: CallPoint, run: RunCall): Promise<Record<string, unknown>> {
    return this.faults.call(point, () => this.#meter.call(point, run));
  }

  release(): boolean {
    return this.faults.release();
  }

  cost(traceId?: string): Cost {
    return costOf(this.#meter.used(traceId));
  }

  invocation(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    return this.faults.invocation(invocation, (event) => this.#recorded(event, run));
  }

  standIn({ spec }: FunctionInvocation): RunInvocation | undefined {
    const mock = this.#mocks.get(spec.name);
    return mock === undefined ? undefined : (invocation) => this.#runMock(mock, invocation);
  }

  async #recorded(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    const call = {
      function: invocation.spec.name,
      event: parsed(invocation.payload),
      atMs: this.#clock.nowMs(),
      requestId: invocation.requestId,
    };
    const at = this.#calls.push(call) - 1;
    if (this.#calls.length > callsMax) this.#calls.shift();
    const settle = (end: Partial<FunctionCall>): void => {
      if (this.#calls[at] === call) this.#calls[at] = { ...call, ...end };
    };
    try {
      const outcome = await this.#inTurn(invocation, (event) =>
        this.#meter.invocation(event, this.#clock, () => run(event)),
      );
      this.#logs.add(invocation.spec.name, outcome.lines);
      settle(
        outcome.functionError === undefined
          ? { result: parsed(outcome.payload) }
          : { error: outcome.errorType ?? outcome.functionError },
      );
      return outcome;
    } catch (error) {
      settle({ error: error instanceof AwsError ? error.code : String(error) });
      throw error;
    }
  }

  #inTurn(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome> {
    if (this.#turns === undefined || this.#mocks.has(invocation.spec.name)) return run(invocation);
    const { traceId } = parseTraceHeader(invocation.traceHeader);
    const isNested = placeOfInvocation(invocation, String).source === "synchronous";
    return this.#turns.take(traceId, isNested, () => run(invocation));
  }

  async #runMock(mock: Mock, invocation: FunctionInvocation): Promise<FunctionOutcome> {
    const { spec, requestId, invokedArn, traceHeader } = invocation;
    const lines: FunctionLogLine[] = [];
    const log = (line: string): void => {
      lines.push({ timestamp: this.#clock.nowMs(), message: `${line}\n` });
    };
    const context: MockContext = {
      awsRequestId: requestId,
      functionName: spec.name,
      invokedFunctionArn: invokedArn,
      app: this.#app(),
      environment: spec.environment,
      log,
    };
    const day = new Date(this.#clock.nowMs()).toISOString().slice(0, 10).replaceAll("-", "/");
    const hash = createHash("sha1").update(spec.arn).digest("hex").slice(0, 32);
    const logStream = `${day}/[${spec.version}]${hash}`;
    log(`START RequestId: ${requestId} Version: ${spec.version}`);
    let answer: unknown;
    let errorType: string | undefined;
    try {
      const event = parsed(invocation.payload) as never;
      answer = await runningTrace.run(traceHeader, async () => mock(event, context));
    } catch (error) {
      const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
      errorType = name;
      answer = { errorType: name, errorMessage: message, trace: stack.split("\n") };
      log(`ERROR\tInvoke Error\t${name}: ${message}`);
    }
    log(`END RequestId: ${requestId}`);
    const failure = errorType === undefined ? {} : { functionError: "Unhandled" as const, errorType };
    const payload = Buffer.from(JSON.stringify(answer ?? null), "utf8");
    return { payload, ...failure, logStream, lines, durationMs: 0 };
  }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return payload.byteLength === 0 ? {} : JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    return Buffer.from(payload).toString("utf8");
  }
}
