/** What the models say of a few services whose facts are well known. */
import { describe, expect, it } from "vitest";
import { loadModel, serviceIndex } from "./service-model.ts";

describe("a model", () => {
  it("knows status, fault and query code of its errors", () => {
    expect(loadModel("sqs").error("QueueDoesNotExist")).toMatchObject({
      fault: "client",
      status: 400,
      queryCode: "AWS.SimpleQueueService.NonExistentQueue",
    });
    expect(loadModel("lambda").error("TooManyRequestsException")).toMatchObject({ status: 429 });
    expect(loadModel("lambda").error("ServiceException")).toMatchObject({ fault: "server", status: 500 });
    expect(loadModel("sqs").error("Nonsense")).toBeUndefined();
  });

  it("lists the errors of an operation", () => {
    expect(loadModel("sqs").operation("SendMessage")?.errors).toContain("QueueDoesNotExist");
  });

  it("puts required members first and tells what they are", () => {
    const input = loadModel("sqs").operation("SendMessage")?.input;
    expect(input?.members.slice(0, 2).map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ["QueueUrl", true],
      ["MessageBody", true],
    ]);
    expect(input?.member("DelaySeconds")?.limit?.type).toBe("integer");
  });

  it("keeps the routes of older clients after the current one", () => {
    const routes = loadModel("sesv2").operation("ListConfigurationSets")?.routes;
    expect(routes?.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  it("is one object however often it is asked for, and a defect for an unknown name", () => {
    expect(loadModel("sqs")).toBe(loadModel("sqs"));
    expect(() => loadModel("nonsense")).toThrow("there is no table");
  });

  it("has every protocol a service speaks", () => {
    const protocols = Object.fromEntries(serviceIndex().map(({ name, protocols: each }) => [name, each]));
    expect(protocols["sqs"]).toEqual(["json10", "query"]);
    expect(protocols["cloudwatch"]).toEqual(["json10", "rpcv2Cbor", "query"]);
    expect(protocols["kinesis"]).toEqual(["json11", "amzCbor"]);
  });
});
