/** The messages AWS gives for broken constraints, word by word. */
import { describe, expect, it } from "vitest";
import { AwsError } from "../kernel/errors.ts";
import type { OperationModel } from "./service-model.ts";
import { loadModel } from "./service-model.ts";
import { constraintMessage, validateInput } from "./validate.ts";

const operation = (service: string, name: string): OperationModel =>
  loadModel(service).operation(name) as OperationModel;

describe("constraint messages", () => {
  it("says nothing about input that keeps every constraint", () => {
    const input = { StreamName: "orders", ShardCount: 1 };
    expect(constraintMessage(operation("kinesis", "CreateStream"), input)).toBeUndefined();
  });

  it("names a required member that is missing, in Coral's casing", () => {
    expect(constraintMessage(operation("kinesis", "CreateStream"), {})).toBe(
      "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null",
    );
  });

  it("reports the pattern before the length", () => {
    expect(constraintMessage(operation("kinesis", "CreateStream"), { StreamName: "" })).toBe(
      "2 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; " +
        "Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  });

  it("reports a number's range", () => {
    const input = { StreamName: "orders", ShardCount: 0 };
    expect(constraintMessage(operation("kinesis", "CreateStream"), input)).toBe(
      "1 validation error detected: Value '0' at 'shardCount' failed to satisfy constraint: " +
        "Member must have value greater than or equal to 1",
    );
  });

  it("reads Java's character classes and flags", () => {
    const share = operation("ssm", "ModifyDocumentPermission");
    const permission = { Name: "All", PermissionType: "Share", AccountIdsToAdd: ["ALL"] };
    expect(constraintMessage(share, permission)).toBeUndefined();
  });

  it("counts list members from one", () => {
    const input = { StreamName: "s", Records: [{ Data: new Uint8Array(), PartitionKey: "" }] };
    expect(constraintMessage(operation("kinesis", "PutRecords"), input)).toBe(
      "1 validation error detected: Value '' at 'records.1.member.partitionKey' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1",
    );
  });

  it("reports simple list members at the list", () => {
    const input = { StreamName: "s", ShardLevelMetrics: ["Nope"] };
    expect(constraintMessage(operation("kinesis", "EnableEnhancedMonitoring"), input)).toContain(
      "Value '[Nope]' at 'shardLevelMetrics' failed to satisfy constraint: " +
        "Member must satisfy constraint: [Member must satisfy enum value set: [IncomingBytes, ",
    );
  });

  it("reports map keys at the map", () => {
    const input = { StreamName: "s", Tags: { "": "x" } };
    expect(constraintMessage(operation("kinesis", "AddTagsToStream"), input)).toContain(
      "Value '{=x}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: " +
        "[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
    );
  });

  it("follows shapes that contain themselves", () => {
    const input = { TableName: "table", Item: { a: { L: [{ M: { b: { S: "c" } } }] } } };
    expect(constraintMessage(operation("dynamodb", "PutItem"), input)).toBeUndefined();
  });
});

describe("the error", () => {
  it.each([
    ["kinesis", "CreateStream", "json11", "ValidationException"],
    ["cloudwatch", "PutMetricAlarm", "query", "ValidationError"],
    ["logs", "CreateLogGroup", "json11", "InvalidParameterException"],
  ] as const)("of %s:%s over %s is %s", (service, name, protocol, code) => {
    const validate = () => validateInput(operation(service, name), {}, protocol);
    expect(validate).toThrow(AwsError);
    expect(validate).toThrow(expect.objectContaining({ code, status: 400 }));
  });
});
