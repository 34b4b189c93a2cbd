/** What templates say alike of roles, users and groups: attached policies, inline policies, tags; made so on create and update. */
import type { Tag } from "@aws-sdk/client-iam";
import type { Call } from "../../host/call.ts";
import type { Properties } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { globally } from "./entity.ts";
import { attach, deleteInline, detach, type Identity, putInline } from "./identity.ts";
import { attachments, inlinePolicies } from "./keys.ts";

export const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : (value as string);

/** A template writes documents as objects; IAM keeps text. */
export const documentText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

interface TemplatePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** Attaches and puts what the template names, and takes away what only the template before it named. */
export function applyPolicies(
  call: Call,
  identity: Identity,
  now: Properties,
  before: Properties = {},
): void {
  const global = globally(call);
  const wanted = (now["ManagedPolicyArns"] ?? []) as readonly string[];
  for (const arn of (before["ManagedPolicyArns"] ?? []) as readonly string[]) {
    if (!wanted.includes(arn)) gone(() => detach(global, identity, arn));
  }
  for (const arn of wanted) attach(global, identity, arn);
  const inline = (now["Policies"] ?? []) as readonly TemplatePolicy[];
  for (const { PolicyName } of (before["Policies"] ?? []) as readonly TemplatePolicy[]) {
    if (!inline.some((policy) => policy.PolicyName === PolicyName))
      gone(() => deleteInline(global, identity, PolicyName));
  }
  for (const { PolicyName, PolicyDocument } of inline) {
    putInline(global, identity, { name: PolicyName, document: documentText(PolicyDocument) });
  }
}

/** CloudFormation detaches before it deletes. */
export function clearPolicies(call: Call, identity: Identity): void {
  const global = globally(call);
  for (const { key } of attachments.scan(global.tx, [identity.kind, identity.name]))
    detach(global, identity, key[2]);
  for (const { key } of inlinePolicies.scan(global.tx, [identity.kind, identity.name])) {
    inlinePolicies.delete(global.tx, key);
  }
}

/** Runs a removal; what is already gone is no failure. */
export function gone(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "NoSuchEntityException") throw error;
  }
}

export function templateTags(properties: Properties, stackTags: Readonly<Record<string, string>>): Tag[] {
  const own = (properties["Tags"] ?? []) as readonly Tag[];
  const names = new Set(own.map(({ Key }) => Key));
  const inherited = Object.entries(stackTags).filter(([name]) => !names.has(name));
  return [...inherited.map(([Key, Value]) => ({ Key, Value })), ...own];
}
