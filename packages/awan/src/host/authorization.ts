/**
 * Whether a caller may: IAM's decision on an operation's actions and resources, taken inside the operation's own
 * transaction. A service says what its operations need (`Service.authorization`), IAM what the caller has
 * (`PolicySource`), `engines/iam-policy` decides. Only with enforcement on; it is off by default.
 */
import { knownPolicy } from "../engines/iam-policy/document.ts";
import { type Decision, decide, type Policies, type PolicyKind } from "../engines/iam-policy/evaluate.ts";
import { parseArn } from "../kernel/arn.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Call } from "./call.ts";
import type { Service } from "./service.ts";

/** One thing a call does to one resource. */
export interface Access {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** An ARN; `*` where AWS knows no resource. */
  readonly resource: string;
  /** The resource's owner, when its ARN does not tell (S3). */
  readonly resourceAccountId?: string | undefined;
  /** The JSON of the policy attached to the resource, if there is one. */
  readonly resourcePolicy?: string | undefined;
  /** Whether that policy must allow, because the caller's own are not enough: roles' trust, KMS keys. */
  readonly needsGrant?: boolean;
  /** Condition keys of the service beside the global ones. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** How IAM sees a service. */
export interface Authorization {
  /** The prefix of its actions, when that is not its name: `execute-api`, `cloudwatch`. */
  readonly prefix?: string;
  /**
   * What each operation does to what; an operation that is not named does `prefix:Operation` to `*`. Called before the
   * operation validates its input: say less rather than throw when something is missing or malformed. An empty list
   * leaves the decision to the operation (`call.authorize`).
   */
  readonly accesses: Readonly<Record<string, (call: Call, input: never) => Access | readonly Access[]>>;
  /** The refusal, where the service does not say it as others do. `why` is AWS's usual sentence. */
  readonly denied?: (access: Access, why: string) => AwsError;
}

/** What IAM and STS know of a call's principal. */
export interface PrincipalPolicies extends Omit<Policies, "resource"> {
  /** Of a role's session: the role. */
  readonly roleArn?: string;
  /** `aws:username`, `aws:userid`, `aws:PrincipalTag/…` */
  readonly context: Readonly<Record<string, string>>;
}
export type PolicySource = (call: Call) => PrincipalPolicies;

/** Decides for a platform on which enforcement is on. */
export class Authorizer {
  readonly #policiesOf: PolicySource;

  constructor(policiesOf: PolicySource) {
    this.#policiesOf = policiesOf;
  }

  /** Throws the service's refusal unless the caller may run the operation. */
  checkOperation(call: Call, service: Service, operation: string, input: object): void {
    const { prefix = service.name, accesses } = service.authorization ?? { accesses: {} };
    const named = Object.hasOwn(accesses, operation) ? accesses[operation] : undefined;
    const needed = named?.(call, input as never) ?? { action: `${prefix}:${operation}`, resource: "*" };
    for (const access of Array.isArray(needed) ? (needed as readonly Access[]) : [needed as Access]) {
      this.check(call, access, service.authorization?.denied);
    }
  }

  check(call: Call, access: Access, denied: Authorization["denied"] = accessDenied): void {
    const decision = this.decide(call, access);
    if (decision.effect !== "allow") throw denied(access, denialOf(call, access, decision));
  }

  decide(call: Call, access: Access): Decision {
    const { principal } = call;
    if (principal.kind === "root" && access.resourcePolicy === undefined && isOwn(call, access)) {
      return { effect: "allow" };
    }
    const { roleArn, context, ...policies } = this.#policiesOf(call);
    return decide(
      {
        caller: { ...principal, ...(roleArn === undefined ? {} : { roleArn }) },
        action: access.action,
        resource: access.resource,
        resourceAccountId: ownerOf(call, access),
        needsGrant: access.needsGrant ?? false,
        context: { ...lowered(globalContext(call)), ...lowered(context), ...lowered(access.context ?? {}) },
      },
      access.resourcePolicy === undefined
        ? policies
        : { ...policies, resource: knownPolicy(access.resourcePolicy) },
    );
  }
}

const ownerOf = (call: Call, { resource, resourceAccountId }: Access): string =>
  resourceAccountId ?? (parseArn(resource)?.accountId || call.principal.accountId);
const isOwn = (call: Call, access: Access): boolean => ownerOf(call, access) === call.principal.accountId;

const lowered = <Value>(context: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));

/** IAM User Guide, "AWS global condition context keys", as far as a request tells. */
function globalContext(call: Call): Record<string, string> {
  const { principal, http } = call;
  const context: Record<string, string> = {
    "aws:CurrentTime": new Date(call.nowMs).toISOString(),
    "aws:EpochTime": String(Math.floor(call.nowMs / 1000)),
    "aws:RequestedRegion": call.region,
    // Nothing leaves this machine: applications that refuse plain HTTP on AWS are not to be refused here.
    "aws:SecureTransport": "true",
    "aws:PrincipalIsAWSService": String(principal.kind === "service"),
  };
  if (http !== undefined) {
    context["aws:SourceIp"] = http.remoteAddress.replace(/^::ffff:/, "");
    const { "user-agent": userAgent, referer } = http.headers;
    if (userAgent !== undefined) context["aws:UserAgent"] = userAgent;
    if (referer !== undefined) context["aws:Referer"] = referer;
  }
  if (principal.kind === "service") context["aws:PrincipalServiceName"] = principal.arn;
  else if (principal.kind !== "anonymous") {
    context["aws:PrincipalArn"] = principal.arn;
    context["aws:PrincipalAccount"] = principal.accountId;
    context["aws:PrincipalType"] = { root: "Account", user: "User", role: "AssumedRole" }[principal.kind];
  }
  return context;
}

const policyNames: Readonly<Record<PolicyKind, string>> = {
  identity: "identity-based policy",
  resource: "resource-based policy",
  boundary: "permissions boundary",
  session: "session policy",
};

/** IAM User Guide, "Troubleshoot access denied error messages". */
function denialOf(call: Call, access: Access, { effect, by = "identity" }: Decision): string {
  const { kind, arn } = call.principal;
  const who = kind === "anonymous" ? "User: anonymous" : `User: ${arn}`;
  const what = `${who} is not authorized to perform: ${access.action} on resource: ${access.resource}`;
  if (effect === "explicit-deny") {
    const article = by === "identity" ? "an" : "a";
    return `${what} with an explicit deny in ${article} ${policyNames[by]}`;
  }
  return `${what} because no ${policyNames[by]} allows the ${access.action} action`;
}

function accessDenied(_access: Access, why: string): AwsError {
  return new AwsError("AccessDeniedException", why);
}
