/** Where results of asynchronous events go, in the envelopes AWS puts them in. */
import type { Call } from "../../host/call.ts";
import { type Arn, parseArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { InvokeResult } from "./port.ts";

export interface Ending {
  readonly condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "RecursionDetected";
  readonly result: InvokeResult | undefined;
  /** With its qualifier. */
  readonly functionArn: string;
  readonly functionName: string;
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly invokeCount: number;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

function parsed(bytes: Uint8Array): unknown {
  const json = text(bytes);
  try {
    return JSON.parse(json === "" ? "{}" : json);
  } catch {
    return json;
  }
}

function envelope(call: Call, ending: Ending): object {
  const { result } = ending;
  return {
    version: "1.0",
    timestamp: new Date(call.nowMs).toISOString(),
    requestContext: {
      requestId: ending.requestId,
      functionArn: ending.functionArn,
      condition: ending.condition,
      approximateInvokeCount: ending.invokeCount,
    },
    requestPayload: parsed(ending.payload),
    ...(result === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: result.executedVersion,
            ...(result.functionError === undefined ? {} : { functionError: result.functionError }),
          },
          responsePayload: parsed(result.payload),
        }),
  };
}

export function deliverToDestination(call: Call, destinationArn: string, ending: Ending): void {
  const body = envelope(call, ending);
  if (parseArn(destinationArn)?.service === "events") {
    const success = ending.condition === "Success";
    const entry = {
      Source: "lambda",
      DetailType: `Lambda Function Invocation Result - ${success ? "Success" : "Failure"}`,
      Resources: [ending.functionArn, destinationArn],
      Detail: JSON.stringify(body),
      EventBusName: destinationArn,
    };
    ownerOf(call, destinationArn).invoke("events", "PutEvents", { Entries: [entry] });
    return;
  }
  sendTo(call, destinationArn, JSON.stringify(body), `aws/lambda/async/${ending.functionName}`);
}

/** Sends `body` to a queue, a topic, a function or (under `prefix`) a bucket. */
export function sendTo(call: Call, arn: string, body: string, prefix: string): void {
  const target = requireArn(arn);
  const owner = ownerOf(call, arn);
  switch (target.service) {
    case "sqs":
      owner.invoke("sqs", "SendMessage", { QueueUrl: queueUrl(call, target), MessageBody: body });
      return;
    case "sns":
      owner.invoke("sns", "Publish", { TopicArn: arn, Message: body });
      return;
    case "lambda":
      call.ports.lambda.invokeAsync(call, { functionArn: arn, payload: Buffer.from(body, "utf8") });
      return;
    case "s3": {
      const iso = new Date(call.nowMs).toISOString();
      const key = `${prefix}/${iso.slice(0, 10).replaceAll("-", "/")}/${iso.slice(0, 19).replaceAll(":", ".")}-${call.random.uuid()}`;
      const request = { bucket: target.resource, key, body: Buffer.from(body, "utf8") };
      call.dispatch({ effect: "lambda.put-object", request, retryDelaysMs: [1000, 10_000] });
      return;
    }
    default:
      throw new AwsError("InvalidParameterValueException", `Awan does not deliver to ${arn}`);
  }
}

const attribute = (type: string, value: string): object => ({ DataType: type, StringValue: value });

/** The event itself and why it failed, as message attributes. */
export function deliverToDeadLetter(call: Call, arn: string, ending: Ending): void {
  const target = requireArn(arn);
  const { result } = ending;
  const message =
    result === undefined
      ? ""
      : ((parsed(result.payload) as { errorMessage?: string } | null)?.errorMessage ?? "");
  const attributes = {
    RequestID: attribute("String", ending.requestId),
    ErrorCode: attribute("Number", "200"),
    ...(message === "" ? {} : { ErrorMessage: attribute("String", message.slice(0, 1024)) }),
  };
  const owner = ownerOf(call, arn);
  if (target.service === "sqs") {
    const input = {
      QueueUrl: queueUrl(call, target),
      MessageBody: text(ending.payload),
      MessageAttributes: attributes,
    };
    owner.invoke("sqs", "SendMessage", input);
  } else {
    owner.invoke("sns", "Publish", {
      TopicArn: arn,
      Message: text(ending.payload),
      MessageAttributes: attributes,
    });
  }
}

function requireArn(arn: string): Arn {
  const target = parseArn(arn);
  if (target === undefined) throw new AwsError("InvalidParameterValueException", `Not an ARN: ${arn}`);
  return target;
}

/** The call as Lambda itself, in the account and region of what is reached. */
function ownerOf(call: Call, arn: string): Call {
  const { accountId, region } = requireArn(arn);
  const lambda = { kind: "service", arn: "lambda.amazonaws.com", accountId: call.accountId } as const;
  return call
    .in({
      accountId: accountId === "" ? call.accountId : accountId,
      region: region === "" ? call.region : region,
    })
    .as(lambda);
}

const queueUrl = (call: Call, { accountId, resource }: Arn): string =>
  `${call.endpoint}/${accountId}/${resource}`;
