/**
 * What operations need by IAM: an action on the delivery stream.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisfirehose.html
 */
import type { Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { streamArn } from "./stream.ts";

const onStream = [
  "CreateDeliveryStream",
  "DeleteDeliveryStream",
  "DescribeDeliveryStream",
  "ListTagsForDeliveryStream",
  "PutRecord",
  "PutRecordBatch",
  "StartDeliveryStreamEncryption",
  "StopDeliveryStreamEncryption",
  "TagDeliveryStream",
  "UntagDeliveryStream",
  "UpdateDestination",
];

export const accesses: Authorization["accesses"] = Object.fromEntries(
  onStream.map((operation) => [
    operation,
    (call: Call, { DeliveryStreamName: name }: { readonly DeliveryStreamName?: unknown }) => ({
      action: `firehose:${operation}`,
      resource: typeof name === "string" ? streamArn(call, name) : "*",
    }),
  ]),
);
