/** REST-JSON: bindings around a JSON body; errors named by a header. */
import { decodeStructure, decoderOf, encodeStructure, encoderOf } from "./codec.ts";
import { errorFields, wireError } from "./errors.ts";
import { decodeEvents, encodeEvents, eventStreamType } from "./event-stream.ts";
import { errorBody, parseJson } from "./json.ts";
import type { Encoded, Protocol } from "./protocol.ts";
import { bindResponse, readRequest } from "./rest-bindings.ts";
import type { BodyFormat, BoundResponse } from "./rest-bindings.ts";
import { textOf } from "./scalars.ts";

const jsonFormat: BodyFormat = {
  readPayload: (payload, body) => decoderOf(payload, "jsonName")(parseJson(body)),
  readBody: (shape, body) => decodeStructure(shape, parseJson(body), "jsonName"),
  readEvents: (stream, body) => decodeEvents(stream, body, "jsonName"),
};

type Body = Pick<Encoded, "body"> & { readonly contentType?: string | undefined };

function encodeBody({ payload, body }: BoundResponse, output: Record<string, unknown>): Body {
  if (!payload) {
    if (!body) return { body: "" };
    return {
      body: JSON.stringify(encodeStructure(body, output, "jsonName")),
      contentType: "application/json",
    };
  }
  const value = output[payload.name];
  const { kind, isStreaming } = payload.shape;
  if (kind === "union" && isStreaming) {
    return { body: encodeEvents(payload, value, "jsonName"), contentType: eventStreamType };
  }
  if (value === undefined || value === null) return { body: "" };
  if (kind === "blob") {
    return {
      body: value as Encoded["body"],
      contentType: payload.traits.mediaType ?? "application/octet-stream",
    };
  }
  if (kind === "string") {
    return { body: textOf(value), contentType: payload.traits.mediaType ?? "text/plain" };
  }
  return { body: JSON.stringify(encoderOf(payload, "jsonName")(value)), contentType: "application/json" };
}

export const restJsonProtocol: Protocol = {
  name: "restJson",
  decode(request) {
    return readRequest(request, jsonFormat);
  },
  encode(operation, output, requestId) {
    const bound = bindResponse(operation.output, output);
    const { body, contentType } = encodeBody(bound, output);
    const headers = {
      "x-amzn-requestid": requestId,
      ...(contentType === undefined ? {} : { "content-type": contentType }),
      ...bound.headers,
    };
    return { status: bound.status ?? operation.status, headers, body };
  },
  encodeError(_service, _operation, thrown, requestId) {
    const error = wireError(_service, thrown);
    const bound = error.shape ? bindResponse(error.shape, errorFields(error)) : undefined;
    const fields = errorBody(error, "jsonName");
    for (const { name, traits } of error.shape?.members ?? []) {
      if (traits.httpHeader !== undefined) delete fields[traits.jsonName ?? name];
    }
    const headers = {
      "x-amzn-requestid": requestId,
      "content-type": "application/json",
      "x-amzn-errortype": error.code,
      ...bound?.headers,
    };
    return { status: error.restStatus, headers, body: JSON.stringify(fields) };
  },
};
