/** The two CBOR protocols, whose difference is time. */
import { describe, expect, it } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import type { OperationModel } from "../../model/service-model.ts";
import { loadModel } from "../../model/service-model.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { protocolNamed } from "./protocol.ts";

const operationOf = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;

describe("CBOR protocols", () => {
  const stamp = new Date(1_700_000_000_123);

  it("has timestamps in milliseconds where the Java SDK speaks it", () => {
    const protocol = protocolNamed("amzCbor");
    const records = {
      Records: [{ ApproximateArrivalTimestamp: stamp, Data: Buffer.from("x") }],
      MillisBehindLatest: 0,
    };
    const { headers, body } = protocol.encode(operationOf("kinesis", "GetRecords"), records, "id");
    expect(headers["content-type"]).toBe("application/x-amz-cbor-1.1");
    expect(decodeCbor(body as Uint8Array)).toEqual({
      ...records,
      Records: [{ Data: Buffer.from("x"), ApproximateArrivalTimestamp: new Date(stamp.getTime() * 1000) }],
    });
    const operation = operationOf("kinesis", "GetShardIterator");
    const request = { operation, labels: {}, path: "/", query: new Map(), headers: {} };
    const sent = encodeCbor({ StreamName: "s", Timestamp: new Date(stamp.getTime() * 1000) });
    expect(protocol.decode({ ...request, body: sent })).toEqual({ StreamName: "s", Timestamp: stamp });
    const untagged = encodeCbor({ Timestamp: stamp.getTime() });
    expect(protocol.decode({ ...request, body: untagged })).toEqual({ Timestamp: stamp });
  });

  it("names errors in the body, and for query-compatible services in a header", () => {
    const error = new AwsError("ResourceNotFoundException", "no alarm");
    const answer = protocolNamed("rpcv2Cbor").encodeError(loadModel("cloudwatch"), undefined, error, "id");
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({
      "smithy-protocol": "rpc-v2-cbor",
      "content-type": "application/cbor",
    });
    expect(answer.headers["x-amzn-query-error"]).toBe("ResourceNotFoundException;Sender");
    expect(decodeCbor(answer.body as Uint8Array)).toMatchObject({
      __type: "com.amazonaws.cloudwatch#ResourceNotFoundException",
    });
  });

  it("refuses what is no CBOR", () => {
    const operation = operationOf("cloudwatch", "ListMetrics");
    const request = {
      operation,
      labels: {},
      path: "/",
      query: new Map(),
      headers: {},
      body: Buffer.from([0x5b]),
    };
    expect(() => protocolNamed("rpcv2Cbor").decode(request)).toThrow(
      expect.objectContaining({ code: "SerializationException" }),
    );
  });
});
