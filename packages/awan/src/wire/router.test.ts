/** Requests and the operations they mean, above all where several routes fit. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../model/service-model.ts";
import { splitUrl } from "./request-url.ts";
import { RestRouter } from "./router.ts";

const routers = new Map<string, RestRouter>();

function match(service: string, request: string, headers: Record<string, string> = {}, bucket?: string) {
  let router = routers.get(service);
  if (!router) routers.set(service, (router = new RestRouter(loadModel(service))));
  const [method = "", target = ""] = request.split(" ");
  const { path, query } = splitUrl(target);
  const found = router.match(method, path, query, headers, bucket === undefined ? {} : { bucket });
  return found && [found.operation.name, found.labels];
}

describe("REST routes", () => {
  it("prefers literal segments to labels", () => {
    expect(match("apigateway", "GET /restapis/a1/stages/prod")).toEqual([
      "GetStage",
      { restApiId: "a1", stageName: "prod" },
    ]);
    expect(match("lambda", "GET /2015-03-31/functions")).toEqual(["ListFunctions", {}]);
    expect(match("lambda", "GET /2015-03-31/functions/")).toEqual(["ListFunctions", {}]);
  });

  it("decodes labels once, slashes included", () => {
    const arn = "arn:aws:lambda:us-east-1:000000000000:function:a/b";
    expect(match("lambda", `GET /2015-03-31/functions/${encodeURIComponent(arn)}`)).toEqual([
      "GetFunction",
      { FunctionName: arn },
    ]);
  });

  it("lets a label take several segments before a literal one", () => {
    expect(match("s3-control", "GET /v20180820/mrap/instances/a/b/policy")).toEqual([
      "GetMultiRegionAccessPointPolicy",
      { Name: "a/b" },
    ]);
  });

  it("has no answer for a path nobody has", () => {
    expect(match("lambda", "GET /nonsense")).toBeUndefined();
  });

  it("takes an operation although a required parameter is missing: validation says so better", () => {
    expect(match("lambda", "DELETE /2017-03-31/tags/arn")?.[0]).toBe("UntagResource");
  });
});

describe("S3's routes", () => {
  it.each([
    ["GET /", {}, undefined, "ListBuckets"],
    ["GET /", {}, "b", "ListObjects"],
    ["GET /?list-type=2", {}, "b", "ListObjectsV2"],
    ["GET /?location", {}, "b", "GetBucketLocation"],
    ["PUT /", {}, "b", "CreateBucket"],
    ["PUT /key", {}, "b", "PutObject"],
    ["PUT /key", { "x-amz-copy-source": "a/b" }, "b", "CopyObject"],
    ["PUT /key?partNumber=1&uploadId=u", {}, "b", "UploadPart"],
    ["PUT /key?partNumber=1&uploadId=u", { "x-amz-copy-source": "a/b" }, "b", "UploadPartCopy"],
    ["GET /key?uploadId=u", {}, "b", "ListParts"],
    ["POST /key?uploads", {}, "b", "CreateMultipartUpload"],
    ["POST /?delete", {}, "b", "DeleteObjects"],
    ["GET /key?x-id=GetObject&foo=bar", {}, "b", "GetObject"],
    ["GET /?x-id=ListDirectoryBuckets", {}, undefined, "ListDirectoryBuckets"],
    [
      "POST /",
      { "x-amz-request-route": "r", "x-amz-request-token": "t" },
      "WriteGetObjectResponse",
      "WriteGetObjectResponse",
    ],
  ])("%s %o in %s is %4$s", (request, headers, bucket, name) => {
    expect(match("s3", request, headers as Record<string, string>, bucket)?.[0]).toBe(name);
  });

  it("leaves every byte of a key alone", () => {
    expect(match("s3", "GET /dir/../a//b%20c%2F%3F/", {}, "b")?.[1]).toEqual({ Key: "dir/../a//b c/?/" });
  });
});
