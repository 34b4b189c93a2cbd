/** The policies that speak for a caller: its own and its groups', inline and managed, its boundary and its session's. */
import { knownPolicy, type Policy } from "../../engines/iam-policy/document.ts";
import type { PrincipalPolicies } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { awsManagedGrant } from "./aws-managed-grants.ts";
import { globally } from "./entity.ts";
import { type Identity, isAwsManaged } from "./identity.ts";
import {
  attachments,
  inlinePolicies,
  membershipsByUser,
  policies,
  policyVersions,
  roles,
  users,
} from "./keys.ts";
import type { SessionRestrictions } from "./port.ts";

const nobody: PrincipalPolicies = { identity: [], context: {} };

/** Of the call's principal. A role that does not exist has no policies, so may do nothing. */
export function policiesOf(original: Call, session: SessionRestrictions | undefined): PrincipalPolicies {
  const { principal } = original;
  const call = globally(original).in({ accountId: principal.accountId });
  const name = principal.arn.split("/").at(principal.kind === "role" ? 1 : -1) as string;
  if (principal.kind === "user") {
    const row = users.get(call.tx, [name]);
    if (row === undefined) return nobody;
    return {
      identity: ofIdentity(call, { kind: "user", name }),
      ...boundaryOf(call, row.boundaryArn),
      context: { "aws:username": name, "aws:userid": row.id, ...principalTags(row.tags) },
    };
  }
  if (principal.kind !== "role") return nobody;
  const row = roles.get(call.tx, [name]);
  if (row === undefined) return nobody;
  return {
    identity: ofIdentity(call, { kind: "role", name }),
    ...boundaryOf(call, row.boundaryArn),
    ...restrictions(call, session),
    roleArn: row.arn,
    context: {
      "aws:userid": `${row.id}:${principal.arn.split("/").at(-1)}`,
      ...principalTags(row.tags),
      ...principalTags(session?.tags ?? {}),
    },
  };
}

function ofIdentity(call: Call, { kind, name }: Identity): Policy[] {
  const found: Policy[] = [];
  for (const { value } of inlinePolicies.scan(call.tx, [kind, name])) found.push(knownPolicy(value));
  for (const { key } of attachments.scan(call.tx, [kind, name])) found.push(managed(call, key[2]));
  if (kind !== "user") return found;
  for (const { key } of membershipsByUser.scan(call.tx, [name])) {
    found.push(...ofIdentity(call, { kind: "group", name: key[1] }));
  }
  return found;
}

/** A managed policy's default version; one that was deleted meanwhile allows nothing. */
function managed(call: Call, policyArn: string): Policy {
  if (isAwsManaged(policyArn)) return awsManagedGrant(policyArn);
  const row = policies.get(call.tx, [policyArn]);
  const version =
    row === undefined ? undefined : policyVersions.get(call.tx, [policyArn, row.defaultVersion]);
  return version === undefined ? { statements: [] } : knownPolicy(version.document);
}

const boundaryOf = (call: Call, policyArn: string | null): Pick<PrincipalPolicies, "boundary"> =>
  policyArn === null ? {} : { boundary: managed(call, policyArn) };

function restrictions(
  call: Call,
  session: SessionRestrictions | undefined,
): Pick<PrincipalPolicies, "session"> {
  if (session === undefined || (session.policy === null && session.policyArns.length === 0)) return {};
  const given = session.policyArns.map((policyArn) => managed(call, policyArn));
  return { session: session.policy === null ? given : [...given, knownPolicy(session.policy)] };
}

const principalTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
