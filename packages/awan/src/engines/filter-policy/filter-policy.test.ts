import { describe, expect, test } from "vitest";
import { type FilterScope, matchesAttributes, matchesBody, parseFilterPolicy } from "./filter-policy.ts";

const refusal = (text: string, scope: FilterScope = "MessageAttributes"): string => {
  try {
    parseFilterPolicy(text, scope);
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("refusals carry AWS's text and Jackson's column", () => {
  // Recorded on AWS: policy → message → column.
  test.each([
    ['{"key":[["value"]]}', "Match value must be String, number, true, false, or null", 10],
    ['{"key":[{"wrong-operator":true}]}', "Unrecognized match type wrong-operator", 31],
    ['{"key":[{"suffix":"value","prefix":"value2"}]}', "Only one key allowed in match expression", 37],
    ['{"key":[]}', "Empty arrays are not allowed", 10],
    ['{"key":[{"suffix":100}]}', "suffix match pattern must be a string", 22],
    ['{"key":[{"suffix":null}]}', "suffix match pattern must be a string", 23],
    ['{"key":[{"suffix":["test","test2"]}]}', "suffix match pattern must be a string", 20],
    ['{"key":{"suffix":"value"}}', '"suffix" must be an object or an array', 19],
    ['{"key":[{"cidr":["bad-filter"]}]}', "prefix match pattern must be a string", 18],
    ['{"key":[{"numeric":[]}]}', "Invalid member in numeric match: ]", 22],
    ['{"key":[{"numeric":["operator"]}]}', "Unrecognized numeric range operator: operator", 32],
    ['{"key":[{"numeric":[1,"<="]}]}', "Invalid member in numeric match: 1", 22],
    ['{"key":[{"numeric":["=","000"]}]}', "Value of equals must be numeric", 26],
    ['{"key":[{"numeric":[">="]}]}', "Value of >= must be numeric", 26],
    ['{"key":[{"numeric":["<",100,">",10]}]}', "Too many elements in numeric expression", 30],
    ['{"key":[{"numeric":[">=",1,">",2]}]}', "Bad numeric range operator: >", 31],
    ['{"key":[{"numeric":[">",3,"<",1]}]}', "Bottom must be less than top", 33],
    ['{"key":[{"numeric":[">",20,30]}]}', "Bad value in numeric range: 30", 30],
    ['{"key":[{"numeric":[">",20,"<",30,"<",50]}]}', "Too many terms in numeric range expression", 36],
    ['{"key":[{"exists":"no"}]}', "exists match pattern must be either true or false.", 20],
    ['{"key":[{"anything-but":{"suffix":"test"}}]}', "Unsupported anything-but pattern: suffix", 36],
    [
      '{"key":[{"anything-but":{"wrong-operator":null}}]}',
      "Unsupported anything-but pattern: wrong-operator",
      47,
    ],
  ])("%s", (text, message, column) => {
    expect(refusal(text)).toBe(
      `FilterPolicy: ${message}\n at [Source: (String)"${text}"; line: 1, column: ${column}]`,
    );
  });

  test("what is no JSON, what is too much and what is nested", () => {
    const redacted =
      "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: ";
    expect(refusal("{invalid}")).toBe(
      `FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at ${redacted}2]`,
    );
    expect(refusal("invalid")).toBe(
      `FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at ${redacted}8]`,
    );
    const many = JSON.stringify({ key: Array.from({ length: 151 }, (_, i) => `v${i}`) });
    expect(refusal(many)).toBe("FilterPolicy: Filter policy is too complex");
    expect(refusal('{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}')).toBe(
      "FilterPolicy: Filter policy can not have more than 5 keys",
    );
    expect(refusal('{"a":{"b":["c"]}}')).toBe(
      "Filter policy scope MessageAttributes does not support nested filter policy",
    );
    expect(refusal('{"a":{"b":["c"]}}', "MessageBody")).toBe("accepted");
  });
});

const text = (StringValue: string) => ({ DataType: "String", StringValue });
const passes = (policy: object, attributes: Parameters<typeof matchesAttributes>[1]): boolean =>
  matchesAttributes(parseFilterPolicy(JSON.stringify(policy), "MessageAttributes"), attributes);
const bodyPasses = (policy: object, body: unknown): boolean =>
  matchesBody(parseFilterPolicy(JSON.stringify(policy), "MessageBody"), JSON.stringify(body));
const record = (key: string, event: string): object => ({ s3: { key }, event });

describe("matching", () => {
  test.each([
    [{ store: ["a", "b"] }, { store: text("b") }, true],
    [{ store: ["a"] }, {}, false],
    [{ store: [{ prefix: "ba" }] }, { store: text("bag") }, true],
    [{ store: [{ suffix: "ag" }] }, { store: text("bag") }, true],
    [{ store: [{ "equals-ignore-case": "BAG" }] }, { store: text("bag") }, true],
    [{ store: [{ "anything-but": ["a"] }] }, { store: text("b") }, true],
    [{ store: [{ "anything-but": ["a"] }] }, {}, false],
    [{ store: [{ "anything-but": { prefix: "b" } }] }, { store: text("bag") }, false],
    [{ store: [{ exists: false }] }, {}, true],
    [{ store: [{ exists: true }] }, {}, false],
    [
      { price: [{ numeric: [">", 0, "<=", 100] }] },
      { price: { DataType: "Number", StringValue: "100" } },
      true,
    ],
    [{ price: [{ numeric: ["=", 1] }] }, { price: text("1") }, false],
    [{ price: [100.123456789] }, { price: { DataType: "Number", StringValue: "100.1234567" } }, true],
    [{ price: [100.123456] }, { price: { DataType: "Number", StringValue: "100.123455" } }, false],
    [{ tags: ["x"] }, { tags: { DataType: "String.Array", StringValue: '["w","x"]' } }, true],
    [{ ip: [{ cidr: "10.0.0.0/24" }] }, { ip: text("10.0.0.77") }, true],
    [{ ip: [{ cidr: "2001:db8:1234:1a00::/64" }] }, { ip: text("2001:db8:1234:1a00::1") }, true],
    [{ $or: [{ a: ["1"] }, { b: ["2"] }] }, { b: text("2") }, true],
  ])("%j on %j is %s", (policy, attributes, expected) => {
    expect(passes(policy, attributes as never)).toBe(expected);
  });

  test("bodies: nested keys, lists of objects, and what is no object", () => {
    const policy = { Records: { s3: { key: [{ prefix: "auto-" }] }, event: [{ prefix: "Created" }] } };
    expect(bodyPasses(policy, { Records: [record("auto-1", "Created:Put")] })).toBe(true);
    expect(bodyPasses(policy, { Records: [record("auto-1", "Removed"), record("home", "Created")] })).toBe(
      false,
    );
    expect(bodyPasses({ a: [{ exists: false }] }, { b: 1 })).toBe(true);
    expect(bodyPasses({ a: { b: [{ exists: false }] } }, { c: 1 })).toBe(true);
    expect(bodyPasses({ "a.b.c": ["x"] }, { "a.b": { c: "x" } })).toBe(true);
    expect(bodyPasses({ a: { b: ["x"] } }, { "a.b": "x" })).toBe(true);
    expect(bodyPasses({ a: [null] }, { a: null })).toBe(true);
    expect(bodyPasses({ a: [1] }, [1])).toBe(false);
    expect(matchesBody(parseFilterPolicy('{"a":[1]}', "MessageBody"), "no json")).toBe(false);
  });
});
