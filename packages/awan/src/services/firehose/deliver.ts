/** Taking a batch to a bucket or an HTTP endpoint, and what follows when that has succeeded or was given up. */
import { zipSync } from "fflate";
import { gzipSync } from "node:zlib";
import type { Call } from "../../host/call.ts";
import type { Completion, EffectContext } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type BatchName, forgetBatch, readBatch } from "./buffer.ts";
import { type HttpPost, post } from "./http-post.ts";
import type { BatchRow, HttpDestination, LoggingOptions, RecordRow, S3Target, StreamRow } from "./keys.ts";
import { objectKey } from "./object-key.ts";
import { fail, partitionKeysOf } from "./process.ts";
import { streamArn } from "./stream.ts";

type Delivery =
  | { readonly kind: "none" }
  | {
      readonly kind: "s3";
      readonly requestId: string;
      readonly bucket: string;
      readonly key: string;
      readonly body: Uint8Array;
    }
  | { readonly kind: "http"; readonly post: HttpPost };

/** The effect `firehose.deliver`. */
export async function deliver({ shell, scope, trace }: EffectContext, batch: BatchName): Promise<void> {
  const delivery = await shell.run({ name: "firehose.read-batch", ...scope, trace }, (call) =>
    plan(call, batch),
  );
  try {
    if (delivery.kind === "s3") {
      const { body, bucket, key, requestId } = delivery;
      const input = { Bucket: bucket, Key: key, Body: body, ContentType: "application/octet-stream" };
      // A request like any other: faults may hit it.
      await shell.invoke("s3", "PutObject", input, { ...scope, trace, requestId });
    } else if (delivery.kind === "http") await post(delivery.post);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    await shell.run({ name: "firehose.log-failure", ...scope, trace }, (call) =>
      logFailure(call, batch, error),
    );
    throw error;
  }
}

function plan(call: Call, batch: BatchName): Delivery {
  const found = readBatch(call, batch);
  if (found === undefined || found.content.length === 0) return { kind: "none" };
  const { row, stream } = found;
  const rows = found.content.map(({ record }) => record);
  const { destination } = stream;
  if (row.sink === "main" && destination.kind === "http") {
    return { kind: "http", post: httpPost(call, stream, destination, row, rows) };
  }
  const target =
    (row.sink === "backup" && destination.kind === "s3" ? destination.backup : null) ?? destination.target;
  const isError = row.sink.startsWith("error/");
  const content = isError
    ? rows.map((record) => Buffer.from(`${JSON.stringify(failedLine(record))}\n`))
    : rows.map(({ data }) => data);
  const key = objectKey({
    target,
    streamName: stream.name,
    version: stream.version,
    atMs: row.atMs,
    uuid: row.uuid,
    random: row.random,
    partitionKeys: partitionKeysOf(row.lane),
    errorType: isError ? row.sink.slice("error/".length) : undefined,
  });
  const bucket = target.BucketARN.split(":::")[1] ?? "";
  return {
    kind: "s3",
    requestId: row.uuid,
    bucket,
    key,
    body: compressed(target, Buffer.concat(content), key),
  };
}

function compressed({ CompressionFormat }: S3Target, body: Uint8Array, key: string): Uint8Array {
  if (CompressionFormat === "GZIP") return gzipSync(body);
  const name = key.slice(key.lastIndexOf("/") + 1).replace(/\.zip$/, "");
  return CompressionFormat === "ZIP" ? zipSync({ [name]: body }) : body;
}

/** A record that failed, as a line of JSON. */
function failedLine({ atMs, data, failure }: RecordRow): object {
  return {
    attemptsMade: failure?.attempts ?? 1,
    arrivalTimestamp: atMs,
    errorCode: failure?.code,
    errorMessage: failure?.message,
    attemptEndingTimestamp: failure?.atMs,
    rawData: Buffer.from(data).toString("base64"),
    ...(failure?.lambdaArn == null ? {} : { lambdaArn: failure.lambdaArn }),
  };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html */
function httpPost(
  call: Call,
  stream: StreamRow,
  { attributes, endpoint, gzip }: HttpDestination,
  { uuid }: BatchRow,
  rows: readonly RecordRow[],
): HttpPost {
  const text = JSON.stringify({
    requestId: uuid,
    timestamp: call.nowMs,
    records: rows.map(({ data }) => ({ data: Buffer.from(data).toString("base64") })),
  });
  const commonAttributes = Object.fromEntries(
    attributes.map(({ AttributeName, AttributeValue }) => [AttributeName, AttributeValue]),
  );
  return {
    url: endpoint.Url,
    requestId: uuid,
    body: gzip ? gzipSync(text) : Buffer.from(text, "utf8"),
    headers: {
      "content-type": "application/json",
      "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-request-id": uuid,
      "x-amz-firehose-source-arn": streamArn(call, stream.name),
      ...(gzip ? { "content-encoding": "gzip" } : {}),
      ...(endpoint.AccessKey === undefined ? {} : { "x-amz-firehose-access-key": endpoint.AccessKey }),
      ...(attributes.length === 0
        ? {}
        : { "x-amz-firehose-common-attributes": JSON.stringify({ commonAttributes }) }),
    },
  };
}

/** The completion `firehose.delivered`. */
export const delivered: Completion = (call, context, outcome) => {
  const batch = context as BatchName;
  const found = readBatch(call, batch);
  if (found === undefined) return;
  const { content, row, stream } = found;
  call.note(outcome.ok ? "firehose.delivered" : "firehose.given-up", {
    stream: stream.name,
    sink: row.sink,
    count: content.length,
    ...(outcome.ok ? {} : { code: outcome.code }),
  });
  if (!outcome.ok && row.sink === "main" && stream.destination.kind === "http") {
    const refusal = { code: `HttpEndpoint.${outcome.code}`, message: outcome.message };
    for (const { record } of content) {
      fail({ call, stream }, record, refusal, {
        attempts: outcome.attempts,
        errorType: "http-endpoint-failed",
      });
    }
  }
  forgetBatch(call, batch);
};

/** Writes why a delivery failed to the destination's log, if it has one. */
function logFailure(call: Call, batch: BatchName, error: AwsError): object {
  const found = readBatch(call, batch);
  if (found === undefined) return {};
  const { row, stream } = found;
  const { destination } = stream;
  const isHttp = destination.kind === "http" && row.sink === "main";
  const options: LoggingOptions = isHttp ? destination.logging : destination.target.CloudWatchLoggingOptions;
  if (options.Enabled !== true || options.LogGroupName === undefined) return {};
  const message = {
    deliveryStreamARN: streamArn(call, stream.name),
    destination: isHttp ? destination.endpoint.Url : destination.target.BucketARN,
    deliveryStreamVersionId: stream.version,
    message: error.message,
    errorCode: `${isHttp ? "HttpEndpoint" : "S3"}.${error.code}`,
  };
  call.ports.logs.append(call, {
    groupName: options.LogGroupName,
    streamName: options.LogStreamName ?? "DestinationDelivery",
    events: [{ timestampMs: call.nowMs, message: JSON.stringify(message) }],
  });
  return {};
}
