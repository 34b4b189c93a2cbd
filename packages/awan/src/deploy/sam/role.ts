/** Execution roles SAM makes: trust policy, managed policies, and inline policies from statements and templates. */
import { deepEqual, type Dict, isDict, soleKey } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import type { RoleDraft } from "./events/owner.ts";
import { managedPolicyByName } from "./managed-policies.ts";
import { isPolicyTemplate, policyFromTemplate, policyTemplateParameters } from "./policy-templates.ts";
import { isCfnFunction, isIf, isNoValue, make, type Made, type Sam } from "./sam.ts";

export interface RoleRequest {
  readonly ownerId: string;
  readonly policies: unknown;
  readonly trust: unknown;
  readonly managedPolicyArns: readonly unknown[];
  /** Inline policies that come before those asked for. */
  readonly documents: readonly unknown[];
  readonly path: unknown;
  readonly permissionsBoundary: unknown;
  readonly tags: readonly Dict[] | undefined;
  readonly attributes: Dict;
}

export interface Role {
  readonly id: string;
  readonly draft: RoleDraft;
  made(): Made;
}

export function buildRole(sam: Sam, request: RoleRequest): Role {
  const id = `${request.ownerId}Role`;
  const draft = { managedPolicyArns: [...request.managedPolicyArns], policies: [...request.documents] };
  const list = policyList(request.policies);
  for (const [index, entry] of list.entries()) {
    addPolicy(sam, draft, { id, ownerId: request.ownerId, index }, entry);
  }
  return {
    id,
    draft,
    made: () =>
      make(
        id,
        "AWS::IAM::Role",
        {
          AssumeRolePolicyDocument: request.trust,
          ManagedPolicyArns: draft.managedPolicyArns,
          Policies: draft.policies.length === 0 ? undefined : draft.policies,
          Path: request.path,
          PermissionsBoundary: request.permissionsBoundary,
          Tags: request.tags,
        },
        request.attributes,
      ),
  };
}

const policyList = (policies: unknown): unknown[] =>
  policies === undefined || policies === null || policies === ""
    ? []
    : Array.isArray(policies)
      ? policies
      : [policies];

interface Place {
  readonly id: string;
  readonly ownerId: string;
  readonly index: number;
}

function addPolicy(sam: Sam, draft: RoleDraft, place: Place, entry: unknown): void {
  const named = (document: unknown): Dict => ({
    PolicyName: `${place.id}Policy${place.index}`,
    PolicyDocument: document,
  });
  if (isIf(entry)) {
    const [condition, yes, no] = entry["Fn::If"];
    const documents = [yes, no].map((branch) => (isNoValue(branch) ? undefined : documentOf(place, branch)));
    if (documents.some((document) => document !== undefined)) {
      const pair = [yes, no].map((branch, i) => (isNoValue(branch) ? branch : named(documents[i] ?? branch)));
      draft.policies.push({ "Fn::If": [condition, ...pair] });
    } else {
      const arns = [yes, no].map((branch) =>
        typeof branch === "string" ? managedPolicyByName(sam, branch) : branch,
      );
      addManaged(draft, { "Fn::If": [condition, ...arns] });
    }
    return;
  }
  const document = documentOf(place, entry);
  if (document !== undefined) draft.policies.push(named(document));
  else if (typeof entry === "string") addManaged(draft, managedPolicyByName(sam, entry));
  else if (isCfnFunction(entry)) addManaged(draft, entry);
  else {
    throw new InvalidResource(
      place.ownerId,
      `Policy at index ${place.index} in the 'Policies' property is not valid`,
    );
  }
}

function addManaged(draft: RoleDraft, arn: unknown): void {
  if (!draft.managedPolicyArns.some((known) => deepEqual(known, arn))) draft.managedPolicyArns.push(arn);
}

/** A policy document: a statement as it is, or what a template makes of its parameters. */
function documentOf(place: Place, entry: unknown): Dict | undefined {
  if (!isDict(entry)) return undefined;
  if ("Statement" in entry) return entry;
  const name = soleKey(entry);
  if (name === undefined || !isPolicyTemplate(name)) return undefined;
  const values = entry[name];
  if (!isDict(values)) {
    throw new InvalidResource(
      place.ownerId,
      `Must specify valid parameter values for policy template '${name}'`,
    );
  }
  const missing = policyTemplateParameters(name).filter((parameter) => !(parameter in values));
  if (missing.length > 0) {
    throw new InvalidResource(
      place.ownerId,
      `Following required parameters of policy template '${name}' don't have values: [${missing.map((each) => `'${each}'`).join(", ")}]`,
    );
  }
  return policyFromTemplate(name, values);
}
