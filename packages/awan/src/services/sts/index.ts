/** STS: identities and temporary credentials, as data; what they may do is IAM's concern. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import { assumeRole, assumeRoleWithSaml, assumeRoleWithWebIdentity } from "./operations/assume-role.ts";
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
};

export const service: Service = {
  name: "sts",
  operations,
  duties: { expire: expireSession },
  port,
  needs: ["iam"],
};
