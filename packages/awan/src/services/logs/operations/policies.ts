/** Resource policies of Logs: stored, for services that deliver into groups. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter, limitExceeded } from "../errors.ts";
import { resourcePolicies } from "../keys.ts";
import { resourcePoliciesMax } from "../limits.ts";

/** AWS answers documents in a form of its own: a version, and principals that are lists of one as text. */
function normalised(text: string): string {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw invalidParameter("Policy document is not valid JSON.");
  }
  const statements = document["Statement"];
  const list = (Array.isArray(statements) ? statements : [statements]) as Record<string, unknown>[];
  return JSON.stringify({
    Version: "2008-10-17",
    ...document,
    Statement: list.map((statement) => ({ ...statement, Principal: single(statement["Principal"]) })),
  });
}

function single(principal: unknown): unknown {
  if (typeof principal !== "object" || principal === null) return principal;
  const entries = Object.entries(principal).map(([kind, value]): [string, unknown] => [
    kind,
    Array.isArray(value) && value.length === 1 ? value[0] : value,
  ]);
  return Object.fromEntries(entries);
}

export function putResourcePolicy(
  call: Call,
  input: Input<"PutResourcePolicy">,
): Output<"PutResourcePolicy"> {
  const policyName = input.policyName ?? "";
  const document = normalised(input.policyDocument ?? "");
  if (!resourcePolicies.has(call.tx, [policyName])) {
    let count = 0;
    for (const _ of resourcePolicies.scan(call.tx, [])) count += 1;
    if (count >= resourcePoliciesMax) throw limitExceeded("Resource limit exceeded.");
  }
  resourcePolicies.set(call.tx, [policyName], { document, updatedAtMs: call.nowMs });
  // Put answers what was given, Describe the normalised form.
  return { resourcePolicy: record(policyName, input.policyDocument ?? "", call.nowMs) };
}

const record = (policyName: string, policyDocument: string, lastUpdatedTime: number) => ({
  policyName,
  policyDocument,
  lastUpdatedTime,
  policyScope: "ACCOUNT" as const,
});

export function describeResourcePolicies(call: Call): Output<"DescribeResourcePolicies"> {
  const found = [];
  for (const { key, value } of resourcePolicies.scan(call.tx, [])) {
    found.push(record(key[0], value.document, value.updatedAtMs));
  }
  return { resourcePolicies: found };
}

export function deleteResourcePolicy(call: Call, input: Input<"DeleteResourcePolicy">): void {
  const policyName = input.policyName ?? "";
  if (!resourcePolicies.has(call.tx, [policyName])) {
    throw new AwsError("ResourceNotFoundException", `Policy with name [${policyName}] does not exist.`);
  }
  resourcePolicies.delete(call.tx, [policyName]);
}
