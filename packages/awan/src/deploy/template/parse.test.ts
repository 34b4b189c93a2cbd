import { expect, test } from "vitest";
import { parseTemplate } from "./parse.ts";

test("what looks like a boolean or a number to others is text", () => {
  const text = "{ key: y, AttributeType: N, rule: E3002, sum: +.e5, yes: yes, number: 1e3, nothing: }";
  expect(parseTemplate(`Value: ${text}`)).toEqual({
    Value: {
      key: "y",
      AttributeType: "N",
      rule: "E3002",
      sum: "+.e5",
      yes: true,
      number: 1000,
      nothing: null,
    },
  });
  expect(parseTemplate("Value: !Join [., [a, b]]")).toEqual({ Value: { "Fn::Join": [".", ["a", "b"]] } });
});

test("lines inside brackets and quotes may stand anywhere", () => {
  const text =
    "Resources:\n  Role:\n    Text: '{\n  c\n}'\n    Names: [{\n  a: 1,\n    b: [\n x\n    ]\n  }]\n    Last: 2\n";
  expect(parseTemplate(text)).toEqual({
    Resources: { Role: { Text: "{ c }", Names: [{ a: 1, b: ["x"] }], Last: 2 } },
  });
});

test("other indentation may not", () => {
  const text = "Resources:\n  A: 1\n    B: 2\n";
  expect(() => parseTemplate(text)).toThrow(
    "Template format error: YAML not well-formed. (line 2, column 6)",
  );
});
