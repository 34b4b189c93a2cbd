import { describe, expect, it } from "vitest";
import type { S3Target } from "./keys.ts";
import { checkPrefixes, formatTime, objectKey } from "./object-key.ts";

const target = (members: Partial<S3Target>): S3Target => ({
  RoleARN: "",
  BucketARN: "",
  BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
  CompressionFormat: "UNCOMPRESSED",
  EncryptionConfiguration: {},
  CloudWatchLoggingOptions: {},
  ...members,
});

const keyOf = (members: Partial<S3Target>, errorType?: string): string =>
  objectKey({
    target: target(members),
    streamName: "s",
    version: 2,
    atMs: Date.UTC(2026, 1, 3, 4, 5, 6),
    uuid: "u",
    random: "r4nd",
    partitionKeys: { query: { id: "7" }, lambda: { year: "2026" } },
    errorType,
  });

describe("object keys", () => {
  it("have the date behind a plain prefix", () => {
    expect(keyOf({})).toBe("2026/02/03/04/s-2-2026-02-03-04-05-06-u");
    expect(keyOf({ Prefix: "in/", CompressionFormat: "GZIP" })).toBe(
      "in/2026/02/03/04/s-2-2026-02-03-04-05-06-u.gz",
    );
    expect(keyOf({ Prefix: "in/", FileExtension: ".json", CompressionFormat: "GZIP" })).toMatch(/u\.json$/);
  });

  it("evaluate expressions", () => {
    expect(keyOf({ Prefix: "y=!{timestamp:yyyy}/!{firehose:random-string}/" })).toBe(
      "y=2026/r4nd/s-2-2026-02-03-04-05-06-u",
    );
    expect(keyOf({ Prefix: "!{partitionKeyFromQuery:id}/!{partitionKeyFromLambda:year}/" })).toBe(
      "7/2026/s-2-2026-02-03-04-05-06-u",
    );
    expect(keyOf({ Prefix: "!{timestamp:HH}/", CustomTimeZone: "Asia/Jakarta" })).toBe(
      "11/s-2-2026-02-03-11-05-06-u",
    );
  });

  it("tell errors apart", () => {
    expect(keyOf({ Prefix: "in/" }, "processing-failed")).toBe(
      "in/processing-failed/2026/02/03/04/s-2-2026-02-03-04-05-06-u",
    );
    expect(
      keyOf({ ErrorOutputPrefix: "bad/!{firehose:error-output-type}/!{timestamp:dd}/" }, "processing-failed"),
    ).toBe("bad/processing-failed/03/s-2-2026-02-03-04-05-06-u");
  });

  it("know Java's patterns", () => {
    const atMs = Date.UTC(2026, 0, 3, 15, 4, 5, 60);
    expect(formatTime(atMs, "yy-M-d'T'hh:mm a D MMM SSS EEE")).toBe("26-1-3T03:04 PM 3 Jan 060 Sat");
  });

  it("are refused when AWS refuses them", () => {
    expect(() => checkPrefixes(target({ Prefix: "!{timestamp:yyyy}/" }), false)).toThrow("ErrorOutputPrefix");
    expect(() =>
      checkPrefixes(target({ Prefix: "!{partitionKeyFromQuery:x}/", ErrorOutputPrefix: "e/" }), false),
    ).toThrow("when Dynamic Partitioning is disabled");
    expect(() => checkPrefixes(target({ Prefix: "!{nope:x}/", ErrorOutputPrefix: "e/" }), false)).toThrow(
      "Invalid expression",
    );
  });
});
