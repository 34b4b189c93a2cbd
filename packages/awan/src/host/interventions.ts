/**
 * The points at which a test may step between the platform and what it does: calls from outside and invocations of
 * functions. Faults, mocks and spies are interventions; a platform without any pays one look at an undefined field.
 */
import { createHash } from "node:crypto";
import { SystemClock } from "../kernel/system-clock.ts";
import type { FaultPlan } from "./faults.ts";
import type { FunctionInvocation, FunctionOutcome, FunctionRunner } from "./functions.ts";
import type { RunRequest, Shell } from "./service.ts";

/** A call of an operation, before it runs. */
export interface CallPoint {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  /** Calls that came through a front door have a request id. */
  readonly request: Partial<RunRequest>;
}

export type RunCall = () => Promise<Record<string, unknown>>;
export type RunInvocation = (invocation: FunctionInvocation) => Promise<FunctionOutcome>;

export interface Interventions {
  /** The faults among them. */
  readonly plan: FaultPlan;
  call(point: CallPoint, run: RunCall): Promise<Record<string, unknown>>;
  invocation(invocation: FunctionInvocation, run: RunInvocation): Promise<FunctionOutcome>;
  /** What takes the function's place, if something does. */
  standIn(invocation: FunctionInvocation): RunInvocation | undefined;
  /** Nothing else is under way: lets go of something held back; whether there was anything. */
  release(): boolean;
  /** What everything, or one story, would have cost on AWS, where that is counted. */
  cost?(traceId?: string): object;
}

interface Root {
  readonly traceId: string;
  readonly parentId: string;
}

/** `Root=1-…;Parent=…;Sampled=1` → its two ids. */
export function parseTraceHeader(header: string): Root {
  return {
    traceId: /Root=([^;]+)/.exec(header)?.[1] ?? "",
    parentId: /Parent=([^;]+)/.exec(header)?.[1] ?? "",
  };
}

/** The span of an invocation. The runs of one event under one parent are told apart by how many there were. */
export const invocationSpanId = (parentId: string, requestId: string, runs: number): string =>
  createHash("sha1").update(`${parentId}/${requestId}/${runs}`).digest("hex").slice(0, 16);

/** The runner with every invocation a span of its own, and the shell's interventions around it. */
export function instrumented(runner: FunctionRunner): FunctionRunner {
  return {
    invoke: (shell, invocation) => invokeInstrumented(runner, shell, invocation),
    unusable: (runtime) => runner.unusable(runtime),
    prepare: () => runner.prepare(),
    retire: (arn, version) => runner.retire(arn, version),
    provision: (shell, spec, count) => runner.provision(shell, spec, count),
    replace: (name, replacement) => runner.replace(name, replacement),
    close: () => runner.close(),
  };
}

const realTimes = ({ durationMs, initMs }: FunctionOutcome): object => ({
  durationMs,
  ...(initMs === undefined ? {} : { initMs }),
});

async function invokeInstrumented(
  runner: FunctionRunner,
  shell: Shell,
  invocation: FunctionInvocation,
): Promise<FunctionOutcome> {
  const { traceId, parentId } = parseTraceHeader(invocation.traceHeader);
  const { interventions } = shell;
  let runs = 0;
  const run = async (event: FunctionInvocation): Promise<FunctionOutcome> => {
    const startMs = shell.clock.nowMs();
    shell.onTransaction?.(`function ${event.spec.name}`);
    runs += 1;
    const spanId = invocationSpanId(parentId, event.requestId, runs);
    const traceHeader = `Root=${traceId};Parent=${spanId};Sampled=1${shell.lineage ?? ""}`;
    let outcome: FunctionOutcome | undefined;
    try {
      const standIn = interventions?.standIn(event);
      const traced = { ...event, traceHeader };
      outcome = await (standIn === undefined ? runner.invoke(shell, traced) : standIn(traced));
      return outcome;
    } finally {
      shell.journal?.record({
        name: "lambda.invocation",
        traceId,
        spanId,
        parentId,
        scope: { accountId: event.spec.accountId, region: event.spec.region },
        startMs,
        endMs: shell.clock.nowMs(),
        error: outcome === undefined ? "ServiceException" : (outcome.errorType ?? outcome.functionError),
        attributes: {
          function: event.spec.name,
          version: event.spec.version,
          requestId: event.requestId,
          // Real time has no place in a run that can be repeated.
          ...(outcome !== undefined && shell.clock instanceof SystemClock ? realTimes(outcome) : {}),
        },
      });
    }
  };
  return interventions === undefined ? run(invocation) : interventions.invocation(invocation, run);
}
