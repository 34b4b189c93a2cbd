/** AWS::IAM::Role. */
import { roleBoundary } from "./operations/boundaries.ts";
import { roleTags } from "./operations/tags.ts";
import type { Call } from "../../host/call.ts";
import type { ResourceProvider, ResourceState } from "../../host/resource.ts";
import { globally } from "./entity.ts";
import { findRole } from "./identity.ts";
import * as roles from "./operations/roles.ts";
import {
  applyPolicies,
  clearPolicies,
  documentText,
  gone,
  optional,
  templateTags,
} from "./resource-identity.ts";

function state(call: Call, roleName: string): ResourceState {
  const row = findRole(globally(call), roleName);
  return { physicalId: roleName, attributes: { Arn: row.arn, RoleId: row.id } };
}

export const role: ResourceProvider = {
  type: "AWS::IAM::Role",
  properties: {
    AssumeRolePolicyDocument: "mutable",
    Description: "mutable",
    ManagedPolicyArns: "mutable",
    MaxSessionDuration: "mutable",
    Path: "replace",
    PermissionsBoundary: "mutable",
    Policies: "mutable",
    RoleName: "replace",
    Tags: "mutable",
  },
  required: ["AssumeRolePolicyDocument"],
  create: (call, { properties, stack, generateName }) => {
    const RoleName = optional(properties["RoleName"]) ?? generateName({ lengthMax: 64 });
    const duration = properties["MaxSessionDuration"];
    roles.createRole(call, {
      RoleName,
      AssumeRolePolicyDocument: documentText(properties["AssumeRolePolicyDocument"]),
      Path: optional(properties["Path"]),
      Description: optional(properties["Description"]) ?? "",
      MaxSessionDuration: duration === undefined ? undefined : Number(duration),
      PermissionsBoundary: optional(properties["PermissionsBoundary"]),
      Tags: templateTags(properties, stack.tags),
    });
    applyPolicies(call, { kind: "role", name: RoleName }, properties);
    return state(call, RoleName);
  },
  update: (call, { physicalId: RoleName, properties, previousProperties, stack }) => {
    roles.updateAssumeRolePolicy(call, {
      RoleName,
      PolicyDocument: documentText(properties["AssumeRolePolicyDocument"]),
    });
    roles.updateRole(call, {
      RoleName,
      Description: optional(properties["Description"]) ?? "",
      MaxSessionDuration: Number(properties["MaxSessionDuration"] ?? 3600),
    });
    const boundary = optional(properties["PermissionsBoundary"]);
    if (boundary === undefined) roleBoundary.delete(call, { RoleName });
    else roleBoundary.put(call, { RoleName, PermissionsBoundary: boundary });
    const tags = templateTags(properties, stack.tags);
    const names = (roleTags.list(call, { RoleName }).Tags ?? []).map(({ Key }) => Key as string);
    roleTags.untag(call, { RoleName, TagKeys: names });
    roleTags.tag(call, { RoleName, Tags: tags });
    applyPolicies(call, { kind: "role", name: RoleName }, properties, previousProperties);
    return state(call, RoleName);
  },
  delete: (call, { physicalId }) => {
    clearPolicies(call, { kind: "role", name: physicalId });
    gone(() => roles.deleteRole(call, { RoleName: physicalId }));
  },
};
