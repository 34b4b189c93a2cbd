/**
 * Counts what AWS would charge for: requests that came from outside, invocations of functions, deliveries. Looking at an
 * application (`app.table(…).items()`) is no request and costs nothing. It is beside the journal, which is bounded and
 * keeps no sizes.
 */
import type { FunctionInvocation, FunctionOutcome } from "../host/functions.ts";
import { type CallPoint, parseTraceHeader, type RunCall } from "../host/interventions.ts";
import type { Journal } from "../host/journal.ts";
import type { Clock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import { plainOutput } from "../kernel/json-output.ts";
import type { Used } from "./cost.ts";
import type { PriceName } from "./prices.ts";
import { hasCapacity, type Usage, usageOfCall, usageOfDelivery, usageOfInvocation } from "./usage.ts";

const tracesMax = 10_000;
const apiChunk = 512 * 1024;

class Sum implements Used {
  readonly usage: Usage = {};
  readonly unpriced = new Set<string>();

  add(usage: Usage): void {
    for (const [name, units] of Object.entries(usage) as [PriceName, number][])
      this.usage[name] = (this.usage[name] ?? 0) + units;
  }
}

export class Meter {
  readonly #whole = new Sum();
  readonly #byTrace = new Map<string, Sum>();

  /** Everything, or one story. */
  used(traceId?: string): Used {
    return traceId === undefined ? this.#whole : (this.#byTrace.get(traceId) ?? new Sum());
  }

  /** Counts what only the journal tells; the returned function ends that. */
  listen(journal: Journal): () => void {
    return journal.listen(({ name, traceId, attributes = {} }) => {
      if (name === "apigatewayv2.Request") this.#add(traceId, { "apigatewayv2.requests": 1 });
      if (name !== "sns.delivered" || attributes["error"] !== undefined) return;
      this.#add(traceId, usageOfDelivery(String(attributes["topic"]), String(attributes["protocol"])));
    });
  }

  /** An HTTP API's request with so many bytes in and out; the first 512 KB of either are in the request already. */
  exchanged(traceId: string, bytes: number): void {
    const more = Math.ceil(bytes / apiChunk) - 1;
    if (more > 0) this.#add(traceId, { "apigatewayv2.requests": more });
  }

  async call(point: CallPoint, run: RunCall): Promise<Record<string, unknown>> {
    if (point.request.requestId === undefined) return run();
    const traceId = point.request.trace?.traceId;
    const input = point.input as { ReturnConsumedCapacity?: string | undefined };
    // The service knows what an item and its indexes consumed: it is asked, and whoever did not ask is not told.
    const asked = input.ReturnConsumedCapacity;
    const asks = hasCapacity(point.service, point.operation) && (asked === undefined || asked === "NONE");
    if (asks) input.ReturnConsumedCapacity = "TOTAL";
    let output: Record<string, unknown>;
    try {
      output = await run();
    } catch (error) {
      if (error instanceof AwsError && error.status !== 501) this.#count(point, undefined, traceId);
      throw error;
    } finally {
      if (asks && asked === undefined) delete input.ReturnConsumedCapacity;
      else if (asks) input.ReturnConsumedCapacity = asked;
    }
    const plain = plainOutput(output);
    this.#count(point, plain, traceId);
    if (!asks || plain["ConsumedCapacity"] === undefined) return output;
    const { ConsumedCapacity: _untold, ...told } = plain;
    return told;
  }

  async invocation(
    invocation: FunctionInvocation,
    clock: Clock,
    run: () => Promise<FunctionOutcome>,
  ): Promise<FunctionOutcome> {
    const startedAtMs = clock.nowMs();
    const outcome = await run();
    const { traceId } = parseTraceHeader(invocation.traceHeader);
    this.#add(traceId, usageOfInvocation(invocation, outcome, clock.nowMs() - startedAtMs));
    return outcome;
  }

  #count(point: CallPoint, output: Record<string, unknown> | undefined, traceId: string | undefined): void {
    const usage = usageOfCall(point, output);
    if (usage !== undefined) this.#add(traceId, usage);
    else for (const sum of this.#sums(traceId)) sum.unpriced.add(point.service);
  }

  #add(traceId: string | undefined, usage: Usage): void {
    for (const sum of this.#sums(traceId)) sum.add(usage);
  }

  *#sums(traceId: string | undefined): Generator<Sum> {
    yield this.#whole;
    if (traceId === undefined) return;
    let sum = this.#byTrace.get(traceId);
    if (sum === undefined) {
      sum = new Sum();
      this.#byTrace.set(traceId, sum);
      if (this.#byTrace.size > tracesMax) {
        const [oldest] = this.#byTrace.keys();
        this.#byTrace.delete(oldest as string);
      }
    }
    yield sum;
  }
}
