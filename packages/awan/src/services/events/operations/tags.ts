/** Tags of what an ARN names: a bus or a rule. */
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { defaultBus, type Located, requireBus, requireRule, updateBus } from "../bus.ts";
import { invalidParameter } from "../errors.ts";
import { type RuleRow, rules, type TagRow } from "../keys.ts";
import type { In, Out } from "../sdk.ts";
import { withoutTags, withTags } from "../tags.ts";

interface Tagged {
  readonly located: Located;
  readonly rule: RuleRow | undefined;
}

function requireTagged(caller: Call, text: string): Tagged {
  const arn = parseArn(text);
  const [kind, ...names] = arn?.resource.split("/") ?? [];
  if (arn === undefined || (kind !== "rule" && kind !== "event-bus")) throw invalidParameter("ResourceARN");
  const call = caller.in({ accountId: arn.accountId, region: arn.region });
  if (kind === "event-bus") return { located: requireBus(call, names.join("/")), rule: undefined };
  const name = names.at(-1) ?? "";
  const bus = names.length > 1 ? names.slice(0, -1).join("/") : defaultBus;
  const { rule, ...located } = requireRule(call, name, bus);
  return { located, rule };
}

const tagsOf = ({ located, rule }: Tagged): readonly TagRow[] => (rule ?? located.bus).tags;

function setTags({ located, rule }: Tagged, tags: readonly TagRow[]): void {
  if (rule === undefined) updateBus(located, { tags });
  else rules.set(located.call.tx, [rule.bus, rule.name], { ...rule, tags });
}

export function tagResource(call: Call, input: In<"TagResource">): void {
  const tagged = requireTagged(call, input.ResourceARN);
  setTags(tagged, withTags(tagsOf(tagged), input.Tags));
}

export function untagResource(call: Call, input: In<"UntagResource">): void {
  const tagged = requireTagged(call, input.ResourceARN);
  setTags(tagged, withoutTags(tagsOf(tagged), input.TagKeys));
}

export function listTagsForResource(
  call: Call,
  input: In<"ListTagsForResource">,
): Out<"ListTagsForResource"> {
  return { Tags: [...tagsOf(requireTagged(call, input.ResourceARN))] };
}
