/** What a piece of template refers to: for checking that it exists and for the order in which resources are made. */
import { splitSub } from "./sub.ts";
import { isDict, soleKey } from "./value.ts";

export interface Reference {
  readonly kind: "Ref" | "Fn::GetAtt" | "Condition";
  readonly name: string;
  /** Of `Fn::GetAtt`, where it is plain text. */
  readonly attribute?: string;
}

/**
 * Every reference in `value`. With `conditions`, only the branches of `Fn::If` that are taken count.
 */
export function* references(
  value: unknown,
  conditions?: Readonly<Record<string, boolean>>,
): Generator<Reference, void> {
  if (Array.isArray(value)) {
    for (const item of value) yield* references(item, conditions);
    return;
  }
  if (!isDict(value)) return;
  const key = soleKey(value);
  const args: unknown = key === undefined ? undefined : value[key];
  if (key === "Ref" && typeof args === "string") {
    yield { kind: "Ref", name: args };
    return;
  }
  if (key === "Fn::GetAtt") {
    const [name, attribute] =
      typeof args === "string"
        ? [args.split(".")[0], args.slice(args.indexOf(".") + 1)]
        : Array.isArray(args)
          ? args
          : [];
    if (typeof name === "string") {
      yield typeof attribute === "string"
        ? { kind: "Fn::GetAtt", name, attribute }
        : { kind: "Fn::GetAtt", name };
    }
    yield* references(attribute, conditions);
    return;
  }
  if (key === "Condition" && typeof args === "string") {
    yield { kind: "Condition", name: args };
    return;
  }
  if (key === "Fn::Sub") {
    yield* subReferences(args, conditions);
    return;
  }
  if (key === "Fn::If" && Array.isArray(args) && typeof args[0] === "string") {
    yield { kind: "Condition", name: args[0] };
    const taken = conditions?.[args[0]];
    if (taken !== false) yield* references(args[1], conditions);
    if (taken !== true) yield* references(args[2], conditions);
    return;
  }
  for (const member of Object.values(value)) yield* references(member, conditions);
}

function* subReferences(
  args: unknown,
  conditions?: Readonly<Record<string, boolean>>,
): Generator<Reference, void> {
  const [text, variables]: readonly unknown[] = Array.isArray(args) ? args : [args, undefined];
  const own = isDict(variables) ? variables : {};
  if (typeof text === "string") {
    for (const part of splitSub(text)) {
      if ("literal" in part || Object.hasOwn(own, part.name)) continue;
      const dot = part.name.indexOf(".");
      yield dot === -1
        ? { kind: "Ref", name: part.name }
        : { kind: "Fn::GetAtt", name: part.name.slice(0, dot), attribute: part.name.slice(dot + 1) };
    }
  }
  yield* references(own, conditions);
}
