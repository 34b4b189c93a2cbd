/** Kinesis streaming destinations: each change goes to the table's Kinesis streams, in the same transaction. */
import type { Call } from "../../host/call.ts";
import { keyOf } from "./item-key.ts";
import { jsonItem } from "./json-item.ts";
import { itemSizeBytes } from "../../engines/dynamo-expression/size.ts";
import type { KinesisPut } from "../kinesis/port.ts";
import type { Change } from "./change.ts";

const partitionKeyLengthMax = 256;

export function deliverToDestinations(call: Call, { table, before, after, userIdentity }: Change): void {
  const keys = keyOf(table, after ?? before?.item ?? {});
  for (const { streamArn, precision } of table.destinations) {
    const data = {
      awsRegion: call.region,
      eventID: call.random.uuid(),
      eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
      userIdentity: userIdentity ?? null,
      recordFormat: "application/json",
      tableName: table.name,
      dynamodb: {
        ApproximateCreationDateTime: precision === "MICROSECOND" ? call.nowMs * 1000 : call.nowMs,
        Keys: jsonItem(keys),
        ...(after === undefined ? {} : { NewImage: jsonItem(after) }),
        ...(before === undefined ? {} : { OldImage: jsonItem(before.item) }),
        SizeBytes:
          itemSizeBytes(keys) + (before?.sizeBytes ?? 0) + (after === undefined ? 0 : itemSizeBytes(after)),
        ...(precision === "MICROSECOND" ? { ApproximateCreationDateTimePrecision: "MICROSECOND" } : {}),
      },
      eventSource: "aws:dynamodb",
    };
    const put: KinesisPut = {
      streamArn,
      partitionKey: JSON.stringify(jsonItem(keys)).slice(0, partitionKeyLengthMax),
      data: Buffer.from(JSON.stringify(data)),
    };
    // A stream that is gone or throttled never fails the table's write.
    call.tx.draft.attempt(() => call.ports.kinesis.put(call, put));
  }
}
