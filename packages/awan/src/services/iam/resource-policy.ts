/** AWS::IAM::Policy (and its three single-owner forms), ManagedPolicy, InstanceProfile, ServiceLinkedRole, OIDCProvider. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { globally } from "./entity.ts";
import { attach, deleteInline, detach, type Identity, putInline } from "./identity.ts";
import {
  attachmentsByPolicy,
  type IdentityKind,
  instanceProfiles,
  policies as policyTable,
  policyVersions,
} from "./keys.ts";
import * as profiles from "./operations/instance-profiles.ts";
import * as policies from "./operations/policies.ts";
import * as identityProviders from "./operations/providers.ts";
import * as roles from "./operations/roles.ts";
import { documentText, gone, optional, templateTags } from "./resource-identity.ts";

const listed = (value: unknown): readonly string[] => (value ?? []) as readonly string[];

/** The identities a template names in Roles, Users and Groups. */
const ownersOf = (properties: Properties): Identity[] => [
  ...listed(properties["Roles"]).map((name) => ({ kind: "role" as const, name })),
  ...listed(properties["Users"]).map((name) => ({ kind: "user" as const, name })),
  ...listed(properties["Groups"]).map((name) => ({ kind: "group" as const, name })),
];

const isIn = (owners: readonly Identity[], owner: Identity): boolean =>
  owners.some(({ kind, name }) => kind === owner.kind && name === owner.name);

function putOn(call: Call, owners: readonly Identity[], properties: Properties): void {
  const policy = {
    name: properties["PolicyName"] as string,
    document: documentText(properties["PolicyDocument"]),
  };
  for (const owner of owners) putInline(globally(call), owner, policy);
}

const inlinePolicy: ResourceProvider = {
  type: "AWS::IAM::Policy",
  properties: {
    Groups: "mutable",
    PolicyDocument: "mutable",
    PolicyName: "mutable",
    Roles: "mutable",
    Users: "mutable",
  },
  required: ["PolicyDocument", "PolicyName"],
  create: (call, { properties, generateName }) => {
    putOn(call, ownersOf(properties), properties);
    const physicalId = generateName({ lengthMax: 128 });
    return { physicalId, attributes: { Id: physicalId } };
  },
  update: (call, { physicalId, properties, previousProperties }) => {
    const owners = ownersOf(properties);
    const renamed = properties["PolicyName"] !== previousProperties["PolicyName"];
    for (const owner of ownersOf(previousProperties)) {
      if (renamed || !isIn(owners, owner)) {
        gone(() => deleteInline(globally(call), owner, previousProperties["PolicyName"] as string));
      }
    }
    putOn(call, owners, properties);
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete: (call, { properties }) => {
    for (const owner of ownersOf(properties)) {
      gone(() => deleteInline(globally(call), owner, properties["PolicyName"] as string));
    }
  },
};

/** `AWS::IAM::RolePolicy` and its siblings: one inline policy of one owner. */
function singleInline(type: string, kind: IdentityKind, ownerProperty: string): ResourceProvider {
  const put = (call: Call, properties: Properties): ResourceState => {
    const owner = { kind, name: properties[ownerProperty] as string };
    const policy = {
      name: properties["PolicyName"] as string,
      document: documentText(properties["PolicyDocument"]),
    };
    putInline(globally(call), owner, policy);
    return { physicalId: `${policy.name}|${owner.name}`, attributes: {} };
  };
  return {
    type,
    properties: { PolicyDocument: "mutable", PolicyName: "replace", [ownerProperty]: "replace" },
    required: ["PolicyName", ownerProperty],
    create: (call, { properties }) => put(call, properties),
    update: (call, { properties }) => put(call, properties),
    delete: (call, { properties }) => {
      const owner = { kind, name: properties[ownerProperty] as string };
      gone(() => deleteInline(globally(call), owner, properties["PolicyName"] as string));
    },
  };
}

export const inlineProviders: readonly ResourceProvider[] = [
  inlinePolicy,
  singleInline("AWS::IAM::RolePolicy", "role", "RoleName"),
  singleInline("AWS::IAM::UserPolicy", "user", "UserName"),
  singleInline("AWS::IAM::GroupPolicy", "group", "GroupName"),
];

function managedState(call: Call, arn: string): ResourceState {
  const row = policyTable.get(globally(call).tx, [arn]);
  return {
    physicalId: arn,
    attributes: { PolicyArn: arn, PolicyId: row?.id, DefaultVersionId: `v${row?.defaultVersion}` },
  };
}

export const managedPolicy: ResourceProvider = {
  type: "AWS::IAM::ManagedPolicy",
  properties: {
    Description: "replace",
    Groups: "mutable",
    ManagedPolicyName: "replace",
    Path: "replace",
    PolicyDocument: "mutable",
    Roles: "mutable",
    Tags: "mutable",
    Users: "mutable",
  },
  required: ["PolicyDocument"],
  create: (call, { properties, stack, generateName }) => {
    const { Policy } = policies.createPolicy(call, {
      PolicyName: optional(properties["ManagedPolicyName"]) ?? generateName({ lengthMax: 128 }),
      PolicyDocument: documentText(properties["PolicyDocument"]),
      Path: optional(properties["Path"]),
      Description: optional(properties["Description"]),
      Tags: templateTags(properties, stack.tags),
    });
    const arn = Policy?.Arn as string;
    for (const owner of ownersOf(properties)) attach(globally(call), owner, arn);
    return managedState(call, arn);
  },
  update: (call, { physicalId: PolicyArn, properties, previousProperties }) => {
    const owners = ownersOf(properties);
    for (const owner of ownersOf(previousProperties)) {
      if (!isIn(owners, owner)) gone(() => detach(globally(call), owner, PolicyArn));
    }
    for (const owner of owners) attach(globally(call), owner, PolicyArn);
    if (documentText(properties["PolicyDocument"]) !== documentText(previousProperties["PolicyDocument"])) {
      makeRoom(call, PolicyArn);
      const PolicyDocument = documentText(properties["PolicyDocument"]);
      policies.createPolicyVersion(call, { PolicyArn, PolicyDocument, SetAsDefault: true });
    }
    return managedState(call, PolicyArn);
  },
  delete: (call, { physicalId: PolicyArn }) => {
    const global = globally(call);
    for (const { key } of attachmentsByPolicy.scan(global.tx, [PolicyArn])) {
      detach(global, { kind: key[1], name: key[2] }, PolicyArn);
    }
    gone(() => {
      for (const { IsDefaultVersion, VersionId } of policies.listPolicyVersions(call, { PolicyArn })
        .Versions ?? []) {
        if (IsDefaultVersion !== true)
          policies.deletePolicyVersion(call, { PolicyArn, VersionId: VersionId as string });
      }
      policies.deletePolicy(call, { PolicyArn });
    });
  },
};

/** CloudFormation deletes the oldest version when there are five. */
function makeRoom(call: Call, policyArn: string): void {
  const global = globally(call);
  const row = policyTable.get(global.tx, [policyArn]);
  const versions = [...policyVersions.scan(global.tx, [policyArn])].map(({ key }) => key[1]);
  const oldest = versions.find((version) => version !== row?.defaultVersion);
  if (versions.length >= 5 && oldest !== undefined) policyVersions.delete(global.tx, [policyArn, oldest]);
}

function profileState(call: Call, name: string): ResourceState {
  return { physicalId: name, attributes: { Arn: instanceProfiles.get(globally(call).tx, [name])?.arn } };
}

export const instanceProfile: ResourceProvider = {
  type: "AWS::IAM::InstanceProfile",
  properties: { InstanceProfileName: "replace", Path: "replace", Roles: "mutable" },
  required: ["Roles"],
  create: (call, { properties, generateName }) => {
    const name = optional(properties["InstanceProfileName"]) ?? generateName({ lengthMax: 128 });
    profiles.createInstanceProfile(call, { InstanceProfileName: name, Path: optional(properties["Path"]) });
    for (const RoleName of listed(properties["Roles"])) {
      profiles.addRoleToInstanceProfile(call, { InstanceProfileName: name, RoleName });
    }
    return profileState(call, name);
  },
  update: (call, { physicalId: InstanceProfileName, properties, previousProperties }) => {
    for (const RoleName of listed(previousProperties["Roles"])) {
      gone(() => profiles.removeRoleFromInstanceProfile(call, { InstanceProfileName, RoleName }));
    }
    for (const RoleName of listed(properties["Roles"])) {
      profiles.addRoleToInstanceProfile(call, { InstanceProfileName, RoleName });
    }
    return profileState(call, InstanceProfileName);
  },
  delete: (call, { physicalId: InstanceProfileName }) => {
    const roleName = instanceProfiles.get(globally(call).tx, [InstanceProfileName])?.roleName ?? null;
    if (roleName !== null) {
      gone(() => profiles.removeRoleFromInstanceProfile(call, { InstanceProfileName, RoleName: roleName }));
    }
    gone(() => profiles.deleteInstanceProfile(call, { InstanceProfileName }));
  },
};

export const serviceLinkedRole: ResourceProvider = {
  type: "AWS::IAM::ServiceLinkedRole",
  properties: { AWSServiceName: "replace", CustomSuffix: "replace", Description: "mutable" },
  create: (call, { properties }) => {
    const { Role } = roles.createServiceLinkedRole(call, {
      AWSServiceName: properties["AWSServiceName"] as string,
      CustomSuffix: optional(properties["CustomSuffix"]),
      Description: optional(properties["Description"]),
    });
    const physicalId = Role?.RoleName as string;
    return { physicalId, attributes: { RoleName: physicalId } };
  },
  update: (call, { physicalId, properties }) => {
    roles.updateRole(call, { RoleName: physicalId, Description: optional(properties["Description"]) ?? "" });
    return { physicalId, attributes: { RoleName: physicalId } };
  },
  delete: (call, { physicalId }) =>
    gone(() => void roles.deleteServiceLinkedRole(call, { RoleName: physicalId })),
};

export const oidcProvider: ResourceProvider = {
  type: "AWS::IAM::OIDCProvider",
  properties: { ClientIdList: "mutable", Tags: "mutable", ThumbprintList: "mutable", Url: "replace" },
  create: (call, { properties, stack }) => {
    const { OpenIDConnectProviderArn } = identityProviders.createOpenIDConnectProvider(call, {
      Url: properties["Url"] as string,
      ClientIDList: [...listed(properties["ClientIdList"])],
      ThumbprintList: [...listed(properties["ThumbprintList"])],
      Tags: templateTags(properties, stack.tags),
    });
    const arn = OpenIDConnectProviderArn as string;
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  update: (call, { physicalId: arn, properties, previousProperties }) => {
    const OpenIDConnectProviderArn = arn;
    for (const ClientID of listed(previousProperties["ClientIdList"])) {
      identityProviders.removeClientIDFromOpenIDConnectProvider(call, { OpenIDConnectProviderArn, ClientID });
    }
    for (const ClientID of listed(properties["ClientIdList"])) {
      identityProviders.addClientIDToOpenIDConnectProvider(call, { OpenIDConnectProviderArn, ClientID });
    }
    const ThumbprintList = [...listed(properties["ThumbprintList"])];
    identityProviders.updateOpenIDConnectProviderThumbprint(call, {
      OpenIDConnectProviderArn,
      ThumbprintList,
    });
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  delete: (call, { physicalId: OpenIDConnectProviderArn }) =>
    identityProviders.deleteOpenIDConnectProvider(call, { OpenIDConnectProviderArn }),
};
