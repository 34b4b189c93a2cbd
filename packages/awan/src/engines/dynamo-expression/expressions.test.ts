import { describe, expect, test } from "vitest";
import { evaluateCondition } from "./condition.ts";
import { condition, keyConditions, projection, update } from "./expressions.ts";
import { Placeholders } from "./placeholders.ts";
import { project } from "./projection.ts";
import { applyUpdate } from "./update.ts";
import type { AttributeValue, Item } from "./value.ts";

const values: Record<string, AttributeValue> = {
  ":a": { S: "a" },
  ":n": { N: "1" },
  ":two": { N: "2" },
  ":l": { L: [{ S: "x" }] },
  ":ss": { SS: ["x", "y"] },
  ":m": { M: {} },
  ":bool": { BOOL: true },
  ":type": { S: "S" },
};
const names = { "#a": "a", "#s": "status" };
const placeholders = (): Placeholders => new Placeholders(names, values);

const item: Item = {
  a: { S: "abc" },
  n: { N: "5" },
  l: { L: [{ N: "1" }, { M: { b: { S: "x" } } }, { N: "3" }] },
  m: { M: { c: { M: { d: { N: "7" } } } } },
  ss: { SS: ["x", "z"] },
  status: { S: "ok" },
};

describe("condition", () => {
  test.each([
    ["a = :a", false],
    ["begins_with(a, :a)", true],
    ["contains(a, :a) AND n > :n", true],
    ["NOT n > :n", false],
    ["n BETWEEN :n AND :two", false],
    ["n IN (:n, :two)", false],
    ["size(a) > :two", true],
    ["size(l) > size(a)", false],
    ["attribute_exists(m.c.d) and attribute_not_exists(m.c.e)", true],
    ["attribute_type(a, :type)", true],
    ["absent <> :a", true],
    ["absent = :a", false],
    ["#s <> :a OR (a = :a AND n = :n)", true],
    ["l[1].b = :a", false],
    ["(n = :n OR (n > :n)) AND contains(ss, :a)", false],
    ["a = :a or n = :two or n > :two", true],
  ])("%s is %s", (text, expected) => {
    expect(evaluateCondition(condition(text, placeholders()), item)).toBe(expected);
  });

  test.each([
    ["", "The expression can not be empty;"],
    ["a", 'Syntax error; token: "<EOF>", near: "a"'],
    ["a = ", 'Syntax error; token: "<EOF>", near: "="'],
    ["a = :a AND", 'Syntax error; token: "<EOF>", near: "AND"'],
    ["!!! INVALID !!!", 'Syntax error; token: "!", near: "!!"'],
    ["((a = :a))", "The expression has redundant parentheses;"],
    ["((a = :a)) AND n = :n", "The expression has redundant parentheses;"],
    ["status = :a", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["foo(a)", "Invalid function name; function: foo"],
    ["size(a)", "The function is not allowed to be used this way in an expression; function: size"],
    [
      "begins_with(a, contains(a, :a))",
      "The function is not allowed to be used this way in an expression; function: contains",
    ],
    ["#x = :a", "An expression attribute name used in the document path is not defined; attribute name: #x"],
    ["a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"],
    [
      "a = a",
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
    ],
    [
      "begins_with(a)",
      "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
    ],
    [
      "begins_with(a, :n)",
      "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ],
    [
      "a < :bool",
      "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    ],
    [
      "size(:n) > :n",
      "Incorrect operand type for operator or function; operator or function: size, operand type: N",
    ],
    [
      "attribute_exists(:a)",
      "Operator or function requires a document path; operator or function: attribute_exists",
    ],
    [
      "attribute_type(a, :a)",
      "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    ],
    [
      "n BETWEEN :two AND :n",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ],
    [
      "n BETWEEN :a AND :n",
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:a}, upper bound operand: AttributeValue: {N:1}",
    ],
    [
      `a IN (${Array.from({ length: 101 }, () => ":a").join(",")})`,
      "The IN operator is provided with too many operands; number of operands: 101",
    ],
    [
      Array.from({ length: 160 }, () => "a=:a").join(" OR "),
      "The expression contains too many operators; operator count: 301",
    ],
    [
      `a = :a${" ".repeat(4096)}`,
      "Expression size has exceeded the maximum allowed size; expression size: 4102",
    ],
  ])("refuses %s", (text, message) => {
    expect(() => condition(text, placeholders())).toThrow(`Invalid ConditionExpression: ${message}`);
  });
});

describe("key condition", () => {
  test("is one comparison per attribute", () => {
    const conditions = keyConditions("a = :a AND :n < n", placeholders());
    expect([...conditions]).toEqual([
      ["a", { operator: "EQ", values: [{ S: "a" }] }],
      ["n", { operator: "GT", values: [{ N: "1" }] }],
    ]);
  });

  test.each([
    ["a = :a OR n = :n", "Invalid operator used in KeyConditionExpression: OR"],
    ["a <> :a", "Invalid operator used in KeyConditionExpression: <>"],
    ["contains(a, :a)", "Invalid operator used in KeyConditionExpression: contains"],
    ["a = :a AND a = :a", "KeyConditionExpressions must only contain one condition per key"],
    ["a.b = :a", "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["size(a) = :n", "KeyConditionExpressions cannot contain nested operations"],
    [":a = :n", "Invalid condition in KeyConditionExpression: No key attribute specified"],
    ["a = n", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"],
  ])("refuses %s", (text, message) => {
    expect(() => keyConditions(text, placeholders())).toThrow(message);
  });
});

describe("projection", () => {
  test.each([
    ["a, n", { a: item["a"], n: item["n"] }],
    ["m.c.d, absent", { m: { M: { c: { M: { d: { N: "7" } } } } } }],
    ["l[2], l[0]", { l: { L: [{ N: "1" }, { N: "3" }] } }],
    ["l[1].b", { l: { L: [{ M: { b: { S: "x" } } }] } }],
    ["l[9]", {}],
  ])("%s", (text, expected) => {
    expect(project(projection(text, placeholders()), item)).toEqual(expected);
  });

  test.each([
    [
      "a, a",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ],
    [
      "a.b, a[0]",
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
    ],
    ["whatever(stuff)", 'Syntax error; token: "(", near: "whatever(stuff"'],
    ["a,", 'Syntax error; token: "<EOF>", near: ","'],
    ["a-b", 'Syntax error; token: "-", near: "a-b"'],
  ])("refuses %s", (text, message) => {
    expect(() => projection(text, placeholders())).toThrow(`Invalid ProjectionExpression: ${message}`);
  });
});

describe("update", () => {
  const after = (text: string): Item => applyUpdate(update(text, placeholders()), item);

  test.each<[string, string, AttributeValue | undefined]>([
    ["SET n = n + :n", "n", { N: "6" }],
    ["set n = :two - n", "n", { N: "-3" }],
    ["SET x = if_not_exists(y, :a)", "x", { S: "a" }],
    ["SET l = list_append(l, :l)", "l", { L: [...(item["l"]?.L ?? []), { S: "x" }] }],
    ["SET l[9] = :a, l[7] = :n", "l", { L: [...(item["l"]?.L ?? []), { N: "1" }, { S: "a" }] }],
    ["REMOVE l[0], l[1]", "l", { L: [{ N: "3" }] }],
    ["REMOVE a", "a", undefined],
    ["ADD n :n", "n", { N: "6" }],
    ["ADD fresh :n", "fresh", { N: "1" }],
    ["ADD ss :ss", "ss", { SS: ["x", "z", "y"] }],
    ["DELETE ss :ss", "ss", { SS: ["z"] }],
    ["DELETE absent :ss", "absent", undefined],
    ["SET m.c.d = m.c.d + :n", "m", { M: { c: { M: { d: { N: "8" } } } } }],
    ["SET a = #s, #s = a", "a", { S: "ok" }],
    ["SET n = if_not_exists(n, :n) + :two", "n", { N: "7" }],
  ])("%s", (text, name, expected) => {
    const before = structuredClone(item);
    expect(after(text)[name]).toEqual(expected);
    expect(item).toEqual(before);
  });

  test.each([
    ["SET", 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"'],
    ["foo a = :a", 'Invalid UpdateExpression: Syntax error; token: "foo", near: "foo a"'],
    [
      "SET a = :a SET n = :n",
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    ],
    [
      "SET a = :a, a = :n",
      "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ],
    [
      "ADD a :a",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
    ],
    [
      "DELETE a :n",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
    ],
    [
      "SET a = n + :a",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S",
    ],
    [
      "SET a = list_append(:a, :l)",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
    ],
    [
      "SET a = list_append(:l)",
      "Invalid UpdateExpression: Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
    ],
    [
      "SET a = if_not_exists(:a, :l)",
      "Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists",
    ],
    [
      "SET a = size(b)",
      "Invalid UpdateExpression: The function is not allowed in an update expression; function: size",
    ],
    [
      "SET #x = :a",
      "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #x",
    ],
    ["SET a = absent", "The provided expression refers to an attribute that does not exist in the item"],
    ["SET a = a + :n", "An operand in the update expression has an incorrect data type"],
    ["SET absent.b = :a", "The document path provided in the update expression is invalid for update"],
    ["SET a[0] = :a", "The document path provided in the update expression is invalid for update"],
    ["ADD a :n", "An operand in the update expression has an incorrect data type"],
  ])("refuses %s", (text, message) => {
    expect(() => after(text)).toThrow(message);
  });
});

describe("placeholders", () => {
  test.each<[Record<string, string> | undefined, Record<string, AttributeValue> | undefined, string]>([
    [{}, undefined, "ExpressionAttributeNames must not be empty"],
    [{ a: "b" }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    [undefined, {}, "ExpressionAttributeValues must not be empty"],
    [undefined, { a: { S: "" } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"'],
    [
      undefined,
      { ":a": {} },
      "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a",
    ],
    [
      undefined,
      { ":a": { N: "x" } },
      "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :a",
    ],
  ])("refuses %j %j", (badNames, badValues, message) => {
    expect(() => new Placeholders(badNames, badValues)).toThrow(message);
  });

  test("must all be used", () => {
    const unused = new Placeholders({ "#a": "a", "#b": "b" }, { ":v": { S: "v" } });
    condition("#a = :v", unused);
    expect(() => unused.checkAllUsed()).toThrow(
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}",
    );
  });
});
