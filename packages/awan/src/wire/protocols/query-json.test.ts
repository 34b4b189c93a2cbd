/** Query answers as JSON: for those who accept it, of any service. */
import { expect, test } from "vitest";
import { AwsError } from "../../kernel/errors.ts";
import { loadModel, type OperationModel } from "../../model/service-model.ts";
import { answeringProtocol } from "./protocol.ts";

const json = answeringProtocol("query", "application/json");
const operation = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;
const encoded = (service: string, name: string, output: Record<string, unknown>): unknown =>
  JSON.parse(json.encode(operation(service, name), output, "id").body as string);

test("STS tells who somebody is as Vault reads it", () => {
  const output = { Arn: "arn:aws:iam::000000000000:root", Account: "000000000000", UserId: "000000000000" };
  expect(encoded("sts", "GetCallerIdentity", output)).toEqual({
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: output,
      ResponseMetadata: { RequestId: "id" },
    },
  });
});

test("maps that XML nests are objects, those it flattens are lists; bytes, times and absent members", () => {
  expect(encoded("sns", "GetTopicAttributes", { Attributes: { Owner: "0" } })).toMatchObject({
    GetTopicAttributesResponse: { GetTopicAttributesResult: { Attributes: { Owner: "0" } } },
  });
  expect(encoded("sqs", "GetQueueAttributes", { Attributes: { DelaySeconds: "0" } })).toMatchObject({
    GetQueueAttributesResponse: {
      GetQueueAttributesResult: { Attributes: [{ Name: "DelaySeconds", Value: "0" }] },
    },
  });
  const CreateDate = new Date("2026-01-01T00:00:00.500Z");
  expect(encoded("iam", "GetUser", { User: { UserName: "ann", CreateDate } })).toMatchObject({
    GetUserResponse: {
      GetUserResult: { User: { CreateDate: 1_767_225_600.5, Path: null, UserName: "ann" } },
    },
  });
  expect(encoded("sqs", "DeleteMessage", {})).toEqual({
    DeleteMessageResponse: { ResponseMetadata: { RequestId: "id" } },
  });
});

test("refusals, and who gets XML all the same", () => {
  const refusal = json.encodeError(
    loadModel("sns"),
    undefined,
    new AwsError("NotFoundException", "Topic does not exist"),
    "id",
  );
  expect(refusal.status).toBe(404);
  expect(JSON.parse(refusal.body as string)).toEqual({
    Error: { Code: "NotFound", Message: "Topic does not exist", Type: "Sender" },
    RequestId: "id",
  });
  expect(answeringProtocol("query", "*/*").name).toBe("query");
  expect(answeringProtocol("ec2", "application/json").name).toBe("ec2");
  expect(answeringProtocol("query", undefined)).toBe(answeringProtocol("query", "text/xml"));
});
