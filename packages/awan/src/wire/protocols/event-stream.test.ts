/** Event streams there and back, signed, damaged and cut anywhere. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import { loadModel } from "../../model/service-model.ts";
import type { Member } from "../../model/shape.ts";
import { decodeEvents, encodeEvents } from "./event-stream.ts";
import { encodeMessage, readMessages } from "./event-stream-frames.ts";

const streamOf = (service: string, operation: string): Member =>
  loadModel(service).operation(operation)?.eventStreamOf("output") as Member;

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function* failing(first: object): Generator<object> {
  yield first;
  throw new AwsError("InternalServerException", "gone");
}

describe("event streams", () => {
  const events = [
    { PayloadChunk: { Payload: Buffer.from("part") } },
    { InvokeComplete: { ErrorCode: "E", LogResult: "log" } },
  ];
  const lambda = streamOf("lambda", "InvokeWithResponseStream");

  it("survives the way there and back, however it is cut", async () => {
    const bytes = Buffer.concat(await collect(encodeEvents(lambda, events, "jsonName")));
    const cut = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
      bytes.subarray(i * 7, i * 7 + 7),
    );
    expect(await collect(decodeEvents(lambda, Readable.from(cut), "jsonName"))).toEqual(events);
  });

  it("has S3's events in XML", async () => {
    const select = streamOf("s3", "SelectObjectContent");
    const stats = { Stats: { Details: { BytesScanned: 11 } } };
    const encoded = await collect(encodeEvents(select, [stats, { End: {} }], "xml"));
    expect(await collect(decodeEvents(select, encoded as Buffer[], "xml"))).toEqual([stats, { End: {} }]);
  });

  it("begins with the other members where the protocol is RPC", async () => {
    const kinesis = streamOf("kinesis", "SubscribeToShard");
    const output = loadModel("kinesis").operation("SubscribeToShard")?.output;
    if (!output) throw new Error("no such operation");
    const bytes = encodeEvents(kinesis, [], "json", { shape: output, fields: { EventStream: [] } });
    const [first] = await collect(readMessages(bytes));
    expect(first?.headers[":event-type"]).toBe("initial-response");
  });

  it("ends with an exception when the source throws an AwsError", async () => {
    const messages = await collect(
      readMessages(encodeEvents(lambda, failing(events[0] as object), "jsonName")),
    );
    expect(messages[1]?.headers).toMatchObject({
      ":message-type": "exception",
      ":exception-type": "InternalServerException",
    });
  });

  it("tells its source at once that the client has gone", async () => {
    let isTold = false;
    const silent: AsyncIterableIterator<object> = {
      [Symbol.asyncIterator]: () => silent,
      next: () => new Promise(() => {}),
      return: () => {
        isTold = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    const wire = encodeEvents(lambda, silent, "jsonName");
    wire.read();
    await new Promise((resolve) => setImmediate(resolve));
    wire.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTold).toBe(true);
  });

  it("unwraps signed messages, and refuses damaged ones", async () => {
    const [inner] = (await collect(encodeEvents(lambda, [events[0]], "jsonName"))) as Buffer[];
    const signature = { ":chunk-signature": new Uint8Array(32), ":date": new Date(0) };
    const signed = encodeMessage({ headers: signature, payload: inner as Buffer });
    const end = encodeMessage({ headers: signature, payload: new Uint8Array() });
    expect(await collect(decodeEvents(lambda, [signed, end], "jsonName"))).toEqual([events[0]]);
    const damaged = Buffer.from(signed);
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    await expect(collect(readMessages([damaged]))).rejects.toThrow("checksum");
    await expect(collect(readMessages([signed.subarray(0, 30)]))).rejects.toThrow("in the middle");
  });
});
