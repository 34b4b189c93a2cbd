/**
 * What every protocol is to the front door: bytes to an operation's input, its output or error back to bytes. Nothing
 * here does I/O; streams are passed through.
 */
import type { Readable } from "node:stream";
import type { BlobRange } from "../../host/http.ts";
import type { AwsError } from "../../kernel/errors.ts";
import type { OperationModel, ServiceModel } from "../../model/service-model.ts";
import type { ProtocolName } from "../../model/table.ts";
import { ec2Protocol } from "./ec2.ts";
import { jsonProtocol } from "./json.ts";
import { queryJsonProtocol } from "./query-json.ts";
import { queryProtocol } from "./query.ts";
import { restJsonProtocol } from "./rest-json.ts";
import { restXmlProtocol } from "./rest-xml.ts";
import { cborProtocol } from "./rpc-cbor.ts";

export type { ProtocolName };

/** A request whose operation is known. */
export interface DecodeRequest {
  readonly operation: OperationModel;
  /** Values of the route's labels, percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, unless `isStreamingInput(operation)`. */
  readonly body: Uint8Array | Readable;
  /** The body's form fields (query and EC2 protocols), when the front door has parsed them already. */
  readonly form?: ReadonlyMap<string, string>;
}

export interface Encoded {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  /** A `BlobRange` is what the operation returned, for the front door to stream from the blob store. */
  readonly body: string | Uint8Array | Readable | BlobRange;
}

export interface Protocol {
  readonly name: ProtocolName;
  /** Throws an AwsError (SerializationException, MalformedXML, …) for what cannot be read. */
  decode(request: DecodeRequest): Record<string, unknown>;
  encode(operation: OperationModel, output: Record<string, unknown>, requestId: string): Encoded;
  encodeError(
    service: ServiceModel,
    operation: OperationModel | undefined,
    error: AwsError,
    requestId: string,
  ): Encoded;
}

const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  json10: jsonProtocol("json10"),
  json11: jsonProtocol("json11"),
  query: queryProtocol,
  ec2: ec2Protocol,
  restJson: restJsonProtocol,
  restXml: restXmlProtocol,
  rpcv2Cbor: cborProtocol("rpcv2Cbor"),
  amzCbor: cborProtocol("amzCbor"),
};

export function protocolNamed(name: ProtocolName): Protocol {
  return protocols[name];
}

/** The protocol a request is answered in: that of the request, or for query JSON, if its sender accepts that. */
export function answeringProtocol(name: ProtocolName, accept: string | undefined): Protocol {
  return name === "query" && accept?.startsWith("application/json") === true
    ? queryJsonProtocol
    : protocols[name];
}

export { isStreamingInput } from "./rest-bindings.ts";
