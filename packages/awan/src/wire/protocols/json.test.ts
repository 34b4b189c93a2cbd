/** AWS JSON: what is read, what is refused in which words, how errors are said. */
import { describe, expect, it } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import type { OperationModel } from "../../model/service-model.ts";
import { loadModel } from "../../model/service-model.ts";
import { protocolNamed } from "./protocol.ts";

const operationOf = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;

function decode(service: string, name: string, body: string) {
  const operation = operationOf(service, name);
  const request = {
    operation,
    labels: {},
    path: "/",
    query: new Map(),
    headers: {},
    body: Buffer.from(body),
  };
  return protocolNamed("json10").decode(request);
}

describe("JSON requests", () => {
  it("drops nulls and members the model does not know", () => {
    expect(decode("sqs", "SendMessage", '{"QueueUrl":"q","MessageBody":null,"Nonsense":1}')).toEqual({
      QueueUrl: "q",
    });
  });

  it("reads blobs and timestamps", () => {
    expect(decode("kinesis", "PutRecord", '{"Data":"aGk="}')).toEqual({ Data: Buffer.from("hi") });
    const { Timestamp } = decode("kinesis", "GetShardIterator", '{"Timestamp":1.5}');
    expect(Timestamp).toEqual(new Date(1500));
  });

  it("keeps `__proto__` a key like any other", () => {
    const { Item } = decode("dynamodb", "PutItem", '{"Item":{"__proto__":{"S":"x"}}}') as { Item: object };
    expect(Object.keys(Item)).toEqual(["__proto__"]);
  });

  it("takes an empty body for an empty structure", () => {
    expect(decode("sqs", "ListQueues", "")).toEqual({});
  });

  it.each([
    ['{"TableName":1}', "NUMBER_VALUE cannot be converted to String"],
    ['{"TableName":1.5}', "DECIMAL_VALUE cannot be converted to String"],
    ['{"TableName":true}', "TRUE_VALUE cannot be converted to String"],
    ['{"TableName":[]}', "Unrecognized collection type class java.lang.String"],
    ['{"TableName":{}}', "Start of structure or map found where not expected"],
    ['{"Limit":"1"}', "STRING_VALUE cannot be converted to Integer"],
    ['{"ConsistentRead":"true"}', "Unexpected token received from parser"],
    ['{"AttributesToGet":"a"}', "Unexpected field type"],
    [
      '{"ExclusiveStartKey":{"a":{"B":"aa"}}}',
      "Base64 encoded length is expected a multiple of 4 bytes but found: 2",
    ],
    ["{", "Could not parse request body into json"],
    ["[]", "Unrecognized collection type class ScanInput"],
  ])("%s is refused: %s", (body, message) => {
    const refused = () => decode("dynamodb", "Scan", body);
    expect(refused).toThrow(
      expect.objectContaining({ code: "SerializationException", message, status: 400 }),
    );
  });
});

describe("JSON answers", () => {
  it("has the checksum DynamoDB's clients ask for", () => {
    const output = { Item: { a: { B: new Uint8Array([1]) } } };
    const { headers, body } = protocolNamed("json10").encode(
      operationOf("dynamodb", "GetItem"),
      output,
      "id",
    );
    expect(body).toBe('{"Item":{"a":{"B":"AQ=="}}}');
    expect(headers["x-amz-crc32"]).toBe("1042071683");
  });

  it("says query-compatible errors twice", () => {
    const error = new AwsError("QueueDoesNotExist", "no such queue");
    const { status, headers, body } = protocolNamed("json10").encodeError(
      loadModel("sqs"),
      undefined,
      error,
      "id",
    );
    expect(status).toBe(400);
    expect(headers["x-amzn-query-error"]).toBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
    expect(JSON.parse(body as string)).toEqual({
      __type: "com.amazonaws.sqs#QueueDoesNotExist",
      message: "no such queue",
    });
  });

  it("passes on what no model knows, with the caller at fault unless told otherwise", () => {
    const json = protocolNamed("json11");
    const error = new AwsError("OddException", "odd");
    expect(json.encodeError(loadModel("kinesis"), undefined, error, "id").status).toBe(400);
    const missing = new AwsError("NotImplementedException", "not here", { status: 501, fault: "server" });
    expect(json.encodeError(loadModel("kinesis"), undefined, missing, "id").status).toBe(501);
  });
});
