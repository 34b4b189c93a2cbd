/** DynamoDB Streams: reads what DynamoDB records, through its port. */
import type { Call } from "../../host/call.ts";
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { DynamodbPort } from "../dynamodb/port.ts";
import { describeStream, getRecords, getShardIterator, listStreams } from "./operations.ts";

const operations = {
  DescribeStream: describeStream,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListStreams: listStreams,
} satisfies Operations<typeof import("@aws-sdk/client-dynamodb-streams")>;

const dynamodb = (call: Call): DynamodbPort => call.ports.dynamodb;

const port: DynamodbPort = {
  describe: (call, arn) => dynamodb(call).describe(call, arn),
  list: (call, tableName) => dynamodb(call).list(call, tableName),
  shards: (call, arn) => dynamodb(call).shards(call, arn),
  latest: (call, arn, shardId) => dynamodb(call).latest(call, arn, shardId),
  read: (call, position) => dynamodb(call).read(call, position),
  readEvents: (call, position) => dynamodb(call).readEvents(call, position),
};

export const service: Service = { name: "dynamodb-streams", operations, port, needs: ["dynamodb"] };
