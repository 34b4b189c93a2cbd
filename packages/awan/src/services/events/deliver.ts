/**
 * One event to one target: in the transaction of the event itself where the target is ours. What a retry may help is kept
 * and tried again on the clock; what is lost at once, or too often, goes to the target's dead-letter queue.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
 */
import type { Call } from "../../host/call.ts";
import type { Completion, Duty } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { deliveries, type DeliveryRow } from "./keys.ts";
import { limits } from "./limits.ts";
import { sendTo } from "./targets.ts";

export function deliver(call: Call, delivery: DeliveryRow): void {
  const outcome = call.tx.draft.attempt(() => {
    sendTo(call, delivery);
  });
  call.note("events.delivered", {
    rule: delivery.ruleName,
    target: delivery.target.Arn,
    id: delivery.event.id,
    ...(outcome instanceof AwsError ? { error: outcome.code } : {}),
  });
  if (outcome instanceof AwsError) fail(call, delivery, outcome);
}

const transient = /Throttl|TooManyRequests|ThroughputExceeded|ServiceUnavailable|OverLimit|InternalFailure/;

type Failure = Pick<AwsError, "code" | "message">;

function fail(call: Call, delivery: DeliveryRow, { code, message }: Failure): void {
  const { RetryPolicy } = delivery.target;
  if (!transient.test(code)) {
    toDeadLetters(call, { ...delivery, code, message });
    return;
  }
  const attemptsMax = RetryPolicy?.MaximumRetryAttempts ?? limits.retryAttemptsDefault;
  const ageMsMax = (RetryPolicy?.MaximumEventAgeInSeconds ?? limits.retryAgeSecondsDefault) * 1000;
  if (delivery.retries >= attemptsMax) {
    toDeadLetters(call, { ...delivery, code, message }, "MaximumRetryAttempts");
    return;
  }
  const ceilingMs = Math.min(limits.retryDelayMsMax, limits.retryDelayMsFirst * 2 ** delivery.retries);
  const atMs = call.nowMs + Math.round(ceilingMs * (0.75 + call.random.float() / 4));
  if (atMs > delivery.ingestedAtMs + ageMsMax) {
    toDeadLetters(call, { ...delivery, code, message }, "MaximumEventAgeInSeconds");
    return;
  }
  const id = call.random.uuid();
  deliveries.set(call.tx, [id], { ...delivery, retries: delivery.retries + 1, code, message });
  call.schedule("events.retry", [id], atMs);
}

/** The duty `events.retry`: key `[delivery id]`. */
export const retry: Duty = (call, key) => {
  const [id] = key as [string];
  const delivery = deliveries.get(call.tx, [id]);
  if (delivery === undefined) return;
  deliveries.delete(call.tx, [id]);
  deliver(call, delivery);
};

/** Told how a target outside of this transaction took an event. */
export const reached: Completion = (call, context, outcome) => {
  if (!outcome.ok) fail(call, context as DeliveryRow, outcome);
};

/** AWS's names for what went wrong. */
function errorCode(code: string): string {
  if (/^[A-Z_]+$/.test(code)) return code;
  if (/NotFound|DoesNotExist|NonExistent|NoSuch/.test(code)) return "NO_RESOURCE";
  if (/AccessDenied|Authorization/.test(code)) return "NO_PERMISSIONS";
  if (/Throttl|TooManyRequests|ThroughputExceeded/.test(code)) return "THROTTLING";
  if (/Invalid|Validation/.test(code)) return "INVALID_PARAMETER";
  return "SDK_CLIENT_ERROR";
}

/** Without a queue, and when the queue cannot take it, the event is lost, as on AWS. */
function toDeadLetters(call: Call, delivery: DeliveryRow, exhausted?: string): void {
  const queueArn = delivery.target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) {
    call.note("events.lost", { rule: delivery.ruleName, id: delivery.event.id, error: delivery.code });
    return;
  }
  const texts = {
    RULE_ARN: delivery.ruleArn,
    TARGET_ARN: delivery.target.Arn,
    ERROR_CODE: errorCode(delivery.code),
    ERROR_MESSAGE: delivery.message === "" ? delivery.code : delivery.message,
    RETRY_ATTEMPTS: String(delivery.retries),
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  const sent = call.tx.draft.attempt(() =>
    call.ports.sqs.send(call, {
      queueArn,
      body: JSON.stringify(delivery.event),
      attributes: Object.fromEntries(
        Object.entries(texts).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      ),
      onBehalf: { service: "events", sourceArn: delivery.ruleArn },
    }),
  );
  call.note(sent instanceof AwsError ? "events.lost" : "events.dead-letter", {
    rule: delivery.ruleName,
    id: delivery.event.id,
  });
}
