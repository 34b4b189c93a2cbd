/**
 * Parameters everybody can read without creating them: image ids under `/aws/service/…`, which templates name, and the
 * version of CDK's bootstrap stack, so that `cdk deploy` needs no bootstrap. Image ids are made from the name.
 */
import { createHash } from "node:crypto";
import type { Scope } from "../../host/call.ts";
import type { VersionRow } from "./keys.ts";

/** What a CDK of 2026 asks for at most. */
const bootstrapVersion = "30";

const imageNames = [
  /^\/aws\/service\/ami-amazon-linux-latest\/[\w.-]+$/,
  /^\/aws\/service\/ami-windows-latest\/[\w.-]+$/,
  /^\/aws\/service\/ecs\/optimized-ami\/.+\/image_id$/,
  /^\/aws\/service\/eks\/optimized-ami\/.+\/image_id$/,
  /^\/aws\/service\/bottlerocket\/.+\/image_id$/,
  /^\/aws\/service\/(canonical|debian|suse|freebsd)\/.+$/,
];

function valueOf(scope: Scope, name: string): string | undefined {
  if (/^\/cdk-bootstrap\/[a-z0-9]+\/version$/.test(name)) return bootstrapVersion;
  if (!imageNames.some((pattern) => pattern.test(name))) return undefined;
  const digest = createHash("sha256").update(`${scope.region}${name}`).digest("hex");
  return `ami-0${digest.slice(0, 16)}`;
}

export function publicParameter(scope: Scope, name: string): VersionRow | undefined {
  const value = valueOf(scope, name);
  if (value === undefined) return undefined;
  return {
    type: "String",
    value,
    keyId: null,
    description: null,
    allowedPattern: null,
    dataType: value.startsWith("ami-") ? "aws:ec2:image" : "text",
    tier: "Standard",
    policies: [],
    modifiedAtMs: Date.UTC(2026, 0, 1),
    modifiedBy: "arn:aws:iam::aws:root",
  };
}
