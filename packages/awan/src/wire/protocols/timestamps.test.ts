/** The forms of time on the wire. */
import { describe, expect, it } from "vitest";
import { formatTimestamp, parseTimestamp } from "./timestamps.ts";

describe("timestamps", () => {
  it.each([
    [1_700_000_000.123, 1_700_000_000_123],
    ["1700000000.123", 1_700_000_000_123],
    ["-1", -1000],
    ["2023-11-14T22:13:20Z", 1_700_000_000_000],
    ["2023-11-15T00:13:20.123456+02:00", 1_700_000_000_123],
    ["Tue, 14 Nov 2023 22:13:20 GMT", 1_700_000_000_000],
  ])("reads %s", (value, expected) => {
    expect(parseTimestamp(value).getTime()).toBe(expected);
  });

  it.each(["soon", "", true, null, {}])("refuses %o", (value) => {
    expect(() => parseTimestamp(value)).toThrow(expect.objectContaining({ code: "SerializationException" }));
  });

  it("writes each form", () => {
    const date = new Date(1_700_000_000_500);
    expect(formatTimestamp(date, "epoch-seconds")).toBe(1_700_000_000.5);
    expect(formatTimestamp(date, "date-time")).toBe("2023-11-14T22:13:20.500Z");
    expect(formatTimestamp(date, "http-date")).toBe("Tue, 14 Nov 2023 22:13:20 GMT");
  });
});
