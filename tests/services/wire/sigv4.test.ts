/** Signatures of the SDK's own signers, verified. */
import { APIGatewayClient, GetTagsCommand } from "@aws-sdk/client-api-gateway";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../packages/awan/src/host/http.ts";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import {
  type Dialect,
  type Secret,
  chunkSignature,
  credentialOf,
  credentialOfForm,
  verifyPostPolicy,
} from "../../../packages/awan/src/wire/sigv4.ts";
import { captured, config, nowMs, presignedRequest, refused, s3, verify } from "./signing.ts";

const secretFor = (): Secret => ({ secretAccessKey: "plain-secret" });
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

describe("requests of SDK clients verify", () => {
  const arn = "arn:aws:lambda:eu-west-1:000000000000:function:f:live";
  const calls: Record<string, readonly [Dialect, () => Promise<unknown>]> = {
    sqs: ["json", () => new SQSClient(config).send(new ListQueuesCommand({ QueueNamePrefix: "ü" }))],
    dynamodb: ["json", () => new DynamoDBClient(config).send(new ListTablesCommand({}))],
    sns: ["query", () => new SNSClient(config).send(new PublishCommand({ Message: "a b+ü", TopicArn: "x" }))],
    "an ARN in the path": [
      "rest-json",
      () =>
        new LambdaClient(config).send(new InvokeCommand({ FunctionName: arn, Payload: Buffer.from("{}") })),
    ],
    "an ARN with slashes": [
      "rest-json",
      () =>
        new APIGatewayClient(config).send(
          new GetTagsCommand({ resourceArn: "arn:aws:apigateway:eu-west-1::/restapis/a b(*)", limit: 3 }),
        ),
    ],
    "an S3 key": [
      "s3",
      () => s3.send(new PutObjectCommand({ Bucket: "b", Key: "a b/./../ü+(1)//!'~*x%20", Body: "body" })),
    ],
    "an S3 stream": [
      "s3",
      () =>
        s3.send(
          new PutObjectCommand({
            Bucket: "b",
            Key: "k",
            Body: Readable.from([Buffer.from("x")]),
            ContentLength: 1,
          }),
        ),
    ],
    "an S3 query": [
      "s3",
      () => s3.send(new ListObjectsV2Command({ Bucket: "b", Prefix: "a b+&=ü/", Delimiter: "/" })),
    ],
    "temporary credentials": [
      "json",
      () =>
        new SQSClient({
          ...config,
          credentials: {
            accessKeyId: "ASIATEMPORARY",
            secretAccessKey: "temporary",
            sessionToken: "token/+=",
          },
        }).send(new ListQueuesCommand({})),
    ],
  };
  test.each(Object.entries(calls))("%s", async (_name, [dialect, call]) => {
    const request = await captured(call());
    const { credential } = verify(request, dialect);
    expect(credential).toMatchObject({ source: "header", region: "eu-west-1", terminator: "aws4_request" });
    expect(refused({ ...request, method: "PATCH" }, dialect).message).toContain("signature we calculated");
  });

  test("presigned S3 URLs, also of keys with odd characters", async () => {
    for (const Key of ["plain", "a b/ü+(1)//x"]) {
      const commands: (GetObjectCommand | PutObjectCommand)[] = [
        new GetObjectCommand({ Bucket: "b", Key, ResponseContentType: "text/plain; charset=utf-8" }),
        new PutObjectCommand({ Bucket: "b", Key, Metadata: { a: "b" } }),
      ];
      for (const command of commands) {
        const url = new URL(await getSignedUrl(s3, command, { expiresIn: 60 }));
        const request = presignedRequest(url, command instanceof GetObjectCommand ? "GET" : "PUT");
        expect(verify(request, "s3").credential).toMatchObject({ source: "query", service: "s3" });
        const late = refused(request, "s3", { nowMs: nowMs + 120_000 });
        expect(late).toMatchObject({ code: "AccessDenied", message: "Request has expired", status: 403 });
        expect(late.members).toMatchObject({ "X-Amz-Expires": "60" });
        expect(refused({ ...request, method: "DELETE" }, "s3").code).toBe("SignatureDoesNotMatch");
      }
    }
  });
});

test("SigV4a is read", () => {
  const authorization =
    "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=30";
  expect(credentialOf({ authorization }, new Map())).toMatchObject({
    algorithm: "AWS4-ECDSA-P256-SHA256",
    accessKeyId: "AKID",
    date: "20260101",
    region: undefined,
    service: "s3",
    signedHeaders: ["host", "x-amz-date"],
  });
});

// The example of the S3 API Reference, "Signature calculations: transferring payload in multiple chunks".
test("the chunks of a signed stream", () => {
  const request: HttpRequest = {
    method: "PUT",
    target: "/examplebucket/chunkObject.txt",
    headers: {
      host: "s3.amazonaws.com",
      "x-amz-date": "20130524T000000Z",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": "66560",
      "content-length": "66824",
    },
    body: Readable.from([]),
    remoteAddress: "127.0.0.1",
    origin: "",
  };
  const verified = verify(request, "s3", {
    nowMs: Date.UTC(2013, 4, 24),
    secretFor: () => ({ secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }),
  });
  const first = chunkSignature(verified, verified.seed, Buffer.alloc(65_536, "a"));
  expect(first).toBe("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  const second = chunkSignature(verified, first, Buffer.alloc(1_024, "a"));
  expect(second).toBe("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  expect(chunkSignature(verified, second, Buffer.alloc(0))).toBe(
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  );
});

test("POST policies of both versions", () => {
  const policy = Buffer.from('{"expiration":"2030-01-01T00:00:00Z","conditions":[]}').toString("base64");
  const key = hmac(hmac(hmac(hmac("AWS4plain-secret", "20260101"), "us-east-1"), "s3"), "aws4_request");
  const four = credentialOfForm(
    new Map([
      ["X-Amz-Credential", "AKIDPLAIN/20260101/us-east-1/s3/aws4_request"],
      ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
      ["X-Amz-Signature", hmac(key, policy).toString("hex")],
    ]),
  );
  const two = credentialOfForm(
    new Map([
      ["AWSAccessKeyId", "AKIDPLAIN"],
      ["signature", createHmac("sha1", "plain-secret").update(policy).digest("base64")],
    ]),
  );
  for (const credential of [four, two]) {
    if (credential === undefined) throw new Error("no credential was found");
    verifyPostPolicy({ credential, policy, nowMs, secretFor });
    expect(() => verifyPostPolicy({ credential, policy: `${policy}x`, nowMs, secretFor })).toThrow(AwsError);
  }
});

// Recorded from boto3 1.43's generate_presigned_url, which signs S3 URLs with version 2 by default.
test("S3's presigned URLs of version 2", () => {
  const query =
    "response-content-type=a%2Fb%3B%20c%3Dd&AWSAccessKeyId=AK&Signature=lfXo4qtPUkCYByF%2FUkrWjLv9FKY%3D&Expires=1795222230";
  const request = presignedRequest(new URL(`http://127.0.0.1/b/plain?${query}`), "GET");
  const options = { nowMs: 1_795_222_229_000, secretFor: () => ({ secretAccessKey: "s/ecret+" }) };
  expect(verify(request, "s3", options).credential.algorithm).toBe("AWS");
  expect(refused({ ...request, method: "PUT" }, "s3", options).code).toBe("SignatureDoesNotMatch");
  expect(refused(request, "s3", { ...options, nowMs: 1_795_222_231_000 }).message).toBe(
    "Request has expired",
  );
});
