/** Firehose. `process.ts` is a record's way into a lane, `buffer.ts` makes batches of lanes, `deliver.ts` takes them away. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { accesses } from "./authorization.ts";
import { deliver, delivered } from "./deliver.ts";
import { duties } from "./duties.ts";
import { streamNotFound } from "./errors.ts";
import { putRecord, putRecordBatch, recordIdOf, requireDirect } from "./operations/put-record.ts";
import * as streams from "./operations/streams.ts";
import { listTagsForDeliveryStream, tagDeliveryStream, untagDeliveryStream } from "./operations/tags.ts";
import type { FirehosePort } from "./port.ts";
import { accept } from "./process.ts";
import type { Firehose } from "./sdk.ts";
import { readSource } from "./source.ts";
import { findByArn } from "./stream.ts";
import { transform, transformed } from "./transform.ts";

const operations = {
  CreateDeliveryStream: streams.createDeliveryStream,
  DeleteDeliveryStream: streams.deleteDeliveryStream,
  DescribeDeliveryStream: streams.describeDeliveryStream,
  ListDeliveryStreams: streams.listDeliveryStreams,
  ListTagsForDeliveryStream: listTagsForDeliveryStream,
  PutRecord: putRecord,
  PutRecordBatch: putRecordBatch,
  StartDeliveryStreamEncryption: streams.startDeliveryStreamEncryption,
  StopDeliveryStreamEncryption: streams.stopDeliveryStreamEncryption,
  TagDeliveryStream: tagDeliveryStream,
  UntagDeliveryStream: untagDeliveryStream,
  UpdateDestination: streams.updateDestination,
} satisfies Operations<Firehose>;

const port: FirehosePort = {
  put(call, { data, deliveryStreamArn }) {
    const found = findByArn(call, deliveryStreamArn);
    if (found === undefined) throw streamNotFound(call, deliveryStreamArn.split("/")[1] ?? deliveryStreamArn);
    const number = accept(requireDirect(found), data, null, call.nowMs);
    return { recordId: recordIdOf(call, number) };
  },
  exists: (call, arn) => findByArn(call, arn) !== undefined,
};

export const service: Service = {
  name: "firehose",
  operations,
  duties,
  residents: { "read-source": readSource },
  effects: { deliver, transform },
  completions: { delivered, transformed },
  port,
  authorization: { accesses },
  needs: ["kinesis", "logs"],
};
