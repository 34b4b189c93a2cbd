/** CloudFormation's `AWS::IAM::*`, each through the operations a user would call. */
import type { ResourceProvider } from "../../host/resource.ts";
import { serverCertificate } from "./resource-certificate.ts";
import { role } from "./resource-role.ts";
import { accessKey, group, user, userToGroupAddition } from "./resource-user.ts";
import {
  inlineProviders,
  instanceProfile,
  managedPolicy,
  oidcProvider,
  serviceLinkedRole,
} from "./resource-policy.ts";

export const providers: readonly ResourceProvider[] = [
  role,
  user,
  group,
  accessKey,
  userToGroupAddition,
  managedPolicy,
  instanceProfile,
  serviceLinkedRole,
  oidcProvider,
  serverCertificate,
  ...inlineProviders,
];
