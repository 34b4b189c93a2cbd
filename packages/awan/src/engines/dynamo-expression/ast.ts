/** Expressions as parsed: names (`#n`) and values (`:v`) not yet looked up, so that a parse can be kept for the next call. */

/** An attribute name, a placeholder that starts with `#`, or a list index. */
export type PathPart = string | number;

export interface PathNode {
  readonly kind: "path";
  readonly parts: readonly PathPart[];
}

export interface ValueNode {
  readonly kind: "value";
  /** With its colon. */
  readonly name: string;
}

export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Operand[];
}

/** `+` and `-` of update expressions. */
export interface ArithmeticNode {
  readonly kind: "arithmetic";
  readonly operator: "+" | "-";
  readonly left: Operand;
  readonly right: Operand;
}

export type Operand = PathNode | ValueNode | CallNode | ArithmeticNode;

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type ConditionNode =
  | { readonly kind: "and" | "or"; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly kind: "not"; readonly operand: ConditionNode }
  | {
      readonly kind: "compare";
      readonly operator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly options: readonly Operand[] }
  | CallNode;

export type UpdateSection = "SET" | "REMOVE" | "ADD" | "DELETE";

export interface UpdateAction {
  readonly section: UpdateSection;
  readonly path: PathNode;
  /** Absent for REMOVE. */
  readonly value?: Operand;
}
