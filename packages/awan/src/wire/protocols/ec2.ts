/** EC2's variant of the query protocol: lists are always flat, names are capitalised, answers have no result element. */
import { wireError } from "./errors.ts";
import { readForm } from "./form.ts";
import type { FormDialect } from "./form.ts";
import { codeAndMessage, errorMembers, formOf } from "./query.ts";
import type { Protocol } from "./protocol.ts";
import { escapeXml } from "./xml.ts";
import { xmlMembers } from "./xml-shapes.ts";

const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const ec2Dialect: FormDialect = {
  fieldOf: (member) => member.traits.ec2QueryName ?? capitalised(member.ownTraits.xmlName ?? member.name),
  isFlat: () => true,
};

const headersOf = (requestId: string): Record<string, string> => ({
  "content-type": "text/xml;charset=UTF-8",
  "x-amzn-requestid": requestId,
});

export const ec2Protocol: Protocol = {
  name: "ec2",
  decode(request) {
    return readForm(request.operation.input, formOf(request), ec2Dialect);
  },
  encode({ name, output: shape, service }, output, requestId) {
    const members = shape.kind === "unit" ? "<return>true</return>" : xmlMembers(shape, output);
    const namespace = escapeXml(service.table.xmlNamespace ?? "");
    const body =
      `<?xml version="1.0" encoding="UTF-8"?>\n<${name}Response xmlns="${namespace}">` +
      `<requestId>${requestId}</requestId>${members}</${name}Response>`;
    return { status: 200, headers: headersOf(requestId), body };
  },
  encodeError(service, _operation, thrown, requestId) {
    const error = wireError(service, thrown);
    const inner = codeAndMessage(error.queryCode, error.message);
    const body =
      `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>${inner}${errorMembers(error)}</Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`;
    return { status: error.queryStatus, headers: headersOf(requestId), body };
  },
};
