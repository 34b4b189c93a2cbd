/** Resource policies of REST APIs: short lists of accounts, addresses and networks become statements. */
import { deepEqual, type Dict } from "../../template/value.ts";
import { InvalidDocument } from "../errors.ts";
import { withoutProxies } from "../events/http-api.ts";
import { anyMethod, branches, pathsOf } from "./openapi.ts";

const policyKey = "x-amazon-apigateway-policy";

export function addResourcePolicy(body: Dict, policy: Dict, path: string, stage: unknown): void {
  const document = (body[policyKey] ??= {}) as Dict;
  const resources = methodArns(body, path, stage);
  for (const [name, effect] of [
    ["AwsAccountWhitelist", "Allow"],
    ["AwsAccountBlacklist", "Deny"],
  ] as const) {
    const accounts = policy[name];
    if (!accounts) continue;
    add(
      document,
      [statement(effect, resources, { AWS: Array.isArray(accounts) ? accounts : [accounts] })],
      false,
    );
  }
  for (const [name, test] of [
    ["IpRangeWhitelist", "NotIpAddress"],
    ["IpRangeBlacklist", "IpAddress"],
  ] as const) {
    const ranges = policy[name];
    if (!ranges) continue;
    addPair(document, resources, { [test]: { "aws:SourceIp": Array.isArray(ranges) ? ranges : [ranges] } });
  }
  for (const [list, test] of [
    ["Blacklist", "StringEquals"],
    ["Whitelist", "StringNotEquals"],
  ] as const) {
    const condition = networks(policy, list);
    if (Object.keys(condition).length > 0) addPair(document, resources, { [test]: condition });
  }
  const custom = policy["CustomStatements"];
  if (custom) add(document, Array.isArray(custom) ? custom : [custom], true);
  if (Object.keys(document).length === 0) delete body[policyKey];
}

function networks(policy: Dict, list: "Whitelist" | "Blacklist"): Dict {
  const plain = policy[`SourceVpc${list}`];
  if (Array.isArray(plain) && !plain.every((item) => typeof item === "string")) {
    throw new InvalidDocument(
      `SourceVpc${list} must be a list of strings. Use IntrinsicVpc${list} instead for values that use Intrinsic Functions`,
    );
  }
  const names = Array.isArray(plain) ? (plain as string[]) : [];
  const listOf = (name: string): unknown[] =>
    Array.isArray(policy[name]) ? (policy[name] as unknown[]) : [];
  const vpcs = [...names.filter((name) => name.startsWith("vpc-")), ...listOf(`IntrinsicVpc${list}`)];
  const endpoints = [...names.filter((name) => name.startsWith("vpce-")), ...listOf(`IntrinsicVpce${list}`)];
  return {
    ...(vpcs.length > 0 ? { "aws:SourceVpc": vpcs } : {}),
    ...(endpoints.length > 0 ? { "aws:SourceVpce": endpoints } : {}),
  };
}

const statement = (Effect: string, Resource: unknown, Principal: unknown, condition?: Dict): Dict => ({
  Effect,
  Action: "execute-api:Invoke",
  Resource,
  Principal,
  ...(condition === undefined ? {} : { Condition: condition }),
});

const addPair = (document: Dict, resources: unknown, condition: Dict): void =>
  add(document, [statement("Allow", resources, "*"), statement("Deny", resources, "*", condition)], true);

/** A single account statement stands alone, everything else is a list. */
function add(document: Dict, statements: readonly unknown[], asList: boolean): void {
  document["Version"] = "2012-10-17";
  const before = document["Statement"];
  if (before === undefined) {
    document["Statement"] = asList ? [...statements] : statements[0];
    return;
  }
  const list: unknown[] = Array.isArray(before) ? before : [before];
  for (const each of statements)
    if (!asList || !list.some((known) => deepEqual(known, each))) list.push(each);
  document["Statement"] = list;
}

function methodArns(body: Dict, path: string, stage: unknown): Dict[] {
  const methods: string[] = [];
  for (const item of branches(pathsOf(body)[path])) methods.push(...Object.keys(item));
  return methods.map((method) => ({
    "Fn::Sub": [
      `execute-api:/\${__Stage__}/${method === anyMethod || method === "any" ? "*" : method.toUpperCase()}${withoutProxies(path)}`,
      { __Stage__: stage },
    ],
  }));
}
