/**
 * Events nobody waits for: a row until they have ended, one dispatch an attempt. Function errors are retried twice, after
 * one and two minutes; throttles and service errors with backoff until the event is too old; then the dead-letter queue
 * and the on-failure destination. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import type { Call } from "../../host/call.ts";
import type { Completion, EffectContext, Outcome } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { deliverToDeadLetter, deliverToDestination, type Ending } from "./destinations.ts";
import { resolveTarget } from "./function.ts";
import type { Invoker } from "./invoke.ts";
import { type EventRow, events, invokeConfigs, type InvokeConfigRow, latest, versions } from "./keys.ts";
import { limits } from "./limits.ts";
import { functionArn, isLatest, isVersion } from "./names.ts";
import type { InvokeResult } from "./port.ts";

export interface Accepted {
  readonly functionName: string;
  readonly qualifier: string;
  readonly payload: Uint8Array;
  readonly clientContext: string | null;
  readonly requestId: string;
}

/** Takes an event in; the first attempt starts when this transaction is durable. */
export function acceptEvent(call: Call, accepted: Accepted): void {
  const eventId = call.random.uuid();
  const cause = call.trace.parentId ?? null;
  events.set(call.tx, [eventId], { ...accepted, acceptedAtMs: call.nowMs, failures: 0, throttles: 0, cause });
  attempt(call, eventId, call.nowMs);
}

function attempt(call: Call, eventId: string, notBeforeMs: number): void {
  call.dispatch({
    effect: "lambda.run-event",
    request: { eventId },
    completion: "lambda.event-ended",
    context: { eventId },
    notBeforeMs,
  });
}

/** The effect `lambda.run-event`. */
export const runEvent =
  (invoker: Invoker) =>
  async (
    context: EffectContext,
    { eventId }: { readonly eventId: string },
  ): Promise<InvokeResult | undefined> => {
    const { scope, shell, trace } = context;
    const found = await shell.run({ name: "lambda.resolve", ...scope, trace }, (call: Call) => {
      const event = events.get(call.tx, [eventId]);
      if (event === undefined) return { event: undefined };
      const reference = {
        name: event.functionName,
        qualifier: event.qualifier === "" ? undefined : event.qualifier,
      };
      return { event, target: resolveTarget(call, reference) };
    });
    if (found.event === undefined) return undefined;
    const { payload, requestId, clientContext, cause } = found.event;
    return invoker.run(context, {
      target: found.target,
      payload,
      requestId,
      causes: [cause ?? undefined],
      ...(clientContext === null ? {} : { clientContext }),
    });
  };

/** The completion `lambda.event-ended`. */
export const eventEnded: Completion = (call, context, outcome) => {
  const { eventId } = context as { eventId: string };
  const event = events.get(call.tx, [eventId]);
  if (event === undefined) return;
  const config = invokeConfigOf(call, event);
  const ageMsMax = (config?.eventAgeSeconds ?? limits.eventAgeSecondsDefault) * 1000;
  const result = resultOf(outcome);
  if (result !== undefined && result.functionError === undefined) {
    finish(call, eventId, event, { condition: "Success", result });
    return;
  }
  if (result === undefined && !outcome.ok && outcome.code === "ResourceNotFoundException") {
    events.delete(call.tx, [eventId]);
    return;
  }
  if (!outcome.ok && outcome.code === "RecursiveInvocationException") {
    finish(call, eventId, event, { condition: "RecursionDetected", result });
    return;
  }
  const failed = result === undefined ? event : { ...event, failures: event.failures + 1 };
  if (result !== undefined && failed.failures > (config?.retryAttempts ?? limits.retryAttemptsDefault)) {
    finish(call, eventId, failed, { condition: "RetriesExhausted", result });
    return;
  }
  const next = result === undefined ? { ...failed, throttles: failed.throttles + 1 } : failed;
  const delayMs =
    result === undefined
      ? throttleDelayMs(failed.throttles)
      : (limits.retryDelaysMs[failed.failures - 1] ?? 0);
  if (call.nowMs + delayMs > event.acceptedAtMs + ageMsMax) {
    finish(call, eventId, failed, { condition: "EventAgeExceeded", result });
    return;
  }
  events.set(call.tx, [eventId], next);
  attempt(call, eventId, call.nowMs + delayMs);
};

const resultOf = (outcome: Outcome): InvokeResult | undefined =>
  outcome.ok ? (outcome.value as InvokeResult | undefined) : undefined;

const throttleDelayMs = (throttles: number): number =>
  Math.min(limits.throttleDelayMsMax, limits.throttleDelayMsFirst * 2 ** throttles);

function invokeConfigOf(call: Call, event: EventRow): InvokeConfigRow | undefined {
  return invokeConfigs.get(call.tx, [
    event.functionName,
    isLatest(event.qualifier) ? "$LATEST" : event.qualifier,
  ]);
}

type End = Pick<Ending, "condition" | "result">;

function finish(call: Call, eventId: string, event: EventRow, end: End): void {
  events.delete(call.tx, [eventId]);
  const config = invokeConfigOf(call, event);
  const destination = end.condition === "Success" ? config?.onSuccess : config?.onFailure;
  const qualifier = event.qualifier === "" ? "$LATEST" : event.qualifier;
  const ending: Ending = {
    ...end,
    functionArn: functionArn(call, event.functionName, qualifier),
    functionName: event.functionName,
    requestId: event.requestId,
    payload: event.payload,
    invokeCount: event.failures + (end.condition === "Success" ? 1 : 0),
  };
  call.note("lambda.event-ended", {
    function: event.functionName,
    condition: end.condition,
    requestId: event.requestId,
  });
  if (end.condition !== "Success") {
    const number = isVersion(event.qualifier) ? Number(event.qualifier) : latest;
    const target = versions.get(call.tx, [event.functionName, number])?.settings.DeadLetterConfig?.TargetArn;
    if (target !== undefined && target !== "") quietly(call, () => deliverToDeadLetter(call, target, ending));
  }
  if (typeof destination === "string") quietly(call, () => deliverToDestination(call, destination, ending));
}

/** A destination that is gone or full loses the record, as on AWS; the journal keeps that it did. */
function quietly(call: Call, deliver: () => void): void {
  const failed = call.tx.draft.attempt(deliver);
  if (failed instanceof AwsError)
    call.note("lambda.destination-failed", { code: failed.code, message: failed.message });
}
