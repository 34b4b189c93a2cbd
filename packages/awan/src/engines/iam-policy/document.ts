/** A policy document made ready for evaluation: lists where AWS allows a single value, lower-case action patterns. */
import { remembered } from "../../kernel/remembered.ts";

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly conditions: readonly Condition[];
  /** Whether `${…}` stands for values of the request: only since version 2012-10-17. */
  readonly hasVariables: boolean;
}

/** Values by kind (`AWS`, `Service`, `Federated`); `AWS: *` is everybody. */
export type Principals = Readonly<Record<string, readonly string[]>>;

export interface Condition {
  /** `StringEquals`, without what stands around it. */
  readonly operator: string;
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
  /** Lower case: condition keys have no case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}

type Tree = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const textsOf = (value: unknown): readonly string[] =>
  listOf(value).map((item) => `${item as string | number | boolean}`);
const optionalTexts = (value: unknown): readonly string[] | undefined =>
  value === undefined ? undefined : textsOf(value);

/** Reads a document whose form was checked before; throws a SyntaxError when it is no JSON. */
export function parsePolicy(document: string | object): Policy {
  const tree = (typeof document === "string" ? JSON.parse(document) : document) as Tree;
  const hasVariables = tree["Version"] === "2012-10-17";
  return {
    statements: listOf(tree["Statement"] ?? []).map((item) => parseStatement(item as Tree, hasVariables)),
  };
}

/** As `parsePolicy`, for documents that decide again and again: each text is read once. */
export const knownPolicy = remembered<Policy>(parsePolicy, 2_000);

function parseStatement(tree: Tree, hasVariables: boolean): Statement {
  return {
    sid: tree["Sid"] as string | undefined,
    effect: tree["Effect"] === "Deny" ? "Deny" : "Allow",
    principals: principalsOf(tree["Principal"]),
    notPrincipals: principalsOf(tree["NotPrincipal"]),
    actions: optionalTexts(tree["Action"])?.map((action) => action.toLowerCase()),
    notActions: optionalTexts(tree["NotAction"])?.map((action) => action.toLowerCase()),
    resources: optionalTexts(tree["Resource"]),
    notResources: optionalTexts(tree["NotResource"]),
    conditions: conditionsOf((tree["Condition"] ?? {}) as Tree),
    hasVariables,
  };
}

function principalsOf(value: unknown): Principals | undefined {
  if (value === undefined) return undefined;
  if (value === "*") return { AWS: ["*"] };
  return Object.fromEntries(Object.entries(value as Tree).map(([kind, names]) => [kind, textsOf(names)]));
}

function conditionsOf(tree: Tree): Condition[] {
  return Object.entries(tree).flatMap(([name, keys]) => {
    const [, quantifier, operator = "", ifExists] =
      /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
    return Object.entries(keys as Tree).map(([key, values]) => ({
      operator,
      quantifier: quantifier as Condition["quantifier"],
      ifExists: ifExists !== undefined,
      key: key.toLowerCase(),
      values: textsOf(values),
    }));
  });
}
