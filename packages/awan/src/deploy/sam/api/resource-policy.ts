/** A REST API's resource policy from SAM's lists of accounts, address ranges and VPCs, per path of its document. */
import { type Dict, isDict } from "../../template/value.ts";
import { invalidDocument } from "../errors.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import { at, dictionary, dictionaryOf, keysOf, nameIn, put } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import { alternatives, anyMethod, requireMap, requirePathItem } from "./document.ts";
import { policyKey, type SwaggerDocument } from "./swagger-document.ts";
import { sameSecurity as same } from "./swagger-security.ts";

const text = byteString;

export function addResourcePolicy(
  document: SwaggerDocument,
  policy: unknown,
  { path, stage }: { path: string; stage: unknown },
): void {
  if (policy === undefined || policy === null) return;
  requireMap(policy, "Resource Policy is not a valid dictionary.");
  const resources = (): Dict[] => methodResources(document, path, stage);
  for (const [member, effect] of [
    ["AwsAccountWhitelist", "Allow"],
    ["AwsAccountBlacklist", "Deny"],
  ] as const) {
    if ((policy[member] ?? undefined) !== undefined)
      addAccounts(document, policy[member], { effect, resources: resources() });
  }
  for (const [member, operator] of [
    ["IpRangeWhitelist", "NotIpAddress"],
    ["IpRangeBlacklist", "IpAddress"],
  ] as const) {
    const ranges = policy[member];
    if (given(ranges)) {
      const list = Array.isArray(ranges) ? ranges : [ranges];
      addGuarded(document, resources(), { [text(operator)]: { [text("aws:SourceIp")]: list } });
    }
  }
  for (const [kind, operator] of [
    ["Blacklist", "StringEquals"],
    ["Whitelist", "StringNotEquals"],
  ] as const) {
    const condition = endpoints(policy, kind);
    if (condition !== undefined) addGuarded(document, resources(), { [text(operator)]: condition });
  }
  put(document.doc, policyKey, document.resourcePolicy);
}

export function addCustomStatements(document: SwaggerDocument, statements: unknown): void {
  const policy = document.resourcePolicy;
  if (statements !== undefined && statements !== null) {
    put(policy, text("Version"), text("2012-10-17"));
    const there = at(policy, "Statement") ?? undefined;
    if (there === undefined) put(policy, text("Statement"), statements);
    else addMissing(policy, Array.isArray(statements) ? statements : [statements]);
  }
  put(document.doc, policyKey, policy);
}

/** Every method of a path as a resource of `execute-api`. */
function methodResources(document: SwaggerDocument, path: string, stage: unknown): Dict[] {
  const methods = alternatives(at(document.paths, path)).flatMap((item) => {
    requirePathItem(item, path);
    return keysOf(item);
  });
  const place = withGreedyParts(path);
  return methods.map((name) => {
    const method = withoutMark(name).toLowerCase();
    const verb = method === anyMethod || method === "any" ? "*" : withoutMark(name).toUpperCase();
    return {
      [text("Fn::Sub")]: [
        `execute-api:/\${__Stage__}/${verb}${place}`,
        { [text("__Stage__")]: stage ?? null },
      ],
    };
  });
}

/** Path parameters as `*`, as resources name them. */
export const withGreedyParts = (path: string): string =>
  path.replaceAll(/{([a-zA-Z0-9._-]+|[a-zA-Z0-9._-]+\+|proxy\+)}/g, "*");

function statement(effect: string, resources: readonly Dict[]): Dict {
  const made = dictionary();
  put(made, text("Effect"), text(effect));
  put(made, text("Action"), text("execute-api:Invoke"));
  put(made, text("Resource"), resources);
  return made;
}

function addAccounts(
  document: SwaggerDocument,
  accounts: unknown,
  { effect, resources }: { effect: string; resources: readonly Dict[] },
): void {
  if (!given(accounts)) return;
  if (!isDict(accounts) && !Array.isArray(accounts)) {
    throw invalidDocument(`Type of '${shown(accounts)}' must be a list or dictionary`);
  }
  const policy = document.resourcePolicy;
  put(policy, text("Version"), text("2012-10-17"));
  const made = statement(effect, resources);
  put(
    made,
    text("Principal"),
    dictionaryOf({ [text("AWS")]: Array.isArray(accounts) ? accounts : [accounts] }),
  );
  const there = at(policy, "Statement") ?? undefined;
  if (there === undefined) put(policy, text("Statement"), made);
  else put(policy, text("Statement"), [...(Array.isArray(there) ? there : [there]), made]);
}

/** All may call; who fails the condition may not. */
function addGuarded(document: SwaggerDocument, resources: readonly Dict[], condition: Dict): void {
  const policy = document.resourcePolicy;
  put(policy, text("Version"), text("2012-10-17"));
  const allow = statement("Allow", resources);
  put(allow, text("Principal"), text("*"));
  const deny = statement("Deny", resources);
  put(deny, text("Principal"), text("*"));
  put(deny, text("Condition"), condition);
  if ((at(policy, "Statement") ?? undefined) === undefined) put(policy, text("Statement"), [allow, deny]);
  else addMissing(policy, [allow, deny]);
}

function addMissing(policy: Dict, statements: readonly unknown[]): void {
  const there = at(policy, "Statement");
  const list: unknown[] = Array.isArray(there) ? there : [there];
  for (const each of statements) if (!list.some((other) => same(other, each))) list.push(each);
  put(policy, text("Statement"), list);
}

function endpoints(policy: Dict, kind: "Blacklist" | "Whitelist"): Dict | undefined {
  const named = policy[`SourceVpc${kind}`] ?? undefined;
  const list: unknown[] = Array.isArray(named) ? named : isDict(named) ? keysOf(named) : [];
  if (!list.every((item) => typeof item === "string")) {
    throw invalidDocument(
      `SourceVpc${kind} must be a list of strings. Use IntrinsicVpc${kind} instead for values that use Intrinsic Functions`,
    );
  }
  const condition = dictionary();
  const add = (member: string, items: unknown): void => {
    if (!Array.isArray(items) || (items.length === 0 && nameIn(condition, member) !== undefined)) return;
    put(condition, text(member), [...((at(condition, member) ?? []) as unknown[]), ...items]);
  };
  const starting = (prefix: string): unknown[] => list.filter((item) => item.startsWith(prefix));
  if (starting("vpc-").length > 0) add("aws:SourceVpc", starting("vpc-"));
  if (starting("vpce-").length > 0) add("aws:SourceVpce", starting("vpce-"));
  add("aws:SourceVpc", policy[`IntrinsicVpc${kind}`] ?? undefined);
  add("aws:SourceVpce", policy[`IntrinsicVpce${kind}`] ?? undefined);
  const isEmpty = !given(at(condition, "aws:SourceVpc")) && !given(at(condition, "aws:SourceVpce"));
  return isEmpty ? undefined : condition;
}
