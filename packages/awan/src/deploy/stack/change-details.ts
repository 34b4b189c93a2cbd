/** Why a resource changes: for each property the parameters and resources its new value hangs on, as AWS tells it. */
import type { ChangeDetail } from "../keys.ts";
import { hasUnknown, unknownValue } from "../template/functions.ts";
import { references } from "../template/references.ts";
import { deepEqual, isDict } from "../template/value.ts";
import type { ChangeQuestion } from "./changes.ts";

export interface Changed {
  readonly name: string | null;
  readonly attribute: "Properties" | "Metadata";
  readonly replaces: boolean;
  /** The new template's text of it. */
  readonly definition: unknown;
  readonly before: unknown;
  readonly after: unknown;
}

interface Cause {
  readonly source: string;
  readonly causingEntity: string | null;
  readonly evaluation: "Static" | "Dynamic";
}

/** What is certain comes first, what is only found out while deploying after it. */
export function detailsOf(question: ChangeQuestion, changed: readonly Changed[]): ChangeDetail[] {
  const details = changed
    .toSorted((a, b) => (a.attribute < b.attribute ? -1 : a.attribute > b.attribute ? 1 : 0))
    .flatMap((each) => causesOf(question, each).map((cause) => detailOf(each, cause)));
  return [
    ...details.filter(({ evaluation }) => evaluation === "Static"),
    ...details.filter(({ evaluation }) => evaluation === "Dynamic"),
  ];
}

function detailOf(each: Changed, cause: Cause): ChangeDetail {
  const dynamic = hasUnknown(each.after);
  return {
    attribute: each.attribute,
    name: each.name,
    requiresRecreation: each.replaces ? (dynamic ? "Conditionally" : "Always") : "Never",
    evaluation: cause.evaluation,
    source: cause.source,
    causingEntity: cause.causingEntity,
    before: textOf(each.before),
    after: textOf(each.after),
  };
}

/** A changed parameter is a certain cause, beside which AWS always names the template itself as an uncertain one. */
function causesOf({ plan, parameters }: ChangeQuestion, { definition, after }: Changed): Cause[] {
  const causes: Cause[] = [];
  let byParameter = false;
  for (const { kind, name, attribute } of references(definition, plan.conditions)) {
    if (kind === "Condition") continue;
    if (Object.hasOwn(plan.resources, name)) {
      if (!hasUnknown(after)) continue;
      const source = kind === "Fn::GetAtt" ? "ResourceAttribute" : "ResourceReference";
      const causingEntity = attribute === undefined ? name : `${name}.${attribute}`;
      causes.push({ source, causingEntity, evaluation: "Dynamic" });
    } else if (
      Object.hasOwn(plan.template.parameters, name) &&
      Object.hasOwn(parameters, name) &&
      !deepEqual(parameters[name], plan.parameters[name])
    ) {
      byParameter = true;
      causes.push({ source: "ParameterReference", causingEntity: name, evaluation: "Static" });
    }
  }
  const direct: Cause = { source: "DirectModification", causingEntity: null, evaluation: "Dynamic" };
  if (byParameter) return [...causes, direct];
  return causes.length > 0 ? causes : [{ ...direct, evaluation: "Static" }];
}

const afterApply = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** An evaluated value for a reader: what is not known yet is marked. */
export const show = (value: unknown): unknown => {
  if (value === unknownValue) return afterApply;
  if (Array.isArray(value)) return value.map(show);
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, show(member)]));
};

export function textOf(value: unknown): string | null {
  const shown = show(value);
  if (shown === undefined || shown === null) return null;
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}
