/** Resource policies of Logs: stored, for services that deliver into groups. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { resourcePolicies } from "../keys.ts";

export function putResourcePolicy(
  call: Call,
  input: Input<"PutResourcePolicy">,
): Output<"PutResourcePolicy"> {
  const policyName = input.policyName ?? "";
  const document = input.policyDocument ?? "";
  resourcePolicies.set(call.tx, [policyName], { document, updatedAtMs: call.nowMs });
  return { resourcePolicy: { policyName, policyDocument: document, lastUpdatedTime: call.nowMs } };
}

export function describeResourcePolicies(call: Call): Output<"DescribeResourcePolicies"> {
  const found = [];
  for (const { key, value } of resourcePolicies.scan(call.tx, [])) {
    found.push({ policyName: key[0], policyDocument: value.document, lastUpdatedTime: value.updatedAtMs });
  }
  return { resourcePolicies: found };
}

export function deleteResourcePolicy(call: Call, input: Input<"DeleteResourcePolicy">): void {
  const policyName = input.policyName ?? "";
  if (!resourcePolicies.has(call.tx, [policyName])) {
    throw new AwsError("ResourceNotFoundException", `Policy with name [${policyName}] does not exist`);
  }
  resourcePolicies.delete(call.tx, [policyName]);
}
