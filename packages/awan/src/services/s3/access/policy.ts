/**
 * Bucket policies: whether a document is one, what it says of a request, and whether it opens the bucket to the public
 * ("The meaning of public", User Guide).
 */
import type { Principal } from "../../../host/call.ts";
import { s3Error } from "../errors.ts";
import { conditionsHold } from "./conditions.ts";
import { wildcardMatches } from "./wildcard.ts";

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
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const many = (value: OneOrMany | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

const parsed = new Map<string, PolicyDocument>();

function parse(text: string): PolicyDocument {
  let document = parsed.get(text);
  if (document === undefined) {
    const read = JSON.parse(text) as { Statement: Statement | Statement[] };
    document = { ...read, Statement: Array.isArray(read.Statement) ? read.Statement : [read.Statement] };
    if (parsed.size > 1000) parsed.clear();
    parsed.set(text, document);
  }
  return document;
}

function principalMatches(entry: Statement["Principal"], principal: Principal): boolean {
  if (entry === undefined) return false;
  if (entry === "*") return true;
  for (const [kind, values] of Object.entries(entry)) {
    for (const value of many(values)) {
      if (kind === "AWS" && awsPrincipalMatches(value, principal)) return true;
      if (kind === "CanonicalUser" && value === principal.arn) return true;
      if (kind === "Service" && principal.kind === "service" && value === principal.arn) return true;
    }
  }
  return false;
}

function awsPrincipalMatches(value: string, principal: Principal): boolean {
  if (value === "*") return true;
  if (principal.kind === "anonymous") return false;
  if (value === principal.accountId) return true;
  const account = /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(value);
  if (account !== null) return account[1] === principal.accountId;
  if (value === principal.arn) return true;
  // An assumed role's session matches its role.
  const role = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(value);
  const session = /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(principal.arn);
  return role !== null && session !== null && role[1] === session[1] && role[2] === session[2];
}

function statementMatches(statement: Statement, request: PolicyRequest): boolean {
  const { principal, action, resource, context } = request;
  const who =
    statement.Principal !== undefined
      ? principalMatches(statement.Principal, principal)
      : statement.NotPrincipal !== undefined && !principalMatches(statement.NotPrincipal, principal);
  if (!who) return false;
  const does =
    statement.Action !== undefined
      ? many(statement.Action).some((pattern) => wildcardMatches(pattern, action, true))
      : statement.NotAction !== undefined &&
        !many(statement.NotAction).some((pattern) => wildcardMatches(pattern, action, true));
  if (!does) return false;
  const where =
    statement.Resource !== undefined
      ? many(statement.Resource).some((pattern) => wildcardMatches(pattern, resource))
      : statement.NotResource !== undefined &&
        !many(statement.NotResource).some((pattern) => wildcardMatches(pattern, resource));
  return where && conditionsHold(statement.Condition, context);
}

/** What a policy says of a request: an explicit deny outweighs every allow. */
export function policyEffect(policy: string, request: PolicyRequest): "allow" | "deny" | "none" {
  let effect: "allow" | "none" = "none";
  for (const statement of parse(policy).Statement) {
    if (!statementMatches(statement, request)) continue;
    if (statement.Effect === "Deny") return "deny";
    effect = "allow";
  }
  return effect;
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
    if (name === undefined || !wildcardMatches(name, bucket))
      throw malformedPolicy("Policy has invalid resource");
  }
}
