/** What other services may ask of IAM: roles and their policies, read only. */
import type { PrincipalPolicies } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";

export interface IamRole {
  readonly roleName: string;
  readonly roleId: string;
  readonly arn: string;
  readonly assumeRolePolicyDocument: string;
  readonly sessionSecondsMax: number;
}

export interface IamPort {
  /** The role of that name in the call's account, or undefined. */
  role(call: Call, roleName: string): IamRole | undefined;
  /** The owner of a long-lived access key of the call's account, or undefined. */
  userOfKey(call: Call, accessKeyId: string): IamKeyOwner | undefined;
  /** The policies of the call's principal, `session` being what STS knows of a role's session. */
  policiesOf(call: Call, session: SessionRestrictions | undefined): PrincipalPolicies;
}

export interface IamKeyOwner {
  readonly userName: string;
  readonly arn: string;
  readonly userId: string;
  readonly secretAccessKey: string;
}

/** What a session was narrowed to when it was started, and its tags. */
export interface SessionRestrictions {
  readonly policy: string | null;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly iam: IamPort;
  }
}
