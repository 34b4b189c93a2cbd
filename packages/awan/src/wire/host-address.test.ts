/** Host headers as SDKs, browsers and tools send them. */
import { describe, expect, test } from "vitest";
import { type Address, addressOf } from "./host-address.ts";

/** What is known of an address, without the host. */
function known(host: string, path = "/"): Partial<Address> {
  const { host: _host, ...rest } = addressOf(host, path);
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

describe("plain endpoints", () => {
  test.each([
    "127.0.0.1:4566",
    "localhost:4566",
    "localhost",
    "[::1]:4566",
    "awan:4566",
    "",
    "host.docker.internal",
  ])("%s", (host) => expect(known(host)).toEqual({ kind: "endpoint" }));
  test.each([
    ["sqs.us-east-1.amazonaws.com", "sqs", "us-east-1"],
    ["sqs.eu-west-1.localhost.localstack.cloud:4566", "sqs", "eu-west-1"],
    ["sns.localhost:4566", "sns", undefined],
    ["queue.amazonaws.com", "sqs", undefined],
    ["us-west-2.queue.amazonaws.com", "sqs", "us-west-2"],
    ["streams.dynamodb.us-east-1.amazonaws.com", "dynamodb", "us-east-1"],
    ["monitoring.us-east-1.amazonaws.com", "monitoring", "us-east-1"],
    ["email.us-east-1.amazonaws.com", "ses", "us-east-1"],
    ["iam.amazonaws.com", "iam", undefined],
    ["kms-fips.us-gov-west-1.amazonaws.com", "kms", "us-gov-west-1"],
    ["lambda.us-east-1.api.aws", "lambda", "us-east-1"],
    ["sqs.cn-north-1.amazonaws.com.cn", "sqs", "cn-north-1"],
    ["s3.amazonaws.com", "s3", undefined],
    ["s3.localhost:4566", "s3", undefined],
    ["s3-eu-west-1.amazonaws.com", "s3", "eu-west-1"],
    ["s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1"],
    ["S3.EU-West-1.amazonaws.com.", "s3", "eu-west-1"],
  ])("%s", (host, service, region) => {
    expect(known(host)).toEqual({ kind: "endpoint", service, ...(region === undefined ? {} : { region }) });
  });
});

describe("host prefixes of SDKs", () => {
  test.each([
    ["sync-states.us-east-1.amazonaws.com", { service: "states", region: "us-east-1" }],
    ["streaming-logs.us-east-1.amazonaws.com", { service: "logs", region: "us-east-1" }],
    ["data-servicediscovery.us-east-1.amazonaws.com", { service: "servicediscovery", region: "us-east-1" }],
    ["sync-localhost:4566", {}],
    ["sync-127.0.0.1:4566", {}],
    ["000000000000.127.0.0.1:4566", { accountId: "000000000000" }],
    ["000000000000.localhost:4566", { accountId: "000000000000" }],
    [
      "123456789012.s3-control.us-east-1.amazonaws.com",
      { service: "s3", region: "us-east-1", accountId: "123456789012" },
    ],
    ["123456789012.ddb.us-east-1.amazonaws.com", { region: "us-east-1", accountId: "123456789012" }],
  ])("%s", (host, rest) => {
    expect(known(host)).toEqual({ kind: "prefixed-endpoint", ...rest });
  });
});

describe("buckets", () => {
  test.each([
    ["photos.s3.amazonaws.com", "photos", undefined],
    ["photos.s3.eu-west-1.amazonaws.com", "photos", "eu-west-1"],
    ["photos.s3-eu-west-1.amazonaws.com", "photos", "eu-west-1"],
    ["photos.s3.dualstack.eu-west-1.amazonaws.com", "photos", "eu-west-1"],
    ["photos.s3-accelerate.amazonaws.com", "photos", undefined],
    ["my.dotted.bucket.s3.us-east-1.amazonaws.com", "my.dotted.bucket", "us-east-1"],
    ["photos.s3.localhost:4566", "photos", undefined],
    ["photos.localhost:4566", "photos", undefined],
    ["photos.s3.localhost.localstack.cloud:4566", "photos", undefined],
    ["photos.s3.us-east-1.localhost.localstack.cloud:4566", "photos", "us-east-1"],
    ["photos.s3.127.0.0.1.nip.io:4566", "photos", undefined],
    ["photos.s3.awan.internal:4566", "photos", undefined],
  ])("%s", (host, bucket, region) => {
    expect(known(host)).toEqual({
      kind: "bucket",
      service: "s3",
      bucket,
      ...(region === undefined ? {} : { region }),
    });
  });

  test.each([
    ["site.s3-website-us-east-1.amazonaws.com", "site", "us-east-1"],
    ["site.s3-website.eu-central-1.amazonaws.com", "site", "eu-central-1"],
    ["site.s3-website.localhost:4566", "site", undefined],
    ["www.example.com.s3-website.localhost.localstack.cloud:4566", "www.example.com", undefined],
  ])("website %s", (host, bucket, region) => {
    expect(known(host)).toEqual({
      kind: "s3-website",
      service: "s3",
      bucket,
      ...(region === undefined ? {} : { region }),
    });
  });
});

describe("data planes", () => {
  test.each([
    ["a1b2.execute-api.us-east-1.amazonaws.com", "execute-api", "execute-api", "a1b2", "us-east-1"],
    ["a1b2.execute-api.localhost:4566", "execute-api", "execute-api", "a1b2", undefined],
    ["a1b2.execute-api.localhost.localstack.cloud:4566", "execute-api", "execute-api", "a1b2", undefined],
    ["a1b2.execute-api.awan:4566", "execute-api", "execute-api", "a1b2", undefined],
    ["xyz.lambda-url.eu-west-1.on.aws", "lambda-url", "lambda", "xyz", "eu-west-1"],
    ["xyz.lambda-url.eu-west-1.localhost.localstack.cloud", "lambda-url", "lambda", "xyz", "eu-west-1"],
    ["xyz.lambda-url.us-east-1.localhost:4566", "lambda-url", "lambda", "xyz", "us-east-1"],
    ["q.appsync-api.us-east-1.amazonaws.com", "appsync-api", "appsync", "q", "us-east-1"],
    ["q.appsync-realtime-api.us-east-1.amazonaws.com", "appsync-realtime", "appsync", "q", "us-east-1"],
    ["login.auth.us-east-1.amazoncognito.com", "cognito-domain", "cognito-idp", "login", "us-east-1"],
    ["000000000000.dkr.ecr.us-east-1.amazonaws.com", "ecr-registry", "ecr", "000000000000", "us-east-1"],
    ["search-d.us-east-1.es.amazonaws.com", "opensearch-domain", "es", "search-d", "us-east-1"],
    ["lb-1.us-east-1.elb.amazonaws.com", "load-balancer", "elasticloadbalancing", "lb-1", "us-east-1"],
    ["d111.cloudfront.net", "cloudfront", "cloudfront", "d111", undefined],
  ])("%s", (host, kind, service, id, region) => {
    expect(known(host)).toEqual({ kind, service, id, ...(region === undefined ? {} : { region }) });
  });

  test.each([
    [
      "/_aws/execute-api/a1/prod/orders/1%2F2",
      "execute-api",
      { id: "a1", stage: "prod", path: "/orders/1%2F2" },
    ],
    ["/_aws/execute-api/a1/prod", "execute-api", { id: "a1", stage: "prod", path: "/" }],
    ["/_aws/execute-api/a1", "execute-api", { id: "a1", path: "/" }],
    ["/restapis/a1/dev/_user_request_/x", "execute-api", { id: "a1", stage: "dev", path: "/x" }],
    ["/restapis/a1/dev/_user_request_", "execute-api", { id: "a1", stage: "dev", path: "/" }],
    ["/_aws/lambda-url/f1/x/y", "lambda-url", { id: "f1", path: "/x/y" }],
  ])("by path %s", (path, kind, rest) => {
    expect(known("127.0.0.1:4566", path)).toMatchObject({ kind, ...rest });
  });

  test("API Gateway's own operations on /restapis are no data plane", () => {
    expect(known("127.0.0.1:4566", "/restapis/a1/stages/dev")).toEqual({ kind: "endpoint" });
  });
});
