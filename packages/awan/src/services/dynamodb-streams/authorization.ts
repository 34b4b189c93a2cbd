/** DynamoDB Streams as IAM sees it: DynamoDB's actions on the stream's ARN, with the stream's policy. */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";

function onStream(call: Call, action: string, arn: string | undefined): Access {
  if (arn?.startsWith("arn:") !== true) return { action: `dynamodb:${action}`, resource: "*" };
  return {
    action: `dynamodb:${action}`,
    resource: arn,
    resourcePolicy: call.ports.dynamodb.policyOn(call, arn),
  };
}

type Input = { readonly StreamArn?: string; readonly ShardIterator?: string };

export const authorization: Authorization = {
  prefix: "dynamodb",
  accesses: {
    DescribeStream: (call, { StreamArn }: Input) => onStream(call, "DescribeStream", StreamArn),
    GetRecords: (call, { ShardIterator }: Input) =>
      onStream(call, "GetRecords", ShardIterator?.split("|")[0]),
    GetShardIterator: (call, { StreamArn }: Input) => onStream(call, "GetShardIterator", StreamArn),
  },
};
