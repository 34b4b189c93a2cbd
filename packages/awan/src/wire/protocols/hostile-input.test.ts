/** Whatever a caller sends is read or refused with an AwsError; nothing else may be thrown, because that would be a 5xx. */
import { fc, test } from "@fast-check/vitest";
import { describe } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import { loadModel } from "../../model/service-model.ts";
import { validateInput } from "../../model/validate.ts";
import { encodeCbor } from "./cbor.ts";
import { protocolNamed } from "./protocol.ts";
import type { ProtocolName } from "./protocol.ts";

function isReadOrRefused(
  protocol: ProtocolName,
  service: string,
  name: string,
  body: Uint8Array,
  parts: { readonly query?: Map<string, string[]>; readonly headers?: Record<string, string> } = {},
): boolean {
  const operation = loadModel(service).operation(name);
  if (!operation) throw new Error(`no ${service}:${name}`);
  const { query = new Map<string, string[]>(), headers = {} } = parts;
  try {
    const input = protocolNamed(protocol).decode({ operation, labels: {}, path: "/", query, headers, body });
    validateInput(operation, input, protocol);
    return true;
  } catch (error) {
    return error instanceof AwsError && (error.status ?? 400) < 500;
  }
}

const bytes = fc.uint8Array({ maxLength: 64 });
const text = fc.string({ unit: "binary", maxLength: 40 });
/** Bodies whose keys are members, so that decoding goes deeper. */
const bodyOf = (names: readonly string[]) =>
  fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { maxKeys: 4 }));

const dynamodbBody = bodyOf(["TableName", "Item", "Limit", "ConsistentRead", "Expected", "ReturnValues"]);
const kinesisBody = bodyOf(["StreamName", "Records", "Tags", "Timestamp", "ShardCount"]);
const lambdaBody = bodyOf(["Code", "Environment", "Timeout", "Layers", "VpcConfig", "Tags", "Publish"]);

describe("hostile input", () => {
  test.prop([dynamodbBody])("as JSON", (value) =>
    isReadOrRefused("json10", "dynamodb", "PutItem", Buffer.from(JSON.stringify(value))),
  );
  test.prop([bytes])("as anything but JSON", (body) =>
    isReadOrRefused("json11", "kinesis", "PutRecords", body),
  );
  test.prop([kinesisBody])("as CBOR", (value) =>
    isReadOrRefused("amzCbor", "kinesis", "PutRecords", encodeCbor(value)),
  );
  test.prop([bytes])("as anything but CBOR", (body) =>
    isReadOrRefused("rpcv2Cbor", "cloudwatch", "PutMetricData", body),
  );
  test.prop([lambdaBody, text])("as REST-JSON", (value, header) =>
    isReadOrRefused("restJson", "lambda", "CreateFunction", Buffer.from(JSON.stringify(value)), {
      headers: { "x-amz-header": header },
    }),
  );
  test.prop([text, text])("as parameters and headers", (query, header) =>
    isReadOrRefused("restXml", "s3", "ListObjectsV2", new Uint8Array(), {
      query: new Map([
        ["max-keys", [query]],
        ["fetch-owner", [query]],
      ]),
      headers: { "x-amz-optional-object-attributes": header },
    }),
  );
  const fragments = [
    "<a>",
    "</a>",
    "<Rule>",
    "</Rule>",
    "<Days>",
    "1",
    "x",
    "&#x110000;",
    "&amp;",
    "<!--",
    "-->",
    "<a/>",
  ];
  test.prop([fc.array(fc.constantFrom(...fragments), { maxLength: 12 })])("as XML", (parts) =>
    isReadOrRefused("restXml", "s3", "PutBucketLifecycleConfiguration", Buffer.from(parts.join(""))),
  );
  const names = [
    "MessageAttributes",
    "MessageAttribute",
    "1",
    "Name",
    "Value",
    "BinaryValue",
    "DelaySeconds",
    "__proto__",
  ];
  const field = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 5 });
  test.prop([fc.array(fc.tuple(field, fc.string({ unit: "grapheme", maxLength: 10 })), { maxLength: 6 })])(
    "as a form",
    (fields) => {
      const form = fields.map(([path, value]) => `${path.join(".")}=${encodeURIComponent(value)}`);
      return isReadOrRefused("query", "sqs", "SendMessage", Buffer.from(form.join("&")));
    },
  );
});
