/** REST-XML: bindings around an XML body, with S3's own form of errors. */
import { AwsError } from "../../kernel/errors.ts";
import type { OperationModel, ServiceModel } from "../../model/service-model.ts";
import type { Shape } from "../../model/shape.ts";
import { errorFields, wireError } from "./errors.ts";
import type { WireError } from "./errors.ts";
import { decodeEvents, encodeEvents, eventStreamType } from "./event-stream.ts";
import type { DecodeRequest, Encoded, Protocol } from "./protocol.ts";
import { codeAndMessage, errorMembers, errorResponse } from "./query.ts";
import { bindResponse, readRequest } from "./rest-bindings.ts";
import type { BodyFormat, BoundResponse } from "./rest-bindings.ts";
import { bytesOf, textOf } from "./scalars.ts";
import { escapeXml, malformed, parseXml } from "./xml.ts";
import {
  namespaceAttribute,
  readXml,
  readXmlMembers,
  xmlAttributes,
  xmlElement,
  xmlMembers,
} from "./xml-shapes.ts";

const xmlFormat: BodyFormat = {
  readPayload: (payload, body) => readXml(payload, parseXml(bytesOf(body).toString("utf8"))),
  readBody: (shape, body) => readXmlMembers(shape, parseXml(bytesOf(body).toString("utf8"))),
  readEvents: (stream, body) => decodeEvents(stream, body, "xml"),
};

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
type Fields = Record<string, unknown>;
type Body = Pick<Encoded, "body"> & { readonly contentType?: string | undefined };

/** S3 puts a lone value straight into the root (`GetBucketLocation`); no trait in the SDK's schemas says so. */
const isUnwrapped = (shape: Shape, root: string): boolean =>
  shape.members.length === 1 && shape.members[0]?.name === root;

function encodeDocument(operation: OperationModel, shape: Shape, output: Fields): string {
  const root = shape.traits.xmlName ?? shape.name.replace(/Output$/, "Result");
  const uri = operation.service.table.xmlNamespace;
  const namespace = shape.traits.xmlNamespace ?? (uri === undefined ? undefined : (["", uri] as const));
  const content = isUnwrapped(shape, root)
    ? escapeXml(textOf(output[root] ?? ""))
    : xmlMembers(shape, output);
  return `${declaration}<${root}${namespaceAttribute(namespace)}${xmlAttributes(shape, output)}>${content}</${root}>`;
}

function encodeBody(operation: OperationModel, { payload, body }: BoundResponse, output: Fields): Body {
  if (!payload) {
    return body
      ? { body: encodeDocument(operation, body, output), contentType: "application/xml" }
      : { body: "" };
  }
  const value = output[payload.name];
  const { kind, isStreaming } = payload.shape;
  if (kind === "union" && isStreaming) {
    return { body: encodeEvents(payload, value, "xml"), contentType: eventStreamType };
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
  const uri = operation.service.table.xmlNamespace;
  const xmlNamespace = payload.traits.xmlNamespace ?? (uri === undefined ? undefined : (["", uri] as const));
  const traits = xmlNamespace ? { ...payload.traits, xmlNamespace } : payload.traits;
  const root = payload.traits.xmlName ?? payload.shape.name;
  return {
    body: `${declaration}${xmlElement({ ...payload, traits }, value, root)}`,
    contentType: "application/xml",
  };
}

/** S3 names its request and the host that answered; the other services only the request. */
function identify(service: ServiceModel, requestId: string): Record<string, string> {
  if (service.name !== "s3") return { "x-amzn-requestid": requestId };
  return { "x-amz-request-id": requestId, "x-amz-id-2": hostId(requestId), server: "AmazonS3" };
}

function hostId(requestId: string): string {
  return Buffer.from(`${requestId}/${requestId}`).toString("base64");
}

function errorDocument(service: ServiceModel, error: WireError, requestId: string): string {
  if (service.name !== "s3") return declaration + errorResponse(service, error, error.code, requestId);
  return (
    `${declaration}<Error>${codeAndMessage(error.code, error.message)}` +
    `${errorMembers(error)}<RequestId>${requestId}</RequestId><HostId>${hostId(requestId)}</HostId></Error>`
  );
}

const saysNothing = new Set([
  "PutBucketPolicy",
  "PutBucketTagging",
  "PutBucketInventoryConfiguration",
  "PutBucketAnalyticsConfiguration",
  "PutBucketIntelligentTieringConfiguration",
  "PutBucketMetricsConfiguration",
]);

/** A range of an object is a partial answer; the model knows one status only. */
function statusOf(operation: OperationModel, output: Fields): number {
  if (operation.service.name !== "s3") return operation.status;
  if (typeof output["$status"] === "number") return output["$status"];
  // The model says 200, S3 says that there is nothing to say.
  if (saysNothing.has(operation.name)) return 204;
  return output["ContentRange"] === undefined ? operation.status : 206;
}

/** S3 has no SerializationException: numbers in parameters are invalid arguments, anything in a body malformed XML. */
function inWordsOfS3({ operation, query }: DecodeRequest): AwsError {
  for (const { shape, traits } of operation.input.members) {
    const name = traits.httpQuery ?? "";
    const text = query.get(name)?.[0];
    if (shape.kind !== "number" || text === undefined || /^\s*-?\d+\s*$/.test(text)) continue;
    return new AwsError("InvalidArgument", `Provided ${name} not an integer or within integer range`, {
      status: 400,
      members: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return malformed();
}

export const restXmlProtocol: Protocol = {
  name: "restXml",
  decode(request) {
    try {
      return readRequest(request, xmlFormat);
    } catch (error) {
      const isS3 = request.operation.service.name === "s3";
      throw isS3 && error instanceof AwsError && error.code === "SerializationException"
        ? inWordsOfS3(request)
        : error;
    }
  },
  encode(operation, output, requestId) {
    const bound = bindResponse(operation.output, output);
    const { body, contentType } = encodeBody(operation, bound, output);
    const headers = {
      ...identify(operation.service, requestId),
      ...(contentType === undefined ? {} : { "content-type": contentType }),
      ...bound.headers,
      ...(operation.service.name === "s3" ? (output["$headers"] as Record<string, string> | undefined) : {}),
    };
    return { status: bound.status ?? statusOf(operation, output), headers, body };
  },
  encodeError(service, operation, thrown, requestId) {
    const error = wireError(service, thrown);
    const bound = error.shape ? bindResponse(error.shape, errorFields(error)) : undefined;
    const headers: Record<string, string> = {
      ...identify(service, requestId),
      ...bound?.headers,
      // Headers that an error brings without being modelled (x-amz-delete-marker of a NoSuchKey).
      ...(error.members["$headers"] as Record<string, string> | undefined),
    };
    const isBodiless = error.status === 304 || operation?.routes[0]?.method === "HEAD";
    if (isBodiless) return { status: error.status, headers, body: "" };
    headers["content-type"] = service.name === "s3" ? "application/xml" : "text/xml";
    return { status: error.status, headers, body: errorDocument(service, error, requestId) };
  },
};
