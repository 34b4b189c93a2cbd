/** The query protocol and EC2's: the many ways clients spell lists and maps. */
import { describe, expect, it } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import type { OperationModel } from "../../model/service-model.ts";
import { loadModel } from "../../model/service-model.ts";
import { protocolNamed } from "./protocol.ts";

const operationOf = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;

function decode(protocol: "query" | "ec2", service: string, name: string, body: string) {
  const operation = operationOf(service, name);
  const request = {
    operation,
    labels: {},
    path: "/",
    query: new Map(),
    headers: {},
    body: Buffer.from(body),
  };
  return protocolNamed(protocol).decode(request);
}

const tags = (prefix: string) =>
  `${prefix}.2.Key=b&${prefix}.2.Value=2&${prefix}.1.Key=a&${prefix}.1.Value=1`;

describe("query requests", () => {
  it("reads flattened maps and lists by SQS's old names", () => {
    const body =
      "Action=SendMessage&MessageBody=a+b%26&MessageAttribute.1.Name=n" +
      "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v";
    expect(decode("query", "sqs", "SendMessage", body)).toEqual({
      MessageBody: "a b&",
      MessageAttributes: { n: { DataType: "String", StringValue: "v" } },
    });
  });

  it("reads lists by number, not by order, and with or without `member`", () => {
    const expected = {
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2" },
      ],
    };
    expect(decode("query", "sns", "TagResource", tags("Tags.member"))).toEqual(expected);
    expect(decode("query", "sns", "TagResource", tags("Tags"))).toEqual(expected);
  });

  it("takes `Name=` for an empty list", () => {
    expect(decode("query", "sns", "UntagResource", "TagKeys=")).toEqual({ TagKeys: [] });
  });

  it("capitalises EC2's names and knows only flat lists", () => {
    const body = "InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=n&Filter.1.Value.1=v";
    expect(decode("ec2", "ec2", "DescribeInstances", body)).toEqual({
      InstanceIds: ["i-1", "i-2"],
      Filters: [{ Name: "n", Values: ["v"] }],
    });
  });

  it("refuses a number that is none", () => {
    expect(() => decode("query", "sqs", "SendMessage", "DelaySeconds=soon")).toThrow(
      expect.objectContaining({ code: "SerializationException", status: 400 }),
    );
  });
});

describe("query answers", () => {
  it("wraps the result", () => {
    const { body } = protocolNamed("query").encode(
      operationOf("sns", "CreateTopic"),
      { TopicArn: "a<b" },
      "id",
    );
    expect(body).toBe(
      '<?xml version="1.0"?>\n<CreateTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
        "<CreateTopicResult><TopicArn>a&lt;b</TopicArn></CreateTopicResult>" +
        "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></CreateTopicResponse>",
    );
  });

  it("answers errors with the query code and status", () => {
    const error = new AwsError("NotFoundException", "no topic");
    const { status, body } = protocolNamed("query").encodeError(loadModel("sns"), undefined, error, "id");
    expect(status).toBe(404);
    expect(body).toContain(
      "<Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error>",
    );
  });
});
