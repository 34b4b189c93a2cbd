/**
 * AWS's decision for one request ("Policy evaluation logic"): an explicit deny anywhere wins; within an account the
 * identity's policies or the resource's allow, bounded by the permissions boundary and the session's policies; between
 * accounts both sides must allow. Pure: the caller brings policies and context.
 */
import { holds } from "./conditions.ts";
import type { Policy, Principals, Statement } from "./document.ts";
import { type Context, matchesArn, matchesPattern, protect, withVariables } from "./pattern.ts";

/** Who asks. */
export interface Caller {
  readonly kind: "root" | "user" | "role" | "service" | "anonymous";
  /** A user's or session's ARN, or a service's name (`sns.amazonaws.com`). */
  readonly arn: string;
  readonly accountId: string;
  /** Of a role's session: the role. */
  readonly roleArn?: string;
}

export interface AccessRequest {
  readonly caller: Caller;
  /** `s3:GetObject`. */
  readonly action: string;
  readonly resource: string;
  /** The account that owns the resource; the caller's own when absent. */
  readonly resourceAccountId?: string;
  /** Roles and keys open to nobody whom their own policy does not let in, whatever the caller's policies say. */
  readonly needsGrant?: boolean;
  /** Condition keys in lower case. */
  readonly context: Context;
}

export interface Policies {
  /** Of the user and its groups, or of the role: inline and managed. */
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  /** Given when the session was started; each absent list does not restrict. */
  readonly session?: readonly Policy[];
  readonly resource?: Policy;
}

/** Which of the policies decided: the one that denied, or the first in AWS's order that did not allow. */
export type PolicyKind = "identity" | "resource" | "boundary" | "session";

export interface Decision {
  readonly effect: "allow" | "explicit-deny" | "implicit-deny";
  /** Of a denial. */
  readonly by?: PolicyKind;
  /** The statement that denied, or the one that allowed. */
  readonly statement?: Statement;
}

export function decide(request: AccessRequest, policies: Policies): Decision {
  const { caller } = request;
  const identity = verdict(request, policies.identity, undefined);
  const boundary =
    policies.boundary === undefined ? undefined : verdict(request, [policies.boundary], undefined);
  const session = policies.session === undefined ? undefined : verdict(request, policies.session, undefined);
  const resource =
    policies.resource === undefined ? undefined : verdict(request, [policies.resource], caller);
  const verdicts: readonly (readonly [PolicyKind, Verdict | undefined])[] = [
    ["identity", identity],
    ["boundary", boundary],
    ["session", session],
    ["resource", resource],
  ];
  for (const [by, each] of verdicts) {
    if (each?.denied !== undefined) return { effect: "explicit-deny", by, statement: each.denied };
  }
  const bound = verdicts.find(
    ([by, each]) => limits.has(by) && each !== undefined && each.allowed === undefined,
  );
  const byIdentity = caller.kind === "root" || (identity.allowed !== undefined && bound === undefined);
  const isOwn = (request.resourceAccountId ?? caller.accountId) === caller.accountId;
  const granted = resource?.allowed;
  if (request.needsGrant === true && granted === undefined) return refused("resource");
  if (caller.kind === "service" || caller.kind === "anonymous")
    return granted === undefined ? refused("resource") : allow(granted);
  const missing =
    identity.allowed === undefined && caller.kind !== "root" ? "identity" : (bound?.[0] ?? "resource");
  if (!isOwn) return byIdentity && granted !== undefined ? allow(granted) : refused(missing);
  if (granted !== undefined && resource?.names === "caller") return allow(granted);
  if (granted !== undefined && resource?.names === "everybody" && bound === undefined) return allow(granted);
  return byIdentity ? allow(identity.allowed) : refused(missing);
}

/** These allow nothing themselves. */
const limits: ReadonlySet<PolicyKind> = new Set(["boundary", "session"]);
const refused = (by: PolicyKind): Decision => ({ effect: "implicit-deny", by });
const allow = (statement: Statement | undefined): Decision =>
  statement === undefined ? { effect: "allow" } : { effect: "allow", statement };

interface Verdict {
  readonly denied?: Statement;
  readonly allowed?: Statement;
  /** How a resource policy's allowing statement names the caller, the strongest way that occurs. */
  readonly names?: Naming;
}

/**
 * `caller`: the user or the session itself, which no boundary limits. `everybody`: the role or `*`, limited by boundary
 * and session. `account`: the account, which only lets its own policies decide.
 */
type Naming = "caller" | "everybody" | "account";

const strength: readonly Naming[] = ["account", "everybody", "caller"];

function verdict(request: AccessRequest, policies: readonly Policy[], caller: Caller | undefined): Verdict {
  let allowed: Statement | undefined;
  let names: Naming | undefined;
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const naming = caller === undefined ? "caller" : namingOf(statement, caller);
      if (naming === undefined || !applies(statement, request)) continue;
      if (statement.effect === "Deny") return { denied: statement };
      if (names === undefined || strength.indexOf(naming) > strength.indexOf(names)) {
        allowed = statement;
        names = naming;
      }
    }
  }
  return { ...(allowed === undefined ? {} : { allowed }), ...(names === undefined ? {} : { names }) };
}

/** Whether the statement speaks of the request's action, resource and circumstances. */
export function applies(statement: Statement, request: AccessRequest): boolean {
  const action = request.action.toLowerCase();
  const isAction = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, action));
  if (statement.actions !== undefined && !isAction(statement.actions)) return false;
  if (statement.notActions !== undefined && isAction(statement.notActions)) return false;
  const isResource = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => {
      const wanted = statement.hasVariables ? withVariables(pattern, request.context) : pattern;
      return wanted !== undefined && matchesArn(wanted, protect(request.resource));
    });
  if (statement.resources !== undefined && !isResource(statement.resources)) return false;
  if (statement.notResources !== undefined && isResource(statement.notResources)) return false;
  return statement.conditions.every((condition) => holds(condition, request.context, statement.hasVariables));
}

/** How a statement of a resource policy names the caller; undefined when it does not. */
function namingOf(statement: Statement, caller: Caller): Naming | undefined {
  if (statement.notPrincipals !== undefined)
    return nameIn(statement.notPrincipals, caller) === undefined ? "everybody" : undefined;
  return statement.principals === undefined ? undefined : nameIn(statement.principals, caller);
}

function nameIn(principals: Principals, caller: Caller): Naming | undefined {
  if (caller.kind === "service") {
    const services = principals["Service"] ?? [];
    if (services.includes(caller.arn) || services.includes("*")) return "caller";
    return principals["AWS"]?.includes("*") === true ? "everybody" : undefined;
  }
  const names = principals["AWS"] ?? [];
  if (caller.kind !== "anonymous") {
    if (names.includes(caller.arn)) return caller.kind === "root" ? "account" : "caller";
    if (caller.roleArn !== undefined && names.includes(caller.roleArn)) return "everybody";
  }
  if (names.includes("*")) return "everybody";
  if (caller.kind === "anonymous") return undefined;
  const account = [caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  return names.some((name) => account.includes(name)) ? "account" : undefined;
}
