/** Filter policies of subscriptions, read once per text and kept while it is in use. */
import {
  type FilterPolicy,
  FilterPolicyProblem,
  type FilterScope,
  matchesAttributes,
  matchesBody,
  parseFilterPolicy,
} from "../../engines/filter-policy/filter-policy.ts";
import { invariant } from "../../kernel/errors.ts";
import type { PublishedMessage, Texts } from "./keys.ts";

/** A pure function's results, remembered: nothing depends on what is in it. */
const known = new Map<string, FilterPolicy>();
const knownMax = 1_000;

export const scopeOf = (attributes: Texts): FilterScope =>
  attributes["FilterPolicyScope"] === "MessageBody" ? "MessageBody" : "MessageAttributes";

/** Why the text is no filter policy, or undefined. */
export function filterPolicyProblem(text: string, scope: FilterScope): string | undefined {
  try {
    parseFilterPolicy(text, scope);
    return undefined;
  } catch (error) {
    if (error instanceof FilterPolicyProblem) return error.message;
    throw error;
  }
}

export function passesFilter(attributes: Texts, message: PublishedMessage): boolean {
  const text = attributes["FilterPolicy"];
  if (text === undefined || text === "" || text === "{}") return true;
  const scope = scopeOf(attributes);
  const key = `${scope} ${text}`;
  let policy = known.get(key);
  if (policy === undefined) {
    policy = parseFilterPolicy(text, scope);
    if (known.size >= knownMax) known.clear();
    known.set(key, policy);
  }
  invariant(policy, "a filter policy that was accepted is one");
  return scope === "MessageBody"
    ? matchesBody(policy, message.message)
    : matchesAttributes(policy, message.attributes);
}
