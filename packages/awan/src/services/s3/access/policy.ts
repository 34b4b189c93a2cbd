/**
 * Bucket policies: whether a document is one, what it says of a request, and whether it opens the bucket to the public
 * ("The meaning of public", User Guide).
 */
import type { Principal } from "../../../host/call.ts";
import { knownPolicy, parsePolicy } from "../../../engines/iam-policy/document.ts";
import { decide } from "../../../engines/iam-policy/evaluate.ts";
import { matchesPattern } from "../../../engines/iam-policy/pattern.ts";
import { remembered } from "../../../kernel/remembered.ts";
import { s3Error } from "../errors.ts";

type OneOrMany = string | readonly string[];

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMany>>;
  readonly NotPrincipal?: "*" | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany | boolean | number>>>>;
}

interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Statement[];
}

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const many = (value: OneOrMany | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

const parse = remembered((text): PolicyDocument => {
  const read = JSON.parse(text) as { Statement: Statement | Statement[] };
  return { ...read, Statement: Array.isArray(read.Statement) ? read.Statement : [read.Statement] };
});

/** Of roles' sessions: the role, as far as the session's ARN tells (a role's path is not in it). */
const roleOf = (arn: string): string | undefined =>
  /^arn:[^:]*:sts::\d{12}:assumed-role\//.test(arn)
    ? arn.replace(":sts:", ":iam:").replace(/:assumed-role\/([^/]+)\/.*$/, ":role/$1")
    : undefined;

const everythingAllowed = parsePolicy({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });

/** What a bucket's policy says by itself: an explicit deny outweighs every allow. Context keys are in lower case. */
export function policyEffect(
  policy: string,
  principal: Principal,
  { action, resource, context }: PolicyRequest,
): "allow" | "deny" | "none" {
  const roleArn = roleOf(principal.arn);
  const { effect } = decide(
    {
      caller: { ...principal, ...(roleArn === undefined ? {} : { roleArn }) },
      action,
      resource,
      resourceAccountId: principal.accountId,
      needsGrant: true,
      context,
    },
    { identity: [everythingAllowed], resource: knownPolicy(policy) },
  );
  return effect === "allow" ? "allow" : effect === "explicit-deny" ? "deny" : "none";
}

/** Condition keys that bind a statement to fixed parties, so that `Principal: "*"` is not public. */
const bindingKeys = new Set(
  [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceOwner",
    "aws:SourceIp",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
  ].map((key) => key.toLowerCase()),
);

/** Whether some statement lets in anyone at all. */
export function isPublicPolicy(policy: string): boolean {
  return parse(policy).Statement.some((statement) => {
    if (statement.Effect !== "Allow") return false;
    const everyone =
      statement.NotPrincipal !== undefined ||
      statement.Principal === "*" ||
      (statement.Principal !== undefined &&
        many((statement.Principal as Record<string, OneOrMany>)["AWS"]).includes("*"));
    if (!everyone) return false;
    const bound = Object.values(statement.Condition ?? {}).some((keys) =>
      Object.entries(keys).some(([key, values]) => {
        if (!bindingKeys.has(key.toLowerCase())) return false;
        const given =
          typeof values === "string" ? [values] : Array.isArray(values) ? (values as string[]) : [];
        return (
          !given.some((value) => /[*?]/.test(value) && !/^arn:[^*]*$/.test(value)) &&
          !given.includes("0.0.0.0/0")
        );
      }),
    );
    return !bound;
  });
}

const malformedPolicy = (message: string): Error => s3Error("MalformedPolicy", 400, message);

/** Refuses what is no policy for this bucket, in S3's words. */
export function checkPolicy(policy: string, bucket: string): void {
  let document: { Version?: unknown; Statement?: unknown };
  try {
    document = JSON.parse(policy) as typeof document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
  if (
    typeof document !== "object" ||
    document === null ||
    Array.isArray(document) ||
    !policy.startsWith("{")
  ) {
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
  if (document.Statement === undefined) throw malformedPolicy("Missing required field Statement");
  const version = document.Version ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17")
    throw malformedPolicy("The policy must contain a valid version string");
  const statements = (
    Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  ) as Statement[];
  for (const statement of statements) checkStatement(statement, bucket);
}

function checkStatement(statement: Statement, bucket: string): void {
  if (statement.Effect === undefined) throw malformedPolicy("Missing required field Effect");
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny")
    throw malformedPolicy(`Invalid effect: ${String(statement.Effect)}`);
  if (statement.Principal === undefined && statement.NotPrincipal === undefined)
    throw malformedPolicy("Missing required field Principal");
  if (statement.NotPrincipal !== undefined && statement.Effect === "Allow") {
    throw malformedPolicy("Allow with NotPrincipal is not allowed.");
  }
  if (statement.Action === undefined && statement.NotAction === undefined)
    throw malformedPolicy("Missing required field Action");
  if (statement.Resource === undefined && statement.NotResource === undefined)
    throw malformedPolicy("Missing required field Resource");
  for (const action of many(statement.Action)) {
    if (action !== "*" && !/^s3(-object-lambda|express)?:/i.test(action))
      throw malformedPolicy("Policy has invalid action");
  }
  const principal = statement.Principal;
  if (principal !== undefined && principal !== "*") {
    if (typeof principal !== "object") throw malformedPolicy("Invalid policy syntax.");
    for (const value of many(principal["AWS"])) {
      if (
        value !== "*" &&
        !/^\d{12}$/.test(value) &&
        !/^arn:aws[a-z-]*:(iam|sts)::\w+:/.test(value) &&
        !/^A[A-Z0-9]{15,}$/.test(value)
      ) {
        throw malformedPolicy("Invalid principal in policy");
      }
    }
  }
  for (const resource of [...many(statement.Resource), ...many(statement.NotResource)]) {
    const name = /^arn:[^:]*:s3:::([^/]*)/.exec(resource)?.[1];
    if (resource === "*") continue;
    if (name === undefined || !matchesPattern(name, bucket))
      throw malformedPolicy("Policy has invalid resource");
  }
}
