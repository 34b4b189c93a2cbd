/** Parameter Store through the official client: versions, labels, paths, secrets, policies. */
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

const put = (Name: string, Value: string, rest: object = {}) =>
  new PutParameterCommand({ Name, Value, Type: "String", ...rest });

describe("Parameter Store", () => {
  test("versions, labels and history", async () => {
    await using app = await startApp();
    const ssm = app.client(SSMClient);
    expect(await ssm.send(put("/app/url", "one"))).toMatchObject({ Version: 1, Tier: "Standard" });
    await expect(ssm.send(put("/app/url", "two"))).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect(await ssm.send(put("/app/url", "two", { Overwrite: true }))).toMatchObject({ Version: 2 });
    await ssm.send(
      new LabelParameterVersionCommand({ Name: "/app/url", ParameterVersion: 1, Labels: ["stable", "1bad"] }),
    );
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/app/url" }));
    expect(Parameter).toMatchObject({
      Name: "/app/url",
      Type: "String",
      Value: "two",
      Version: 2,
      ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/app/url",
      DataType: "text",
    });
    for (const Name of [
      "/app/url:1",
      "/app/url:stable",
      "arn:aws:ssm:us-east-1:000000000000:parameter/app/url:1",
    ]) {
      expect((await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value).toBe("one");
    }
    await expect(ssm.send(new GetParameterCommand({ Name: "/app/url:9" }))).rejects.toMatchObject({
      name: "ParameterVersionNotFound",
      message: "Systems Manager could not find version 9 of /app/url. Verify the version and try again.",
    });
    const history = await ssm.send(new GetParameterHistoryCommand({ Name: "/app/url" }));
    expect(history.Parameters?.map(({ Version, Value, Labels }) => [Version, Value, Labels])).toEqual([
      [1, "one", ["stable"]],
      [2, "two", []],
    ]);
  });

  test("paths and pages", async () => {
    await using app = await startApp();
    const ssm = app.client(SSMClient);
    for (const name of ["/a/x", "/a/y", "/a/deep/z", "/ab"]) await ssm.send(put(name, name));
    const names = async (input: object) =>
      (await ssm.send(new GetParametersByPathCommand({ Path: "/a", ...input }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await names({})).toEqual(["/a/x", "/a/y"]);
    expect(await names({ Recursive: true })).toEqual(["/a/deep/z", "/a/x", "/a/y"]);
    const first = await ssm.send(
      new GetParametersByPathCommand({ Path: "/a", Recursive: true, MaxResults: 2 }),
    );
    expect(await names({ Recursive: true, NextToken: first.NextToken })).toEqual(["/a/y"]);
    const found = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters: [{ Key: "Path", Option: "Recursive", Values: ["/a"] }],
      }),
    );
    expect(found.Parameters).toHaveLength(3);
    expect(await ssm.send(new GetParametersCommand({ Names: ["/ab", "/none"] }))).toMatchObject({
      Parameters: [{ Name: "/ab" }],
      InvalidParameters: ["/none"],
    });
  });

  test("secrets are opaque without decryption", async () => {
    await using app = await startApp();
    const ssm = app.client(SSMClient);
    await ssm.send(put("/secret", "hidden", { Type: "SecureString" }));
    const read = async (WithDecryption: boolean) =>
      (await ssm.send(new GetParameterCommand({ Name: "/secret", WithDecryption }))).Parameter?.Value;
    expect(await read(true)).toBe("hidden");
    expect(await read(false)).not.toContain("hidden");
  });

  test("an expiration policy deletes the parameter when its time comes", async () => {
    await using app = await startApp({ startAt: "2026-03-01T00:00:00Z" });
    const ssm = app.client(SSMClient);
    const Policies = JSON.stringify([
      { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: "2026-03-01T06:00:00.000Z" } },
    ]);
    await ssm.send(put("/short", "lived", { Tier: "Advanced", Policies }));
    await app.clock.advance("5h");
    await ssm.send(new GetParameterCommand({ Name: "/short" }));
    await app.clock.advance("1h");
    await expect(ssm.send(new GetParameterCommand({ Name: "/short" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test("public image ids and CDK's bootstrap version are there from the start", async () => {
    await using app = await startApp();
    const ssm = app.client(SSMClient);
    const read = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
    expect(await read("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")).toMatch(
      /^ami-0[0-9a-f]{16}$/,
    );
    expect(Number(await read("/cdk-bootstrap/hnb659fds/version"))).toBeGreaterThan(20);
  });

  test.each([
    ["/aws/own", {}, "AccessDeniedException"],
    ["awsome", {}, "ValidationException"],
    ["a/b", {}, "ValidationException"],
    ["/bad name", {}, "ValidationException"],
    [`/${"a/".repeat(15)}b`, {}, "HierarchyLevelLimitExceededException"],
    ["/no-type", { Type: undefined }, "ValidationException"],
    ["/long", { Value: "x".repeat(4097) }, "ValidationException"],
    ["/pattern", { AllowedPattern: "\\d+" }, "ParameterPatternMismatchException"],
    ["/type", { DataType: "wrong" }, "ValidationException"],
  ])("%s %o is refused with %s", async (name, rest, code) => {
    await using app = await startApp();
    const ssm = app.client(SSMClient);
    await expect(ssm.send(put(name, "value", rest))).rejects.toMatchObject({ name: code });
    await expect(ssm.send(new DeleteParameterCommand({ Name: name }))).rejects.toBeInstanceOf(Error);
  });
});
