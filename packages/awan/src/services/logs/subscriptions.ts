/**
 * Subscription filters: what was appended and matches is handed, gzipped, to a function, a Kinesis stream or a Firehose
 * stream, in the transaction that appended it.
 */
import type { SubscriptionFilter } from "@aws-sdk/client-cloudwatch-logs";
import { gzipSync } from "node:zlib";
import { compileFilterPattern } from "../../engines/filter-pattern/filter-pattern.ts";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import { subscriptionFilters } from "./keys.ts";
import type { LogLine } from "./port.ts";
import { formatPosition } from "./position.ts";

export interface Appended {
  readonly groupName: string;
  readonly streamName: string;
  readonly firstSequence: number;
  readonly lines: readonly LogLine[];
}

export function deliver(call: Call, appended: Appended): void {
  for (const { value: filter } of subscriptionFilters.scan(call.tx, [appended.groupName])) {
    const pattern = compileFilterPattern(filter.filterPattern ?? "");
    const logEvents = appended.lines.flatMap(({ timestampMs, message }, index) =>
      pattern.matches(message)
        ? [
            {
              id: formatPosition({ timestampMs, sequence: appended.firstSequence + index }),
              timestamp: timestampMs,
              message,
            },
          ]
        : [],
    );
    if (logEvents.length === 0) continue;
    const record = {
      messageType: "DATA_MESSAGE",
      owner: call.accountId,
      logGroup: appended.groupName,
      logStream: appended.streamName,
      subscriptionFilters: [filter.filterName],
      logEvents,
    };
    const sent = call.tx.draft.attempt(() => send(call, filter, { record, streamName: appended.streamName }));
    if (sent instanceof AwsError) {
      call.note("logs.subscription-failed", {
        filterName: filter.filterName,
        code: sent.code,
        message: sent.message,
      });
    }
  }
}

/** Hands one record to the filter's destination; throws its refusal. */
export function send(
  call: Call,
  filter: SubscriptionFilter,
  message: { readonly record: object; readonly streamName: string },
): void {
  const destination = filter.destinationArn ?? "";
  const arn = parseArn(destination);
  const scoped = call.in({ region: arn?.region ?? call.region, accountId: arn?.accountId ?? call.accountId });
  const data = gzipSync(JSON.stringify(message.record));
  if (arn?.service === "lambda") {
    const payload = JSON.stringify({ awslogs: { data: data.toString("base64") } });
    call.ports.lambda.invokeAsync(scoped, { functionArn: destination, payload: Buffer.from(payload) });
  } else if (arn?.service === "kinesis") {
    const PartitionKey = filter.distribution === "ByLogStream" ? message.streamName : call.random.hex(32);
    scoped.invoke("kinesis", "PutRecord", {
      StreamName: arn.resource.replace(/^stream\//, ""),
      StreamARN: destination,
      Data: data,
      PartitionKey,
    });
  } else if (arn?.service === "firehose") {
    const DeliveryStreamName = arn.resource.replace(/^deliverystream\//, "");
    scoped.invoke("firehose", "PutRecord", { DeliveryStreamName, Record: { Data: data } });
  }
}
