import { describe, expect, it } from "vitest";
import { endingSequence, formatSequence, parseSequence } from "./sequence.ts";

const shard = { shard: 3, createdSeconds: 1_700_000_000, seconds: 1_700_000_500 };

describe("sequence numbers", () => {
  it("spell shard, creation, count and time, in 56 digits", () => {
    const text = formatSequence({ ...shard, count: 12_345 });
    expect(text).toMatch(/^49\d{54}$/);
    expect(parseSequence(text)).toEqual({ ...shard, count: 12_345, isPast: false, isCurrent: true });
    const parts = ["20", "6553f1003", "0000000000003039", "00", "06553f2f4", "00000003", "2"];
    expect(BigInt(text).toString(16)).toBe(parts.join(""));
  });

  it("sort as text within a shard, with what lies between two records between them", () => {
    const texts = [
      formatSequence({ ...shard, count: 1 }),
      formatSequence({ ...shard, count: 1, isPast: true }),
      formatSequence({ ...shard, count: 2 }),
      formatSequence({ ...shard, count: 300, seconds: shard.seconds + 1 }),
      endingSequence(shard),
      formatSequence({ ...shard, count: 0, createdSeconds: shard.createdSeconds + 1 }),
    ];
    expect(texts.toSorted()).toEqual(texts);
  });

  it("of older versions and of none are told apart", () => {
    expect(parseSequence("5")).toMatchObject({ shard: 5, isCurrent: false });
    expect(parseSequence(String(2n ** 200n))).toBeUndefined();
    expect(
      parseSequence(String(BigInt("0x20000000000800000000000000000000000000000000002"))),
    ).toBeUndefined();
  });
});
