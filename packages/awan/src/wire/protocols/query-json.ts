/**
 * What services of the query protocol answer to `Accept: application/json`: the same answer as JSON. API Gateway's
 * integrations and Vault's AWS login read it. Members are in alphabetical order, absent ones null, and the maps that
 * are flat in XML are lists of names and values (recorded on AWS).
 */
import type { ServiceModel } from "../../model/service-model.ts";
import type { Shape, Target } from "../../model/shape.ts";
import { senderOrReceiver, wireError } from "./errors.ts";
import type { Protocol } from "./protocol.ts";
import { queryProtocol } from "./query.ts";
import { encodeBase64 } from "./scalars.ts";
import { sqsQueryMessage } from "./sqs-errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Members that had other names before SQS had a JSON protocol. */
const sqsNames: Readonly<Record<string, string>> = { Messages: "messages", QueueUrls: "queueUrls" };

function structure(shape: Shape, fields: Fields, service: ServiceModel): Fields {
  const encoded: Record<string, unknown> = {};
  for (const member of shape.members) {
    const name = service.name === "sqs" ? (sqsNames[member.name] ?? member.name) : member.name;
    encoded[name] = valueOf(member, fields[member.name], service);
  }
  return sorted(encoded);
}

function sorted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function valueOf(target: Target, value: unknown, service: ServiceModel): unknown {
  if (value === undefined || value === null) return null;
  const { shape, traits } = target;
  switch (shape.kind) {
    case "structure":
    case "union":
      return structure(shape, value as Fields, service);
    case "list":
      return Array.from(value as Iterable<unknown>, (item) => valueOf(shape.item, item, service));
    case "map": {
      const entries = Object.entries(value as Fields).map(
        ([name, each]) => [name, valueOf(shape.value, each, service)] as const,
      );
      if (traits.xmlFlattened !== 1) return Object.fromEntries(entries);
      const [keyName, valueName] = [shape.key, shape.value].map(({ ownTraits }) => ownTraits.xmlName);
      return entries.map(([name, each]) => ({ [keyName ?? "key"]: name, [valueName ?? "value"]: each }));
    }
    case "blob":
      return encodeBase64(value);
    case "timestamp":
      return (value instanceof Date ? value.getTime() : Number(value)) / 1_000;
    default:
      return value;
  }
}

const headersOf = (requestId: string): Record<string, string> => ({
  "content-type": "application/json",
  "x-amzn-requestid": requestId,
});

export const queryJsonProtocol: Protocol = {
  name: "query",
  decode: (request) => queryProtocol.decode(request),
  encode({ name, output: shape, service }, output, requestId) {
    const answer: Record<string, unknown> = { ResponseMetadata: { RequestId: requestId } };
    if (shape.kind !== "unit") answer[`${name}Result`] = structure(shape, output, service);
    const body = JSON.stringify({ [`${name}Response`]: sorted(answer) });
    return { status: 200, headers: headersOf(requestId), body };
  },
  encodeError(service, _operation, thrown, requestId) {
    const error = wireError(service, thrown);
    const Message = service.name === "sqs" ? sqsQueryMessage(error.code, error.message) : error.message;
    const body = JSON.stringify({
      Error: { Code: error.queryCode, Message, Type: senderOrReceiver(error) },
      RequestId: requestId,
    });
    return { status: error.queryStatus, headers: headersOf(requestId), body };
  },
};
