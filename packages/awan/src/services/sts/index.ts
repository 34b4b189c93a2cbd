/** STS: identities and temporary credentials, as data; what they may do is IAM's concern. */
import type { Service } from "../../host/service.ts";
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import {
  assume,
  assumeRole,
  assumeRoleWithSaml,
  assumeRoleWithWebIdentity,
} from "./operations/assume-role.ts";
import {
  decodeAuthorizationMessage,
  getAccessKeyInfo,
  getCallerIdentity,
  getFederationToken,
  getSessionToken,
} from "./operations/identity.ts";
import type { StsPort } from "./port.ts";
import { expireSession, findSession } from "./session.ts";

export const operations = {
  AssumeRole: assumeRole,
  AssumeRoleWithSAML: assumeRoleWithSaml,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetFederationToken: getFederationToken,
  GetSessionToken: getSessionToken,
} satisfies Operations<Client>;

const port: StsPort = {
  principalOf: (call, accessKeyId) => findSession(call, accessKeyId)?.principal,
  sessionOf: findSession,
  sessionFor: (call, roleArn, sessionName, seconds) =>
    assume(call, { roleArn, sessionName, seconds }, false).Credentials,
};

/** Nobody needs a permission to ask who they are. */
const accesses: Authorization["accesses"] = {
  AssumeRole: (call, input: { readonly RoleArn?: string }) => assuming(call, "sts:AssumeRole", input.RoleArn),
  // The token says who asks, not the credentials: the operation reads it.
  AssumeRoleWithWebIdentity: () => [],
  AssumeRoleWithSAML: () => [],
  GetCallerIdentity: () => [],
  GetSessionToken: () => [],
};

/** A role's trust policy lets callers in, together with their own policies or alone. */
function assuming(call: Call, action: string, roleArn = "*"): Access {
  const accountId = parseArn(roleArn)?.accountId ?? call.accountId;
  const role = call.ports.iam.role(call.in({ accountId }), roleArn.slice(roleArn.lastIndexOf("/") + 1));
  if (role === undefined) return { action, resource: roleArn };
  return { action, resource: roleArn, resourcePolicy: role.assumeRolePolicyDocument, needsGrant: true };
}

export const service: Service = {
  name: "sts",
  operations,
  duties: { expire: expireSession },
  port,
  authorization: {
    accesses,
    // STS does not tell callers why a role is closed to them.
    denied: (_access, why) => new AwsError("AccessDeniedException", why.replace(/ (because|with) .*$/, "")),
  },
  needs: ["iam"],
};
