/** The AWS query protocol: a form in, XML out. */
import type { ServiceModel } from "../../model/service-model.ts";
import type { Member } from "../../model/shape.ts";
import { senderOrReceiver, wireError } from "./errors.ts";
import type { WireError } from "./errors.ts";
import { parseForm, queryDialect, readForm } from "./form.ts";
import { bodyBytes } from "./json.ts";
import type { DecodeRequest, Protocol } from "./protocol.ts";
import { textOf } from "./scalars.ts";
import { sqsDetail, sqsQueryMessage } from "./sqs-errors.ts";
import { escapeXml } from "./xml.ts";
import { xmlMembers } from "./xml-shapes.ts";

export { parseForm } from "./form.ts";

/** The form of a request: as the front door parsed it, else the body's. */
export function formOf({ form, body }: DecodeRequest): ReadonlyMap<string, string> {
  return form ?? parseForm(bodyBytes(body).toString("utf8"));
}

/** Not said otherwise: the code and the message have elements of their own, headers are headers. */
const isElement = ({ name, traits }: Member): boolean =>
  name.toLowerCase() !== "message" && name !== "Code" && traits.httpHeader === undefined;

/** Members of an error as elements: by shape where the model knows them, as plain text where it does not. */
export function errorMembers(error: WireError): string {
  const { shape, members } = error;
  let xml = shape ? xmlMembers(shape, members, isElement) : "";
  for (const [name, value] of Object.entries(members)) {
    if (shape?.member(name) || name.startsWith("$") || value === undefined || value === null) continue;
    xml += `<${name}>${escapeXml(textOf(value))}</${name}>`;
  }
  return xml;
}

/** `<Code>` and, if there is one, `<Message>`. */
export function codeAndMessage(code: string, message: string): string {
  const text = message === "" ? "" : `<Message>${escapeXml(message)}</Message>`;
  return `<Code>${escapeXml(code)}</Code>${text}`;
}

/** The `<ErrorResponse>` of query and of REST-XML services other than S3. */
export function errorResponse(
  service: ServiceModel,
  error: WireError,
  code: string,
  requestId: string,
  detail = "",
): string {
  const namespace = service.table.xmlNamespace;
  const opening = namespace === undefined ? "" : ` xmlns="${escapeXml(namespace)}"`;
  return (
    `<ErrorResponse${opening}><Error><Type>${senderOrReceiver(error)}</Type>${codeAndMessage(code, error.message)}` +
    `${errorMembers(error)}${detail}</Error>` +
    `<RequestId>${requestId}</RequestId></ErrorResponse>`
  );
}

const headersOf = (requestId: string): Record<string, string> => ({
  "content-type": "text/xml",
  "x-amzn-requestid": requestId,
});

export const queryProtocol: Protocol = {
  name: "query",
  decode(request) {
    return readForm(request.operation.input, formOf(request), queryDialect);
  },
  encode({ name, output: shape, service }, output, requestId) {
    const members = shape.kind === "unit" ? "" : xmlMembers(shape, output);
    const full = members === "" ? `<${name}Result/>` : `<${name}Result>${members}</${name}Result>`;
    const result = shape.kind === "unit" ? "" : full;
    const namespace = escapeXml(service.table.xmlNamespace ?? "");
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    const body = `<?xml version="1.0"?>\n<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`;
    return { status: 200, headers: headersOf(requestId), body };
  },
  encodeError(service, operation, thrown, requestId) {
    const error = wireError(service, thrown);
    const isSqs = service.name === "sqs";
    const said = isSqs ? { ...error, message: sqsQueryMessage(error.code, error.message) } : error;
    const detail = isSqs ? sqsDetail(operation?.name) : "";
    const body = `<?xml version="1.0"?>\n${errorResponse(service, said, error.queryCode, requestId, detail)}`;
    return { status: error.queryStatus, headers: headersOf(requestId), body };
  },
};
