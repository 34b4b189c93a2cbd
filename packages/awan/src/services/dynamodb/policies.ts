/** Policies attached to tables and streams, as they are read for decisions about access. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { settings } from "./keys.ts";

/** The policy of a stream, of a table, or of the table an index belongs to. */
export function policyOn(call: Call, arn: string): string | undefined {
  const parts = parseArn(arn);
  const owner = parts === undefined ? call : call.in({ accountId: parts.accountId, region: parts.region });
  const named = arn.replace(/\/index\/.*$/, "");
  const policy = settings.get(owner.tx, [named, "policy"]) as { readonly document: string } | undefined;
  return policy?.document;
}
