/** Smithy RPC v2 CBOR, and the older `application/x-amz-cbor-1.1` that the Java SDK speaks to Kinesis. */
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { decodeStructure, encodeStructure } from "./codec.ts";
import { wireError } from "./errors.ts";
import { encodeEvents, eventStreamType } from "./event-stream.ts";
import { bodyBytes, errorBody, errorHeaders, qualifiedType } from "./json.ts";
import type { Protocol } from "./protocol.ts";

export function cborProtocol(name: "rpcv2Cbor" | "amzCbor"): Protocol {
  const isRpc = name === "rpcv2Cbor";
  const flavour = isRpc ? "cbor" : "amzCbor";
  const baseHeaders = (requestId: string): Record<string, string> => ({
    "content-type": isRpc ? "application/cbor" : "application/x-amz-cbor-1.1",
    "x-amzn-requestid": requestId,
    ...(isRpc ? { "smithy-protocol": "rpc-v2-cbor" } : {}),
  });
  return {
    name,
    decode({ operation, body }) {
      const bytes = bodyBytes(body);
      return decodeStructure(operation.input, bytes.length === 0 ? {} : decodeCbor(bytes), flavour);
    },
    encode(operation, output, requestId) {
      const headers = baseHeaders(requestId);
      const stream = operation.eventStreamOf("output");
      if (stream) {
        headers["content-type"] = eventStreamType;
        const initial = { shape: operation.output, fields: output };
        return { status: 200, headers, body: encodeEvents(stream, output[stream.name], flavour, initial) };
      }
      return { status: 200, headers, body: encodeCbor(encodeStructure(operation.output, output, flavour)) };
    },
    encodeError(service, _operation, thrown, requestId) {
      const error = wireError(service, thrown);
      const type = isRpc ? qualifiedType(service, error) : error.code;
      return {
        status: error.status,
        headers: { ...errorHeaders(service, error, requestId), ...baseHeaders(requestId) },
        body: encodeCbor({ __type: type, ...errorBody(error, flavour) }),
      };
    },
  };
}
