/** PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy of tables and their streams. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { Constraints } from "../constraints.ts";
import { resourceNotFound, validationError } from "../errors.ts";
import { settings } from "../keys.ts";
import { findTable } from "../lookup.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

interface Policy {
  readonly document: string;
  readonly revision: string;
}

const policySizeBytesMax = 20 * 1024;

function locate(call: Call, arn: string | undefined): Call {
  new Constraints().required("resourceArn", arn).length("resourceArn", arn, 1, 1283).check();
  const found = findTable(call, arn ?? "");
  if (found === undefined) throw resourceNotFound(`Table: ${arn?.split("/")[1] ?? arn} not found`);
  return found.call;
}

const policyOf = (call: Call, arn: string): Policy | undefined =>
  settings.get(call.tx, [arn, "policy"]) as Policy | undefined;

function checkRevision(policy: Policy | undefined, expected: string | undefined): void {
  if (expected === undefined) return;
  if (expected === "NO_POLICY" ? policy === undefined : policy?.revision === expected) return;
  throw new AwsError("PolicyNotFoundException", "The resource-based policy revision ID does not match.");
}

export function putResourcePolicy(
  call: Call,
  input: Input<Client, "PutResourcePolicy">,
): Output<Client, "PutResourcePolicy"> {
  const there = locate(call, input.ResourceArn);
  new Constraints().required("policy", input.Policy).check();
  if (Buffer.byteLength(input.Policy) > policySizeBytesMax) {
    throw validationError("Resource policy document exceeds the maximum size of 20 KB");
  }
  try {
    JSON.parse(input.Policy);
  } catch {
    throw validationError("Invalid policy document: the policy is not valid JSON");
  }
  checkRevision(policyOf(there, input.ResourceArn), input.ExpectedRevisionId);
  const revision = String(there.nowMs * 1000 + there.random.integer(1000));
  settings.set(there.tx, [input.ResourceArn, "policy"], {
    document: input.Policy,
    revision,
  } satisfies Policy);
  return { RevisionId: revision };
}

export function getResourcePolicy(
  call: Call,
  input: Input<Client, "GetResourcePolicy">,
): Output<Client, "GetResourcePolicy"> {
  const there = locate(call, input.ResourceArn);
  const policy = policyOf(there, input.ResourceArn);
  if (policy === undefined) {
    throw new AwsError(
      "PolicyNotFoundException",
      `Resource-based policy not found for the provided ResourceArn: ${input.ResourceArn}`,
    );
  }
  return { Policy: policy.document, RevisionId: policy.revision };
}

export function deleteResourcePolicy(
  call: Call,
  input: Input<Client, "DeleteResourcePolicy">,
): Output<Client, "DeleteResourcePolicy"> {
  const there = locate(call, input.ResourceArn);
  const policy = policyOf(there, input.ResourceArn);
  checkRevision(policy, input.ExpectedRevisionId);
  if (policy === undefined) return {};
  settings.delete(there.tx, [input.ResourceArn, "policy"]);
  return { RevisionId: policy.revision };
}
