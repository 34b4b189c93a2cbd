/** AWS JSON 1.0 and 1.1: one structure as the body, the operation in `X-Amz-Target`, errors by `__type`. */
import type { Readable } from "node:stream";
import { JsonOutput } from "../../kernel/json-output.ts";
import type { ServiceModel } from "../../model/service-model.ts";
import { decodeStructure, encodeStructure } from "./codec.ts";
import type { Flavour } from "./codec.ts";
import { errorFields, messageMember, senderOrReceiver, wireError } from "./errors.ts";
import type { WireError } from "./errors.ts";
import { encodeEvents, eventStreamType } from "./event-stream.ts";
import type { Encoded, Protocol } from "./protocol.ts";
import { bytesOf, parseJsonText } from "./scalars.ts";
import { textChecksum } from "./text-checksum.ts";

const contentTypes = { json10: "application/x-amz-json-1.0", json11: "application/x-amz-json-1.1" } as const;

export function bodyBytes(body: Uint8Array | Readable): Buffer {
  if (body instanceof Uint8Array) return bytesOf(body);
  throw new TypeError("a streaming body where the operation takes none");
}

/** Throws a SerializationException for what is no JSON. An empty body is an empty structure. */
export function parseJson(body: Uint8Array | Readable): unknown {
  const bytes = bodyBytes(body);
  if (bytes.length === 0) return {};
  return parseJsonText(bytes.toString("utf8"));
}

/** Services whose errors carry another namespace than their model's. */
const errorNamespaces: Readonly<Record<string, string>> = {
  dynamodb: "com.amazonaws.dynamodb.v20120810",
  "dynamodb-streams": "com.amazonaws.dynamodb.v20120810",
  sfn: "com.amazonaws.swf.service.v2.model",
};
const coralValidation = new Set(["ValidationException"]);
const coralService = new Set([
  "SerializationException",
  "UnknownOperationException",
  "AccessDeniedException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "InternalFailure",
]);

/** `__type` of an error in JSON 1.0, where it is qualified. */
export function qualifiedType(service: ServiceModel, { code, shape }: WireError): string {
  if (shape === undefined && coralValidation.has(code)) return `com.amazon.coral.validate#${code}`;
  if (shape === undefined && coralService.has(code)) return `com.amazon.coral.service#${code}`;
  return `${errorNamespaces[service.name] ?? service.table.namespace}#${code}`;
}

/** The body of an error without its type; members the model does not know are passed through. */
export function errorBody(error: WireError, flavour: Flavour): Record<string, unknown> {
  const fields = errorFields(error);
  if (!error.shape) return fields;
  const encoded = encodeStructure(error.shape, fields, flavour);
  const name = messageMember(error);
  // Some errors come without a message, and then without the member too (SSM's ParameterNotFound).
  if (error.message === "") delete encoded[name];
  return error.message === "" || error.shape.member(name) ? encoded : { [name]: error.message, ...encoded };
}

export function errorHeaders(
  service: ServiceModel,
  error: WireError,
  requestId: string,
): Record<string, string> {
  const headers: Record<string, string> = { "x-amzn-requestid": requestId };
  if (service.table.queryCompatible) {
    headers["x-amzn-query-error"] = `${error.queryCode};${senderOrReceiver(error)}`;
  }
  return headers;
}

/** DynamoDB's clients check this sum. */
function withChecksum(service: ServiceModel, encoded: Encoded): Encoded {
  if (service.name === "dynamodb" && typeof encoded.body === "string") {
    encoded.headers["x-amz-crc32"] = String(textChecksum(encoded.body));
  }
  return encoded;
}

export function jsonProtocol(name: "json10" | "json11"): Protocol {
  const contentType = contentTypes[name];
  return {
    name,
    decode({ operation, body }) {
      return decodeStructure(operation.input, parseJson(body), "json");
    },
    encode(operation, output, requestId) {
      const headers: Record<string, string> = { "x-amzn-requestid": requestId, "content-type": contentType };
      const stream = operation.eventStreamOf("output");
      if (stream) {
        headers["content-type"] = eventStreamType;
        const initial = { shape: operation.output, fields: output };
        return { status: 200, headers, body: encodeEvents(stream, output[stream.name], "json", initial) };
      }
      if (output instanceof JsonOutput) {
        return withChecksum(operation.service, { status: 200, headers, body: output.text });
      }
      const isEmpty = operation.output.kind === "unit" && !operation.service.table.queryCompatible;
      const body = isEmpty ? "" : JSON.stringify(encodeStructure(operation.output, output, "json"));
      return withChecksum(operation.service, { status: 200, headers, body });
    },
    encodeError(service, _operation, thrown, requestId) {
      const error = wireError(service, thrown);
      const headers = { ...errorHeaders(service, error, requestId), "content-type": contentType };
      const type = name === "json10" ? qualifiedType(service, error) : error.code;
      const body = JSON.stringify({ __type: type, ...errorBody(error, "json") });
      return withChecksum(service, { status: error.status, headers, body });
    },
  };
}
