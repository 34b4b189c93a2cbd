/** DynamoDB Streams: reads what DynamoDB records, through its port. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { authorization } from "./authorization.ts";
import { describeStream, getRecords, getShardIterator, listStreams } from "./operations.ts";

const operations = {
  DescribeStream: describeStream,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListStreams: listStreams,
} satisfies Operations<typeof import("@aws-sdk/client-dynamodb-streams")>;

export const service: Service = { name: "dynamodb-streams", operations, authorization, needs: ["dynamodb"] };
