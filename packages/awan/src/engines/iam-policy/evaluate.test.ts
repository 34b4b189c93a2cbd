/** Decisions against AWS's documented cases, and against an oracle that reads the documents naively with regular expressions. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "./document.ts";
import { type AccessRequest, type Caller, decide, type Policies } from "./evaluate.ts";

const user: Caller = { kind: "user", arn: "arn:aws:iam::111111111111:user/ann", accountId: "111111111111" };
const bucket = "arn:aws:s3:::data/a.txt";
const ask = (rest: Partial<AccessRequest> = {}): AccessRequest => ({
  caller: user,
  action: "s3:GetObject",
  resource: bucket,
  context: {},
  ...rest,
});
const policy = (...statements: object[]) => parsePolicy({ Version: "2012-10-17", Statement: statements });
const allow = (rest: object = {}) => ({ Effect: "Allow", Action: "s3:*", Resource: "*", ...rest });
const effect = (request: AccessRequest, policies: Partial<Policies>) =>
  decide(request, { identity: [], ...policies }).effect;

describe("the order of policies", () => {
  const deny = { Effect: "Deny", Action: "s3:GetObject", Resource: "*" };
  const own = { ...allow(), Principal: { AWS: user.arn } };
  test.each<[string, Partial<Policies>, string]>([
    ["nothing", {}, "implicit-deny"],
    ["identity", { identity: [policy(allow())] }, "allow"],
    ["deny wins", { identity: [policy(allow(), deny)] }, "explicit-deny"],
    [
      "boundary without allow",
      { identity: [policy(allow())], boundary: policy({ ...allow(), Action: "sqs:*" }) },
      "implicit-deny",
    ],
    ["boundary alone", { boundary: policy(allow()) }, "implicit-deny"],
    [
      "session narrows",
      { identity: [policy(allow())], session: [policy({ ...allow(), Resource: "arn:aws:s3:::other/*" })] },
      "implicit-deny",
    ],
    ["resource alone, same account", { resource: policy(own) }, "allow"],
    [
      "resource naming the user passes the boundary",
      { resource: policy(own), boundary: policy({ ...allow(), Action: "sqs:*" }) },
      "allow",
    ],
    [
      "resource naming the account only delegates",
      { resource: policy({ ...allow(), Principal: { AWS: "111111111111" } }) },
      "implicit-deny",
    ],
    [
      "resource deny",
      { identity: [policy(allow())], resource: policy({ ...deny, Principal: "*" }) },
      "explicit-deny",
    ],
    [
      "NotPrincipal",
      { identity: [policy(allow())], resource: policy({ ...deny, NotPrincipal: { AWS: user.arn } }) },
      "allow",
    ],
    ["NotAction", { identity: [policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" })] }, "allow"],
    [
      "NotResource",
      { identity: [policy({ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::data/*" })] },
      "implicit-deny",
    ],
  ])("%s", (_, policies, expected) => expect(effect(ask(), policies)).toBe(expected));

  test("between accounts both sides must allow", () => {
    const request = ask({ resourceAccountId: "222222222222" });
    const resource = policy({ ...allow(), Principal: { AWS: "arn:aws:iam::111111111111:root" } });
    expect(effect(request, { identity: [policy(allow())] })).toBe("implicit-deny");
    expect(effect(request, { resource })).toBe("implicit-deny");
    expect(effect(request, { identity: [policy(allow())], resource })).toBe("allow");
  });

  test("services and strangers need the resource's policy", () => {
    const service: Caller = { kind: "service", arn: "sns.amazonaws.com", accountId: "111111111111" };
    const resource = policy({ ...allow(), Principal: { Service: "sns.amazonaws.com" } });
    expect(effect(ask({ caller: service }), { identity: [policy(allow())] })).toBe("implicit-deny");
    expect(effect(ask({ caller: service }), { resource })).toBe("allow");
    const nobody: Caller = { kind: "anonymous", arn: "", accountId: "" };
    expect(effect(ask({ caller: nobody }), { resource: policy({ ...allow(), Principal: "*" }) })).toBe(
      "allow",
    );
  });
});

const under = (Condition: object, context: AccessRequest["context"]) =>
  effect(ask({ context }), { identity: [policy({ ...allow(), Condition })] }) === "allow";

const reads = (Resource: string, context: AccessRequest["context"], resource = bucket) =>
  effect(ask({ context, resource }), { identity: [policy({ ...allow(), Resource })] }) === "allow";

describe("conditions", () => {
  test.each<[object, AccessRequest["context"], boolean]>([
    [{ StringEquals: { "aws:UserAgent": "x" } }, { "aws:useragent": "x" }, true],
    [{ StringEquals: { k: ["a", "b"] } }, { k: "b" }, true],
    [{ StringEquals: { k: "a" } }, {}, false],
    [{ StringEqualsIfExists: { k: "a" } }, {}, true],
    [{ StringNotEquals: { k: "a" } }, {}, true],
    [{ StringNotEquals: { k: ["a", "b"] } }, { k: "b" }, false],
    [{ StringLike: { k: "team-?*" } }, { k: "team-9" }, true],
    [{ StringEqualsIgnoreCase: { k: "A" } }, { k: "a" }, true],
    [{ NumericLessThanEquals: { k: "10" } }, { k: "9.5" }, true],
    [{ DateGreaterThan: { k: "2026-01-01T00:00:00Z" } }, { k: "2026-06-01T00:00:00Z" }, true],
    [{ Bool: { "aws:SecureTransport": "true" } }, { "aws:securetransport": "false" }, false],
    [{ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, { "aws:sourceip": "203.0.113.9" }, true],
    [{ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, { "aws:sourceip": "203.0.113.9" }, false],
    [{ IpAddress: { k: "2001:db8::/32" } }, { k: "2001:db8:1::1" }, true],
    [{ ArnLike: { k: "arn:aws:sns:*:1:t*" } }, { k: "arn:aws:sns:eu-west-1:1:topic" }, true],
    [{ ArnLike: { k: "arn:aws:sns:*:t" } }, { k: "arn:aws:sns:eu-west-1:1:t" }, false],
    [{ Null: { k: "true" } }, {}, true],
    [{ Null: { k: "false" } }, {}, false],
    [{ "ForAllValues:StringEquals": { k: ["a", "b"] } }, { k: ["a", "b"] }, true],
    [{ "ForAllValues:StringEquals": { k: ["a"] } }, { k: ["a", "b"] }, false],
    [{ "ForAllValues:StringEquals": { k: ["a"] } }, {}, true],
    [{ "ForAnyValue:StringEquals": { k: ["a"] } }, { k: ["a", "b"] }, true],
    [{ "ForAnyValue:StringEquals": { k: ["a"] } }, {}, false],
    [{ StringEquals: { k: "${aws:username}" } }, { k: "ann", "aws:username": "ann" }, true],
    [{ StringEquals: { a: "1" }, StringLike: { b: "2" } }, { a: "1", b: "3" }, false],
    [{ StringEquals: { k: "a*b" } }, { k: "a*b" }, true],
    [{ StringEquals: { k: "a*b" } }, { k: "axb" }, false],
    [{ Invented: { a: "1" } }, { a: "1" }, false],
  ])("%j with %j is %s", (condition, context, expected) => expect(under(condition, context)).toBe(expected));
});

describe("variables", () => {
  test("are replaced, and their values are no patterns", () => {
    expect(reads("arn:aws:s3:::data/${aws:username}.txt", { "aws:username": "a" })).toBe(true);
    expect(reads("arn:aws:s3:::data/${aws:username}.txt", { "aws:username": "*" })).toBe(false);
    expect(reads("arn:aws:s3:::data/${aws:username}.txt", {})).toBe(false);
    expect(reads("arn:aws:s3:::data/${aws:username, 'a'}.txt", {})).toBe(true);
    expect(reads("arn:aws:s3:::data/${*}", {})).toBe(false);
    expect(reads("arn:aws:s3:::data/${*}", {}, "arn:aws:s3:::data/*")).toBe(true);
  });
  test("exist since version 2012-10-17", () => {
    const old = parsePolicy({ Statement: [allow({ Resource: "arn:aws:s3:::${aws:username}" })] });
    const request = ask({ context: { "aws:username": "b" }, resource: "arn:aws:s3:::b" });
    expect(effect(request, { identity: [old] })).toBe("implicit-deny");
  });
});

// The oracle: statements as plain JSON, patterns as regular expressions, the documented order as four booleans.
const regex = (pattern: string, flags = "s"): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    flags,
  );

interface Plain {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource: string[];
}

const speaks = (statement: Plain, action: string, resource: string): boolean =>
  (statement.Action?.some((each) => regex(each, "is").test(action)) ?? true) &&
  !(statement.NotAction?.some((each) => regex(each, "is").test(action)) ?? false) &&
  statement.Resource.some((each) => regex(each).test(resource));

function slow(
  request: AccessRequest,
  sets: { identity: Plain[]; boundary?: Plain[]; session?: Plain[] },
): string {
  const all = [sets.identity, sets.boundary, sets.session].filter((each) => each !== undefined);
  const said = (statements: Plain[], wanted: "Allow" | "Deny"): boolean =>
    statements.some((each) => each.Effect === wanted && speaks(each, request.action, request.resource));
  if (all.some((each) => said(each, "Deny"))) return "explicit-deny";
  return all.every((each) => said(each, "Allow")) ? "allow" : "implicit-deny";
}

const actionPattern = fc.constantFrom(
  "*",
  "s3:*",
  "S3:Get*",
  "s3:GetObject",
  "sqs:*",
  "s3:???Object",
  "s3:Put*",
);
const resourcePattern = fc.constantFrom(
  "*",
  "arn:aws:s3:::data/*",
  "arn:aws:s3:::data/a.txt",
  "arn:aws:s3:::data/?.txt",
  "arn:aws:s3:::other",
);
const statement: fc.Arbitrary<Plain> = fc
  .tuple(
    fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    fc.boolean(),
    fc.array(actionPattern, { minLength: 1, maxLength: 2 }),
    fc.array(resourcePattern, { minLength: 1, maxLength: 2 }),
  )
  .map(([Effect, not, patterns, Resource]) => ({
    Effect,
    ...(not ? { NotAction: patterns } : { Action: patterns }),
    Resource,
  }));
const statements = fc.array(statement, { maxLength: 4 });
const request = fc
  .tuple(
    fc.constantFrom("s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:GetUser"),
    fc.constantFrom(bucket, "arn:aws:s3:::data/ab.txt", "arn:aws:s3:::other"),
  )
  .map(([action, resource]) => ask({ action, resource }));

property.prop(
  [request, statements, fc.option(statements, { nil: undefined }), fc.option(statements, { nil: undefined })],
  { numRuns: 500 },
)("decisions agree with the oracle", (asked, identity, boundary, session) => {
  const fast = effect(asked, {
    identity: [policy(...identity)],
    ...(boundary === undefined ? {} : { boundary: policy(...boundary) }),
    ...(session === undefined ? {} : { session: [policy(...session)] }),
  });
  expect(fast).toBe(
    slow(asked, {
      identity,
      ...(boundary === undefined ? {} : { boundary }),
      ...(session === undefined ? {} : { session }),
    }),
  );
});

property.prop([request, statements, statement])("adding a deny never allows more", (asked, before, added) => {
  const more = effect(asked, { identity: [policy(...before, { ...added, Effect: "Deny" })] });
  if (more === "allow") expect(effect(asked, { identity: [policy(...before)] })).toBe("allow");
});
