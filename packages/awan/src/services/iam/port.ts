/** What other services may ask of IAM: roles and their policies, read only. */
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
  userOfKey(
    call: Call,
    accessKeyId: string,
  ): { readonly userName: string; readonly arn: string; readonly userId: string } | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly iam: IamPort;
  }
}
