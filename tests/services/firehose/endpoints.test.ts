/** Delivery to HTTP endpoints, its retries and its backup; the control plane's answers and refusals. */
import {
  CreateDeliveryStreamCommand,
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  ListTagsForDeliveryStreamCommand,
  StartDeliveryStreamEncryptionCommand,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
} from "@aws-sdk/client-firehose";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { lake, startBench, textsOf } from "./bench.ts";

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly requestId: string; readonly records: readonly { readonly data: string }[] };
}

class Endpoint {
  readonly seen: Seen[] = [];
  isBroken = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Seen["body"];
        this.seen.push({ headers: request.headers, body });
        response.statusCode = this.isBroken ? 500 : 200;
        response.end(JSON.stringify({ requestId: body.requestId, timestamp: 1 }));
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

test("an endpoint gets records as Firehose sends them; what it refuses for too long goes to the bucket", async () => {
  await using bench = await startBench();
  using endpoint = new Endpoint();
  const Url = await endpoint.open();
  await bench.create({
    HttpEndpointDestinationConfiguration: {
      EndpointConfiguration: { Url, Name: "e", AccessKey: "secret" },
      RequestConfiguration: {
        ContentEncoding: "GZIP",
        CommonAttributes: [{ AttributeName: "env", AttributeValue: "test" }],
      },
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 10 },
      RetryOptions: { DurationInSeconds: 60 },
      S3Configuration: { ...lake, BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } },
    },
  });
  await bench.put("a", "b");
  await bench.app.clock.advance("10s");
  expect(endpoint.seen[0]?.headers).toMatchObject({
    "x-amz-firehose-protocol-version": "1.0",
    "x-amz-firehose-access-key": "secret",
    "x-amz-firehose-source-arn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/d",
    "x-amz-firehose-common-attributes": '{"commonAttributes":{"env":"test"}}',
    "x-amz-firehose-request-id": endpoint.seen[0]?.body.requestId,
  });
  expect(endpoint.seen[0]?.body.records.map(({ data }) => Buffer.from(data, "base64").toString())).toEqual([
    "a",
    "b",
  ]);
  expect(await bench.objects()).toEqual({});

  endpoint.isBroken = true;
  await bench.put("c");
  await bench.app.clock.advance("5m");
  expect(endpoint.seen.length).toBeGreaterThan(4);
  const [line = ""] = textsOf(await bench.objects());
  expect(JSON.parse(line)).toMatchObject({
    errorCode: "HttpEndpoint.InvalidStatusCode",
    rawData: Buffer.from("c").toString("base64"),
  });
  expect(Object.keys(await bench.objects())[0]).toMatch(/^http-endpoint-failed\//);
});

test("streams are listed, tagged, encrypted, deleted, and refused as AWS refuses them", async () => {
  await using bench = await startBench();
  const { app, firehose } = bench;
  await bench.create({ S3DestinationConfiguration: lake });
  await expect(bench.create({ S3DestinationConfiguration: lake })).rejects.toThrow(
    "Firehose d under accountId 000000000000 already exists",
  );
  await expect(bench.create({ DeliveryStreamName: "e" })).rejects.toThrow(
    "Exactly one destination configuration is supported for a Firehose",
  );
  await expect(
    firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: "e",
        SplunkDestinationConfiguration: {
          HECEndpoint: "http://x",
          HECEndpointType: "Raw",
          S3Configuration: lake,
        },
      }),
    ),
  ).rejects.toThrow(
    "Awan does not implement firehose:CreateDeliveryStream with SplunkDestinationConfiguration.",
  );
  await firehose.send(
    new TagDeliveryStreamCommand({ DeliveryStreamName: "d", Tags: [{ Key: "a", Value: "1" }, { Key: "b" }] }),
  );
  await firehose.send(new UntagDeliveryStreamCommand({ DeliveryStreamName: "d", TagKeys: ["b"] }));
  expect(
    await firehose.send(new ListTagsForDeliveryStreamCommand({ DeliveryStreamName: "d" })),
  ).toMatchObject({
    Tags: [{ Key: "a", Value: "1" }],
    HasMoreTags: false,
  });
  await firehose.send(new StartDeliveryStreamEncryptionCommand({ DeliveryStreamName: "d" }));
  const described = await firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: "d" }));
  expect(described.DeliveryStreamDescription?.DeliveryStreamEncryptionConfiguration).toEqual({
    Status: "ENABLED",
    KeyType: "AWS_OWNED_CMK",
  });
  expect(await firehose.send(new ListDeliveryStreamsCommand({}))).toMatchObject({
    DeliveryStreamNames: ["d"],
    HasMoreDeliveryStreams: false,
  });
  await firehose.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: "d" }));
  await app.settle();
  await expect(firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: "d" }))).rejects.toThrow(
    "Firehose d under account 000000000000 not found.",
  );
});
