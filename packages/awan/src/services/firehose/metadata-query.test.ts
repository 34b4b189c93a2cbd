import { describe, expect, it } from "vitest";
import { compileQuery } from "./metadata-query.ts";

describe("metadata queries", () => {
  const record = { customer: { id: 7, "full name": "Ada" }, tags: ["x", "y"], at: 1_700_000_000, none: null };

  it("are objects of paths", () => {
    const query = compileQuery('{id: .customer.id, name: .customer."full name", tag: .tags[1], all: .tags}');
    expect(query(record)).toEqual({ id: "7", name: "Ada", tag: "y", all: '["x","y"]' });
  });

  it("may be short, format times, and leave out what is missing", () => {
    expect(
      compileQuery('{at, year: .at | strftime("%Y-%m"), no: .missing.path, none: .none}')(record),
    ).toEqual({
      at: "1700000000",
      year: "2023-11",
    });
  });

  it("are refused when they need more of jq", () => {
    expect(() => compileQuery("{id: .items | map(.id)}")).toThrow("Awan does not implement firehose");
    expect(() => compileQuery(".id")).toThrow("Awan does not implement firehose");
  });
});
