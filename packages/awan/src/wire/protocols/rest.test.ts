/** The REST protocols: where members travel, and S3's own forms. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import type { OperationModel } from "../../model/service-model.ts";
import { loadModel } from "../../model/service-model.ts";
import { isStreamingInput, protocolNamed } from "./protocol.ts";
import type { DecodeRequest } from "./protocol.ts";

const operationOf = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;

function decode(
  protocol: "restJson" | "restXml",
  service: string,
  name: string,
  parts: Partial<DecodeRequest>,
) {
  const operation = operationOf(service, name);
  const empty = { labels: {}, path: "/", query: new Map(), headers: {}, body: new Uint8Array() };
  return protocolNamed(protocol).decode({ operation, ...empty, ...parts });
}

describe("REST-JSON", () => {
  it("gathers members from path, query, headers and body", () => {
    const input = decode("restJson", "lambda", "Invoke", {
      labels: { FunctionName: "f" },
      query: new Map([["Qualifier", ["live"]]]),
      headers: { "x-amz-invocation-type": "Event" },
      body: Buffer.from("{}"),
    });
    expect(input).toEqual({
      FunctionName: "f",
      Qualifier: "live",
      InvocationType: "Event",
      Payload: Buffer.from("{}"),
    });
  });

  it("renames members by trait, and takes a bound one from its binding only", () => {
    const body = Buffer.from('{"name":"n","restApiId":5}');
    expect(
      decode("restJson", "apigateway", "CreateAuthorizer", { labels: { restApiId: "a" }, body }),
    ).toEqual({
      restApiId: "a",
      name: "n",
    });
  });

  it("answers with the status, headers and payload of the output", () => {
    const output = { StatusCode: 202, FunctionError: "Handled", Payload: Buffer.from("x") };
    const { status, headers, body } = protocolNamed("restJson").encode(
      operationOf("lambda", "Invoke"),
      output,
      "id",
    );
    expect([status, headers["x-amz-function-error"], body]).toEqual([202, "Handled", Buffer.from("x")]);
  });

  it("puts header members of errors into headers", () => {
    const error = new AwsError("TooManyRequestsException", "slow down", {
      members: { retryAfterSeconds: "7", Reason: "r" },
    });
    const answer = protocolNamed("restJson").encodeError(loadModel("lambda"), undefined, error, "id");
    expect(answer.status).toBe(429);
    expect(answer.headers).toMatchObject({
      "retry-after": "7",
      "x-amzn-errortype": "TooManyRequestsException",
    });
    expect(JSON.parse(answer.body as string)).toEqual({ message: "slow down", Reason: "r" });
  });
});

describe("REST-XML", () => {
  it("reads bodies whatever their namespace prefix", () => {
    const body = Buffer.from(
      '<?xml version="1.0"?><s:Tagging xmlns:s="x"><s:TagSet><s:Tag><s:Key>a&amp;</s:Key><s:Value><![CDATA[<b>]]></s:Value>' +
        "</s:Tag></s:TagSet></s:Tagging>",
    );
    expect(decode("restXml", "s3", "PutBucketTagging", { labels: { Bucket: "b" }, body })).toEqual({
      Bucket: "b",
      Tagging: { TagSet: [{ Key: "a&", Value: "<b>" }] },
    });
  });

  it.each(["<a>", "<a></b>", "text", "<a/><b/>", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'])(
    "refuses %s",
    (text) => {
      const refused = () => decode("restXml", "s3", "PutBucketTagging", { body: Buffer.from(text) });
      expect(refused).toThrow(expect.objectContaining({ code: "MalformedXML", status: 400 }));
    },
  );

  it.each([
    [
      new Map([["max-keys", ["many"]]]),
      "",
      "InvalidArgument",
      "Provided max-keys not an integer or within integer range",
    ],
    [new Map(), "<Delete><Quiet>maybe</Quiet></Delete>", "MalformedXML", expect.any(String)],
  ])("words %o %j as S3 does", (query, text, code, message) => {
    const name = query.size > 0 ? "ListObjectsV2" : "DeleteObjects";
    const refused = () => decode("restXml", "s3", name, { query, body: Buffer.from(text) });
    expect(refused).toThrow(expect.objectContaining({ code, message, status: 400 }));
  });

  it("collects prefixed headers and leaves a streaming body a stream", () => {
    expect(isStreamingInput(operationOf("s3", "PutObject"))).toBe(true);
    expect(isStreamingInput(operationOf("s3", "PutBucketTagging"))).toBe(false);
    const body = Readable.from(["x"]);
    const headers = { "x-amz-meta-colour": "red", "content-length": "1" };
    expect(
      decode("restXml", "s3", "PutObject", { labels: { Bucket: "b", Key: "k" }, headers, body }),
    ).toEqual({
      Bucket: "b",
      Key: "k",
      ContentLength: 1,
      Metadata: { colour: "red" },
      Body: body,
    });
  });

  it("puts a bucket's location straight into the root", () => {
    const operation = operationOf("s3", "GetBucketLocation");
    const { body } = protocolNamed("restXml").encode(operation, { LocationConstraint: "eu-west-1" }, "id");
    expect(body).toContain(
      '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</Loc',
    );
  });

  it("passes a blob range through for the front door to stream", () => {
    const range = { blob: "abc", start: 0, end: 5 };
    const output = { Body: range, ETag: '"e"' };
    const { headers, body } = protocolNamed("restXml").encode(operationOf("s3", "GetObject"), output, "id");
    expect(body).toBe(range);
    expect(headers).toMatchObject({ etag: '"e"', "content-type": "application/octet-stream" });
  });

  it("answers S3's errors in S3's form, and HEAD without a body", () => {
    const xml = protocolNamed("restXml");
    const error = new AwsError("NoSuchKey", "The specified key does not exist.", { members: { Key: "k" } });
    const answer = xml.encodeError(loadModel("s3"), operationOf("s3", "GetObject"), error, "id");
    expect(answer.status).toBe(404);
    expect(answer.body).toContain(
      "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>k</Key><RequestId>id<",
    );
    expect(xml.encodeError(loadModel("s3"), operationOf("s3", "HeadObject"), error, "id").body).toBe("");
  });
});
