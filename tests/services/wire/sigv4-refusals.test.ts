/** Signatures that are wrong, each refused as AWS refuses it. */
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../packages/awan/src/host/http.ts";
import type { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { credentialOf } from "../../../packages/awan/src/wire/sigv4.ts";
import { captured, listQueues, nowMs, presignedRequest, refused, s3, verify, withHeader } from "./signing.ts";

const noSecret = (): undefined => undefined;

describe("refusals", () => {
  test("of changed bodies and headers, with both strings in the message", async () => {
    const request = await listQueues();
    const { code, message, status } = refused({ ...request, body: Buffer.from("{ }") }, "json");
    expect(code).toBe("InvalidSignatureException");
    expect(status).toBe(400);
    expect(message).toMatch(
      /^The request signature we calculated does not match .*\n\nThe Canonical String for this request should have been\n'POST\n\/\n[^]*'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n[^]*'\n$/,
    );
    expect(refused(withHeader(request, "x-amz-target", "AmazonSQS.Other"), "query").code).toBe(
      "SignatureDoesNotMatch",
    );
    expect(refused({ ...request, target: "/?x" }, "rest-json")).toMatchObject({
      code: "InvalidSignatureException",
      status: 403,
    });
  });

  test("of unknown keys and wrong or expired tokens", async () => {
    const request = await listQueues();
    expect(refused(request, "json", { secretFor: noSecret })).toMatchObject({
      code: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
    expect(refused(request, "query", { secretFor: noSecret }).code).toBe("InvalidClientTokenId");
    expect(refused(request, "ec2", { secretFor: noSecret })).toMatchObject({
      code: "AuthFailure",
      status: 401,
    });
    const put = await captured(s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" })));
    expect(refused(put, "s3", { secretFor: noSecret })).toMatchObject({
      code: "InvalidAccessKeyId",
      status: 403,
    });
    const expired = { secretAccessKey: "plain-secret", expiresAtMs: nowMs };
    expect(refused(request, "json", { secretFor: () => expired }).code).toBe("ExpiredTokenException");
    expect(refused(put, "s3", { secretFor: () => expired }).code).toBe("ExpiredToken");
    const other = { secretAccessKey: "plain-secret", sessionToken: "other" };
    expect(refused(put, "s3", { secretFor: () => other }).code).toBe("InvalidToken");
  });

  test("of requests too old or too new", async () => {
    const request = await listQueues();
    const late = refused(request, "json", { nowMs: nowMs + 16 * 60_000 });
    expect(late.code).toBe("InvalidSignatureException");
    expect(late.message).toMatch(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    );
    expect(refused(request, "query", { nowMs: nowMs - 16 * 60_000 }).message).toMatch(
      /^Signature not yet current: .* is still later than .* \(.* \+ 15 min\.\)$/,
    );
    const put = await captured(s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" })));
    const skewed = refused(put, "s3", { nowMs: nowMs + 16 * 60_000 });
    expect(skewed.code).toBe("RequestTimeTooSkewed");
    expect(skewed.members).toMatchObject({ MaxAllowedSkewMilliseconds: "900000" });
    verify(request, "json", { nowMs: nowMs + 14 * 60_000 });
  });

  test("of incomplete or malformed authorizations", async () => {
    const request = await listQueues();
    const authorized = (value: string): HttpRequest => withHeader(request, "authorization", value);
    const incomplete = refused(authorized("AWS4-HMAC-SHA256 Credential=a/b/c"), "json");
    expect(incomplete.code).toBe("IncompleteSignatureException");
    expect(incomplete.message).toBe(
      "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a/b/c",
    );
    expect(
      refused(authorized("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x"), "query"),
    ).toMatchObject({
      code: "IncompleteSignature",
      message:
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
    });
    expect(
      refused(authorized("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x"), "s3").code,
    ).toBe("AuthorizationHeaderMalformed");
    const { authorization: _none, ...headers } = request.headers;
    expect(refused({ ...request, headers }, "json").code).toBe("MissingAuthenticationTokenException");
    expect(refused({ ...request, headers }, "query")).toMatchObject({
      code: "MissingAuthenticationToken",
      message: "Request is missing Authentication Token",
      status: 403,
    });
  });

  test("of scopes for elsewhere", async () => {
    const request = await listQueues();
    expect(refused(request, "json", { expected: { region: "us-east-1" } }).message).toContain(
      "valid region, not 'eu-west-1'",
    );
    expect(refused(request, "json", { expected: { service: "sns" } }).message).toContain(
      "correct service: 'sns'",
    );
    const yesterday = request.headers["authorization"]?.replace(/\/\d{8}\//, "/20200101/") ?? "";
    expect(refused(withHeader(request, "authorization", yesterday), "json").message).toContain(
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != ",
    );
  });

  test("of what S3 alone refuses", async () => {
    const put = await captured(s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" })));
    const { members } = refused({ ...put, target: "/b/other" }, "s3");
    expect(Object.keys(members)).toEqual([
      "AWSAccessKeyId",
      "StringToSign",
      "SignatureProvided",
      "StringToSignBytes",
      "CanonicalRequest",
      "CanonicalRequestBytes",
    ]);
    const unsigned = refused(withHeader(put, "x-amz-acl", "public-read"), "s3");
    expect(unsigned.code).toBe("AccessDenied");
    expect(unsigned.members).toEqual({ HeadersNotSigned: "x-amz-acl" });
    const url = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket: "b", Key: "k" })));
    const expires = (value: string): AwsError => {
      url.searchParams.set("X-Amz-Expires", value);
      return refused(presignedRequest(url, "GET"), "s3");
    };
    expect(expires("604801").message).toContain("must be less than a week");
    expect(expires("-1").message).toBe("X-Amz-Expires must be non-negative");
    expect(expires("soon").message).toBe("X-Amz-Expires should be a number");
    url.searchParams.delete("X-Amz-Expires");
    expect(refused(presignedRequest(url, "GET"), "s3").code).toBe("AuthorizationQueryParametersError");
    const version2 = withHeader(put, "authorization", "AWS AKIDPLAIN:abc=");
    expect(credentialOf(version2.headers, new Map())).toMatchObject({
      algorithm: "AWS",
      accessKeyId: "AKIDPLAIN",
    });
    expect(refused(version2, "s3").code).toBe("SignatureDoesNotMatch");
  });
});
