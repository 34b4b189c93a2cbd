/** Execution roles, made of the `Policies` of what they are for. */
import { deepEqual, type Dict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { isIf, isNoValue } from "./intrinsics.ts";
import { managedPolicies } from "./managed-policies.ts";
import { policiesOf } from "./policies.ts";
import { Resource } from "./resource.ts";

export interface RoleInput {
  readonly ownerId: string;
  readonly attributes: Dict;
  readonly assumeRolePolicy: unknown;
  readonly policies: unknown;
  readonly managedPolicyArns?: readonly unknown[];
  readonly policyDocuments?: readonly unknown[];
  readonly path: unknown;
  readonly permissionsBoundary: unknown;
  readonly tags: readonly Dict[];
  readonly partition: string;
}

export function executionRole(input: RoleInput): Resource {
  const { ownerId, partition } = input;
  const role = new Resource(`${ownerId}Role`, "AWS::IAM::Role", { attributes: input.attributes });
  const arns = [...(input.managedPolicyArns ?? [])];
  const documents = [...(input.policyDocuments ?? [])];
  const arnOf = (value: unknown): unknown =>
    typeof value === "string" ? managedPolicyArnOf(value, partition) : value;
  for (const [index, { data, kind }] of policiesOf(input.policies).entries()) {
    const named = (document: unknown): unknown =>
      isNoValue(document) ? document : { PolicyName: `${role.id}Policy${index}`, PolicyDocument: document };
    if (kind === "statement") documents.push(isIf(data) ? withParts(data, named) : named(data));
    else if (kind === "managed") {
      const arn = isIf(data) ? withParts(data, arnOf) : arnOf(data);
      if (!arns.some((each) => deepEqual(each, arn))) arns.push(arn);
    } else {
      throw new InvalidResource(ownerId, `Policy at index ${index} in the 'Policies' property is not valid`);
    }
  }
  Object.assign(role.properties, {
    AssumeRolePolicyDocument: input.assumeRolePolicy,
    ManagedPolicyArns: arns,
    Policies: documents.length === 0 ? undefined : documents,
    Path: input.path,
    PermissionsBoundary: input.permissionsBoundary,
    Tags: input.tags,
  });
  return role;
}

const withParts = (value: Dict, convert: (part: unknown) => unknown): Dict => {
  const [condition, then, otherwise] = value["Fn::If"] as unknown[];
  return { "Fn::If": [condition, convert(then), convert(otherwise)] };
};

/** AWS's managed policy of that name; names unknown here stay, as do ARNs. */
function managedPolicyArnOf(name: string, partition: string): string {
  const path = managedPolicies.get(name);
  return path === undefined ? name : `arn:${partition}:iam::aws:policy/${path}`;
}
