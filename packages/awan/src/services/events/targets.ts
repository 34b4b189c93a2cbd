/** What each kind of target is sent. Whoever refuses throws; what Awan has no such service for is refused by its name. */
import type { Call } from "../../host/call.ts";
import { servicePrincipal } from "../../host/live-call.ts";
import type { Effect } from "../../host/service.ts";
import { type Arn, parseArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import { busArn, requireBus } from "./bus.ts";
import { inputFor } from "./input.ts";
import { valueAt } from "./json-path.ts";
import type { DeliveryRow, Forward, ForwardedEvent } from "./keys.ts";
import { limits } from "./limits.ts";

export function sendTo(call: Call, delivery: DeliveryRow): void {
  const arn = parseArn(delivery.target.Arn);
  if (arn === undefined) throw new AwsError("INVALID_PARAMETER", `Not an ARN: ${delivery.target.Arn}`);
  const send = Object.hasOwn(senders, arn.service) ? senders[arn.service] : undefined;
  if (send === undefined) {
    throw new AwsError(
      "SDK_CLIENT_ERROR",
      `Awan does not deliver events to ${arn.service}: ${delivery.target.Arn}`,
    );
  }
  send(call, delivery, arn);
}

type Sender = (call: Call, delivery: DeliveryRow, arn: Arn) => void;

const senders: Readonly<Record<string, Sender>> = {
  sqs(call, delivery) {
    call.ports.sqs.send(call, {
      queueArn: delivery.target.Arn,
      body: inputFor(delivery.target, delivery),
      groupId: delivery.target.SqsParameters?.MessageGroupId,
      traceHeader: delivery.traceHeader ?? undefined,
      onBehalf: { service: "events", sourceArn: delivery.ruleArn },
    });
  },
  sns(call, delivery) {
    call.ports.sns.publish(call, {
      topicArn: delivery.target.Arn,
      message: inputFor(delivery.target, delivery),
      traceHeader: delivery.traceHeader ?? undefined,
      onBehalf: { service: "events", sourceArn: delivery.ruleArn },
    });
  },
  lambda(call, delivery) {
    const functionArn = delivery.target.Arn;
    checkFunction(call, functionArn, delivery.ruleArn);
    const payload = Buffer.from(inputFor(delivery.target, delivery), "utf8");
    call.ports.lambda.invokeAsync(call, { functionArn, payload });
  },
  logs(call, delivery, arn) {
    const groupName = arn.resource.replace(/^log-group:/, "").replace(/:\*$/, "");
    const owner = call.in({ accountId: arn.accountId, region: arn.region });
    const { logGroups } = owner.invoke("logs", "DescribeLogGroups", { logGroupNamePrefix: groupName });
    if (!(logGroups as { logGroupName: string }[]).some((group) => group.logGroupName === groupName)) {
      throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    }
    owner.ports.logs.append(owner, {
      groupName,
      streamName: call.random.uuid(),
      events: [logLine(inputFor(delivery.target, delivery), call.nowMs)],
    });
  },
  kinesis(call, delivery) {
    const path = delivery.target.KinesisParameters?.PartitionKeyPath;
    const key = path === undefined ? undefined : valueAt(delivery.event, path);
    call.ports.kinesis.put(call, {
      streamArn: delivery.target.Arn,
      partitionKey: typeof key === "string" && key !== "" ? key : delivery.event.id,
      data: Buffer.from(inputFor(delivery.target, delivery), "utf8"),
    });
  },
  firehose(call, delivery) {
    call.ports.firehose.put(call, {
      deliveryStreamArn: delivery.target.Arn,
      data: Buffer.from(inputFor(delivery.target, delivery), "utf8"),
    });
  },
  events: toBus,
  states(call, delivery, arn) {
    const { accountId, region } = arn;
    const input = inputFor(delivery.target, delivery);
    const request: Start = { accountId, region, stateMachineArn: delivery.target.Arn, input };
    call.dispatch({ effect: "events.start", request, completion: "events.reached", context: delivery });
  },
};

interface Start {
  readonly accountId: string;
  readonly region: string;
  readonly stateMachineArn: string;
  readonly input: string;
}

/** The effect `events.start`: begins an execution of a state machine. */
export const start: Effect = async ({ shell, trace }, { accountId, region, ...input }: Start) =>
  shell.invoke("sfn", "StartExecution", input, { accountId, region, trace });

/**
 * The event goes on in a transaction of its own and in another region under a new id (as recorded from AWS); loops
 * between buses end after some hops.
 */
function toBus(call: Call, delivery: DeliveryRow, arn: Arn): void {
  if (!arn.resource.startsWith("event-bus/")) {
    throw new AwsError("SDK_CLIENT_ERROR", `Awan does not deliver events to ${delivery.target.Arn}`);
  }
  if (delivery.hops >= limits.hopsMax) {
    throw new AwsError("THIRD_ACCOUNT_HOP_DETECTED", "The event has gone over too many event buses.");
  }
  const located = requireBus(call, delivery.target.Arn);
  const { bus } = located;
  if (located.call.accountId !== call.accountId) {
    call.as(servicePrincipal("events", call.accountId)).authorize({
      action: "events:PutEvents",
      resource: busArn(located.call, bus.name),
      resourcePolicy: bus.policy ?? undefined,
      context: { "aws:SourceArn": delivery.ruleArn, "aws:SourceAccount": call.accountId },
    });
  }
  const forwarded: ForwardedEvent = {
    event:
      located.call.region === call.region ? delivery.event : { ...delivery.event, id: call.random.uuid() },
    hops: delivery.hops + 1,
    traceHeader: delivery.traceHeader,
  };
  const request: Forward = { bus: bus.name, forwarded };
  located.call.dispatch({ effect: "events.forward", request });
}

/** A template for a log group may give `{"timestamp": …, "message": …}`. */
function logLine(text: string, nowMs: number): { readonly timestampMs: number; readonly message: string } {
  try {
    const { timestamp, message, ...rest } = JSON.parse(text) as Record<string, unknown>;
    if (message !== undefined && timestamp !== undefined && Object.keys(rest).length === 0) {
      const timestampMs =
        typeof timestamp === "number" ? timestamp : Date.parse(JSON.stringify(timestamp).replaceAll('"', ""));
      return {
        timestampMs: Number.isNaN(timestampMs) ? nowMs : timestampMs,
        message: typeof message === "string" ? message : JSON.stringify(message),
      };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return { timestampMs: nowMs, message: text };
}

/** Throws unless the function's policy lets EventBridge invoke it for the rule, when IAM is enforced. */
function checkFunction(call: Call, functionArn: string, sourceArn: string): void {
  const action = "lambda:InvokeFunction";
  const events = call.as(servicePrincipal("events", call.accountId));
  if (events.allows({ action, resource: functionArn })) return;
  const request = { functionArn, principal: "events.amazonaws.com", sourceArn };
  if (!call.ports.lambda.allows(call, { ...request, sourceAccount: call.accountId })) {
    events.authorize({ action, resource: functionArn });
  }
}
