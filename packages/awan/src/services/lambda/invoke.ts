/**
 * The effects that run functions. They hold the one thing that is no row: how many events of each function are under
 * way in this process, which is what concurrency limits count.
 */
import type { Call, Scope } from "../../host/call.ts";
import type { FunctionOutcome, FunctionRunner, FunctionStream } from "../../host/functions.ts";
import type { EffectContext } from "../../host/service.ts";
import { invocationSpanId } from "../../host/interventions.ts";
import { AwsError } from "../../kernel/errors.ts";
import { SystemClock } from "../../kernel/system-clock.ts";
import { inALoop, throttled } from "./errors.ts";
import { resolveTarget, type Target } from "./function.ts";
import { Lineages, spanIn } from "./lineage.ts";
import { limits } from "./limits.ts";
import { parseFunctionArn, parseFunctionName } from "./names.ts";
import type { Streaming } from "./operations/invoke-with-response-stream.ts";
import type { InvokeRequest, InvokeResult } from "./port.ts";
import { ResponseStream } from "./response-stream.ts";

/** A request whose function is already found. */
export interface RunRequest {
  readonly target: Target;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly clientContext?: string;
  readonly stream?: FunctionStream;
  /** Spans of the invocations that led to this one. */
  readonly causes?: readonly (string | undefined)[];
  /** Whether a caller waits who may ask only so often a second. */
  readonly isRated?: boolean;
}

export class Invoker {
  readonly runner: FunctionRunner;
  /** Events under way by function ARN, and by account and region for those without a reservation. */
  readonly #inFlight = new Map<string, number>();
  readonly #lineages = new Lineages();
  /** Requests of the current second, by function. */
  readonly #rates = new Map<string, { second: number; count: number }>();

  constructor(runner: FunctionRunner) {
    this.runner = runner;
  }

  /** The effect `lambda.invoke`. */
  readonly invoke = async (context: EffectContext, request: InvokeRequest): Promise<InvokeResult> => {
    const parsed = parseFunctionArn(request.functionArn);
    const scope: Scope = parsed ?? context.scope;
    const target = await context.shell.run(
      { name: "lambda.resolve", ...pick(scope), trace: context.trace },
      (call: Call) => resolveTarget(call, parseFunctionName(call, request.functionArn)),
    );
    const run: RunRequest = {
      target,
      payload: request.payload,
      requestId: request.requestId ?? context.random.uuid(),
      causes: [context.trace.parentId, ...(request.traceHeaders ?? []).map(spanIn)],
      ...(request.clientContext === undefined ? {} : { clientContext: request.clientContext }),
    };
    try {
      return await this.run(context, run);
    } catch (error) {
      const isLoop = error instanceof AwsError && error.code === "RecursiveInvocationException";
      if (!isLoop || request.traceHeaders === undefined) throw error;
      // A source does not try a stopped batch again: it has failed.
      const failure = { errorType: error.code, errorMessage: error.message };
      const payload = Buffer.from(JSON.stringify(failure), "utf8");
      return { payload, functionError: "Unhandled", executedVersion: target.spec.version };
    }
  };

  /** The effect `lambda.run`. */
  readonly run = async (context: EffectContext, request: RunRequest): Promise<InvokeResult> => {
    const { target } = request;
    this.#follow(context, request);
    if (request.isRated === true) this.#rate(context, target);
    const leave = this.#enter(target, context.shell.lineage ?? "");
    let outcome: FunctionOutcome;
    try {
      outcome = await this.runner.invoke(context.shell, {
        spec: target.spec,
        requestId: request.requestId,
        invokedArn: target.invokedArn,
        payload: request.payload.byteLength === 0 ? emptyEvent : request.payload,
        traceHeader: `Root=${context.trace.traceId};Parent=${context.trace.spanId.slice(0, 16)};Sampled=1`,
        ...(request.clientContext === undefined ? {} : { clientContext: request.clientContext }),
        ...(request.stream === undefined ? {} : { stream: request.stream }),
      });
    } finally {
      leave();
    }
    this.#writeLog(context, target, outcome);
    return {
      payload: outcome.payload,
      executedVersion: target.spec.version,
      logTail: tail(outcome),
      ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
      ...(outcome.prelude === undefined ? {} : { prelude: outcome.prelude }),
    };
  };

  /** The effect `lambda.stream`: resolves as soon as the function runs. */
  readonly stream = async (context: EffectContext, request: RunRequest): Promise<Streaming> => {
    const stream = new ResponseStream();
    const result = this.run(context, { ...request, stream });
    result.then(
      () => stream.end(),
      (error: unknown) => stream.fail(error),
    );
    // A refusal (throttling, no such runtime) must be an error of the call, not of the stream.
    await Promise.race([stream.started, result]);
    return { stream, result };
  };

  /** The effect `lambda.retire`: a function is gone, and so are its instances. */
  readonly retire = async (
    _context: EffectContext,
    request: { readonly functionArn: string },
  ): Promise<void> => {
    this.runner.retire(request.functionArn);
  };

  /** The effect `lambda.provision`: instances started ahead of their first event, as many as this machine reasonably holds. */
  readonly provision = async (
    { shell, scope, trace }: EffectContext,
    request: { readonly name: string; readonly qualifier: string; readonly count: number },
  ): Promise<void> => {
    const { spec } = await shell.run({ name: "lambda.resolve", ...scope, trace }, (call: Call) =>
      resolveTarget(call, { name: request.name, qualifier: request.qualifier }),
    );
    await this.runner.provision(shell, spec, Math.min(request.count, limits.provisionedHereMax));
  };

  /** Remembers which invocations led to this one, or refuses it as the next round of a loop. */
  #follow({ trace }: EffectContext, { target, requestId, causes = [] }: RunRequest): void {
    const { arn } = target.spec;
    const lineage = this.#lineages.next(arn, causes);
    if (target.stopsLoops && lineage.count > limits.chainLengthMax) throw inALoop(target.invokedArn);
    const parentId = trace.spanId.slice(0, 16);
    this.#lineages.remember(invocationSpanId(parentId, requestId, 1), lineage);
  }

  /** Instances serve ten synchronous requests a second each. Virtual time stands still: nothing is too often in it. */
  #rate({ shell }: EffectContext, { spec, reservedConcurrency, unreservedConcurrency }: Target): void {
    if (!(shell.clock instanceof SystemClock)) return;
    const isReserved = reservedConcurrency !== null;
    const instances = isReserved ? reservedConcurrency : unreservedConcurrency;
    const second = Math.floor(shell.clock.nowMs() / 1000);
    let rate = this.#rates.get(spec.arn);
    if (rate?.second !== second) this.#rates.set(spec.arn, (rate = { second, count: 0 }));
    rate.count += 1;
    if (instances === 0 || rate.count <= instances * limits.requestsPerSecondAndInstance) return;
    throw throttled(
      isReserved ? "ReservedFunctionInvocationRateLimitExceeded" : "FunctionInvocationRateLimitExceeded",
    );
  }

  /** Counts an event in, or refuses it as AWS does. */
  #enter(target: Target, lineage: string): () => void {
    const { spec, reservedConcurrency, unreservedConcurrency } = target;
    const isReserved = reservedConcurrency !== null;
    // Forks share the processes, not the limits.
    const key = `${isReserved ? spec.arn : `${spec.accountId}:${spec.region}`}${lineage}`;
    const count = this.#inFlight.get(key) ?? 0;
    if (count >= (isReserved ? reservedConcurrency : unreservedConcurrency)) {
      throw throttled(
        isReserved
          ? "ReservedFunctionConcurrentInvocationLimitExceeded"
          : "ConcurrentInvocationLimitExceeded",
      );
    }
    this.#inFlight.set(key, count + 1);
    return () => {
      const left = (this.#inFlight.get(key) ?? 1) - 1;
      if (left > 0) this.#inFlight.set(key, left);
      else this.#inFlight.delete(key);
    };
  }

  /** Not waited for: the answer does not depend on it, and the host knows that it is under way. */
  #writeLog(context: EffectContext, { spec }: Target, outcome: FunctionOutcome): void {
    const events = outcome.lines.map((line) => ({ timestampMs: line.timestamp, message: line.message }));
    if (events.length === 0) return;
    const { accountId, region } = spec;
    void context.shell
      .run({ name: "lambda.log", accountId, region, trace: context.trace }, (call: Call) => {
        call.ports.logs.append(call, { groupName: spec.logGroup, streamName: outcome.logStream, events });
      })
      .catch(() => {
        // A defect has been reported by the host; a platform that is stopping logs no more.
      });
  }
}

const emptyEvent = Buffer.from("{}", "utf8");

const pick = ({ accountId, region }: Scope): Scope => ({ accountId, region });

/** The last 4 KB of the log, in base64; what the init phase wrote is not part of it. */
function tail(outcome: FunctionOutcome): string {
  const messages = outcome.lines.map((line) => line.message);
  const start = messages.findIndex((message) => /^START |"type":"platform\.start"/.test(message));
  const bytes = Buffer.from(messages.slice(Math.max(0, start)).join(""), "utf8");
  return bytes.subarray(Math.max(0, bytes.byteLength - limits.logTailBytes)).toString("base64");
}
