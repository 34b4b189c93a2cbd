/** Pieces of random templates. */
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";

export const choice = (...values: readonly unknown[]): Arbitrary<unknown> => fc.constantFrom(...values);

export const text = choice(
  "some",
  "a/b",
  "",
  { Ref: "Stage" },
  { "Fn::Sub": "${Stage}-x" },
  { "Fn::GetAtt": ["Queue", "Arn"] },
);

export const flag = choice(...Array<boolean>(20).fill(true), ...Array<boolean>(20).fill(false), "true", {
  Ref: "Stage",
});

/** Some of these, as a list. */
export const some = (...values: readonly unknown[]): Arbitrary<unknown> =>
  fc.array(choice(...values), { minLength: 1, maxLength: 3 });

const notAsAsked = choice(null, 5, "text", [], {}, [1], { Ref: "Stage" }, { Ref: "AWS::NoValue" });

/** Once in a while something of another kind. */
export const wrong = (right: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.oneof({ weight: 300, arbitrary: right }, { weight: 1, arbitrary: notAsAsked });

/** An object with those members that are needed, nearly always, and some of the others. */
export function map(
  members: Record<string, Arbitrary<unknown>>,
  needed: readonly string[] = [],
): Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(members).map(([name, member]) => {
    const isNeeded = needed.includes(name);
    const isThere = fc.nat(99).map((chance) => (isNeeded ? chance < 99 : chance < 15));
    return fc.tuple(isThere, wrong(member)).map(([there, value]) => (there ? [[name, value] as const] : []));
  });
  return fc.tuple(...entries).map((all) => Object.fromEntries(all.flat()) as Record<string, unknown>);
}

/** One object of the members of all. */
export const joined = (...parts: readonly Arbitrary<object>[]): Arbitrary<Record<string, unknown>> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Record<string, unknown>);
