/**
 * Transformation by a function: a batch is its event, its answer says of each record whether it goes on, is dropped or has
 * failed. https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import type { Call } from "../../host/call.ts";
import type { Completion, EffectContext } from "../../host/service.ts";
import type { InvokeRequest, InvokeResult } from "../lambda/port.ts";
import { type BatchName, forgetBatch, readBatch } from "./buffer.ts";
import type { RecordRow, StreamRow } from "./keys.ts";
import { fail, toDestination } from "./process.ts";
import { parameter, transformer } from "./processors.ts";
import { streamArn } from "./stream.ts";

const functionOf = ({ destination }: StreamRow): string =>
  parameter(transformer(destination.processing), "LambdaArn") ?? "";

interface Numbered {
  readonly number: number;
  readonly record: RecordRow;
}

/** 56 digits, as AWS's. */
const recordIdOf = (number: number): string => `49${String(number).padStart(54, "0")}`;

function eventOf(call: Call, stream: StreamRow, uuid: string, content: readonly Numbered[]): object {
  return {
    invocationId: uuid,
    ...(stream.source === null ? {} : { sourceKinesisStreamArn: stream.source.streamArn }),
    deliveryStreamArn: streamArn(call, stream.name),
    region: call.region,
    records: content.map(({ number, record: { atMs, data, origin } }) => ({
      recordId: recordIdOf(number),
      approximateArrivalTimestamp: atMs,
      data: Buffer.from(data).toString("base64"),
      ...(origin === null
        ? {}
        : {
            kinesisRecordMetadata: {
              sequenceNumber: origin.sequenceNumber,
              subsequenceNumber: "0",
              partitionKey: origin.partitionKey,
              shardId: origin.shardId,
              approximateArrivalTimestamp: atMs,
            },
          }),
    })),
  };
}

/** The effect `firehose.transform`. */
export async function transform(
  { shell, scope, trace }: EffectContext,
  batch: BatchName,
): Promise<InvokeResult | undefined> {
  const request = await shell.run({ name: "firehose.read-batch", ...scope, trace }, (call) => {
    const found = readBatch(call, batch);
    if (found === undefined) return null;
    const event = eventOf(call, found.stream, found.row.uuid, found.content);
    const invoke: InvokeRequest = {
      functionArn: functionOf(found.stream),
      payload: Buffer.from(JSON.stringify(event), "utf8"),
      kind: "RequestResponse",
    };
    return invoke;
  });
  if (request === null) return undefined;
  return (await shell.perform("lambda.invoke", request, trace)) as InvokeResult;
}

interface Transformed {
  readonly recordId?: string;
  readonly result?: string;
  readonly data?: string;
  readonly metadata?: { readonly partitionKeys?: Readonly<Record<string, unknown>> };
}

/** The completion `firehose.transformed`. */
export const transformed: Completion = (call, context, outcome) => {
  const batch = context as BatchName;
  const found = readBatch(call, batch);
  if (found === undefined) return;
  const { content, stream } = found;
  const located = { call, stream };
  const lambdaArn = functionOf(stream);
  const refuse = (code: string, message: string): void => {
    for (const { record } of content) {
      fail(located, record, { code, message }, { attempts: outcome.attempts, lambdaArn });
    }
  };
  if (!outcome.ok) refuse("Lambda.InvokeAccessDenied", outcome.message);
  else {
    const result = outcome.value as InvokeResult | undefined;
    const answers = result === undefined ? undefined : answersOf(result);
    if (answers === undefined) {
      refuse(
        "Lambda.FunctionError",
        "The Lambda function was successfully invoked but it returned an error result.",
      );
    } else {
      for (const each of content) settle(located, each, answers.get(recordIdOf(each.number)), lambdaArn);
    }
  }
  forgetBatch(call, batch);
};

function answersOf({ functionError, payload }: InvokeResult): Map<string, Transformed> | undefined {
  if (functionError !== undefined) return undefined;
  try {
    const { records } = JSON.parse(Buffer.from(payload).toString("utf8")) as { records: Transformed[] };
    return new Map(records.map((each) => [each.recordId ?? "", each]));
  } catch {
    return undefined;
  }
}

function settle(
  located: Parameters<typeof fail>[0],
  { record }: Numbered,
  answer: Transformed | undefined,
  lambdaArn: string,
): void {
  const refuse = (code: string, message: string): void =>
    void fail(located, record, { code, message }, { lambdaArn });
  switch (answer?.result) {
    case "Ok": {
      const data = Buffer.from(answer.data ?? "", "base64");
      const keys = Object.entries(answer.metadata?.partitionKeys ?? {});
      const partitionKeys = Object.fromEntries(keys.map(([name, value]) => [name, String(value)]));
      const { atMs, origin } = record;
      toDestination(located, { data, atMs, origin, failure: null }, partitionKeys);
      break;
    }
    case "Dropped":
      break;
    case "ProcessingFailed":
      refuse("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record");
      break;
    default:
      if (answer === undefined) {
        refuse(
          "Lambda.MissingRecordId",
          "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
        );
      } else {
        refuse(
          "Lambda.InvalidStatus",
          `Invalid or missing result for record: ${answer.result ?? ""}. The result must be Ok, Dropped or ProcessingFailed.`,
        );
      }
  }
}
