/** Random values of a shape, awkward on purpose: spaces, percent signs, markup, `__proto__`, negative and large numbers. */
import { Random } from "../../../packages/awan/src/kernel/random.ts";
import type { OperationModel } from "../../../packages/awan/src/model/service-model.ts";
import type { Member, Shape, Target } from "../../../packages/awan/src/model/shape.ts";

type Place = "body" | "header" | "label" | "key";
export type Fields = Record<string, unknown>;

const texts = [
  "plain",
  "a b+c%20&=?#/",
  "é✓😀",
  `<x>&"'</x>`,
  "line\nbreak\ttab",
  " lead trail ",
  '{"json":true}',
  "__proto__",
  "0",
  "true",
];
const headerTexts = ["plain", "a b+c%20&=?#/", 'q,"uote"d', "x=y;z"];
const labelTexts = ["plain", "a b+c%20&=?#", "arn:aws:x:y:z/w", "é✓", "..", "%2F"];
const keyTexts = ["k1", "k 2", "kéy", "<k>&"];
const numbers = [0, 1, 42, 2_147_483_647, -5];
const simpleKinds = new Set(["string", "number", "boolean"]);
const nestedKinds = new Set(["structure", "list", "map", "union"]);

/** The same name gives the same numbers, whatever else changes. */
export function randomFor(name: string): Random {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 16_777_619);
  return new Random(hash >>> 0);
}

export class RandomValues {
  readonly #random: Random;
  /** For clients that know which numbers are integers: output shapes have no constraints in the tables. */
  readonly #isWhole: boolean;

  constructor(random: Random, options: { readonly wholeNumbers?: boolean } = {}) {
    this.#random = random;
    this.#isWhole = options.wholeNumbers ?? false;
  }

  /** Members of an operation's input or output; event streams are left out. */
  top(shape: Shape, direction: "input" | "output"): Fields {
    const fields: Fields = {};
    for (const member of shape.members) {
      const place = placeOf(member, direction);
      if (member.shape.kind === "union" && member.shape.isStreaming) continue;
      if (member.traits.httpResponseCode) fields[member.name] = 200;
      else if (member.isRequired || place === "label" || this.#random.float() < 0.75) {
        const isText = member.traits.httpPayload && member.shape.kind === "string";
        fields[member.name] = isText ? "payload text" : this.#value(member, 1, place);
      }
    }
    return fields;
  }

  #value(target: Target, depth: number, place: Place): unknown {
    const random = this.#random;
    const { shape } = target;
    switch (shape.kind) {
      case "string":
        return target.traits.mediaType ? '{"a":1}' : this.#text(place);
      case "number": {
        const isWhole =
          this.#isWhole ||
          target.limit?.type === "integer" ||
          target.limit?.type === "long" ||
          place !== "body";
        return random.pick(isWhole ? numbers : [...numbers, 1.5]);
      }
      case "boolean":
        return random.float() < 0.5;
      case "blob":
        return new Uint8Array([0, 255, 10, random.integer(255)]);
      case "timestamp": {
        const millis = place === "body" ? random.pick([0, 123]) : 0;
        return new Date(1_700_000_000_000 + random.integer(1_000_000) * 1000 + millis);
      }
      case "bigInteger":
        return 12_345n;
      case "bigDecimal":
        return 1;
      case "document":
        return { a: [1, "x", { b: true }], n: 1.5 };
      case "unit":
        return {};
      case "list": {
        const count = place === "body" && depth < 4 ? 1 + random.integer(2) : 1;
        return Array.from({ length: count }, () => this.#value(shape.item, depth + 1, place));
      }
      case "map": {
        const value = this.#value(shape.value, depth + 1, place);
        const key =
          place === "header" ? "hk" : this.#value(shape.key, depth, place === "body" ? "key" : place);
        return { [String(key)]: value };
      }
      default:
        return this.#structure(shape, depth);
    }
  }

  #text(place: Place): string {
    const choices = { body: texts, header: headerTexts, label: labelTexts, key: keyTexts };
    return this.#random.pick(choices[place]);
  }

  #structure(shape: Shape, depth: number): Fields {
    const random = this.#random;
    if (shape.kind === "union") {
      const simple = shape.members.find((member) => simpleKinds.has(member.shape.kind));
      const member = depth > 5 ? (simple ?? shape.members[0]) : random.pick(shape.members);
      return member ? { [member.name]: this.#value(member, depth + 1, "body") } : {};
    }
    const fields: Fields = {};
    for (const member of shape.members) {
      const isLeftOut = depth > 3 || random.float() < 0.25 || (depth > 2 && random.float() < 0.7);
      if (isLeftOut && !member.isRequired) continue;
      if (depth > 7 && nestedKinds.has(member.shape.kind)) continue;
      fields[member.name] = this.#value(member, depth + 1, "body");
    }
    return fields;
  }
}

function placeOf({ traits }: Member, direction: "input" | "output"): Place {
  if (traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined) return "header";
  if (direction === "output") return "body";
  if (traits.httpLabel) return "label";
  return traits.httpQuery !== undefined || traits.httpQueryParams ? "label" : "body";
}

/** Values in a form that two sides can be compared in. */
export function comparable(value: unknown): unknown {
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (typeof value === "bigint") return String(value);
  // The SDK wraps JSON in headers in an object that is a String.
  if (Object.prototype.toString.call(value) === "[object String]") return JSON.parse(JSON.stringify(value));
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  if (value.constructor?.name === "NumericValue")
    return Number((value as unknown as { string: string }).string);
  const entries = Object.entries(value).filter(
    ([name, field]) => field !== undefined && name !== "$metadata",
  );
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, comparable(field)]),
  );
}

/** The first difference between two comparable values, in words; undefined when there is none. */
export function difference(sent: unknown, received: unknown, path = ""): string | undefined {
  const [left, right] = [JSON.stringify(sent), JSON.stringify(received)];
  if (left === right) return undefined;
  if (typeof sent === "object" && typeof received === "object" && sent !== null && received !== null) {
    const [fromFields, toFields] = [sent as Fields, received as Fields];
    for (const name of new Set([...Object.keys(fromFields), ...Object.keys(toFields)])) {
      const found = difference(fromFields[name], toFields[name], `${path}.${name}`);
      if (found) return found;
    }
    return undefined;
  }
  return `${path}: sent ${(left ?? "").slice(0, 80)}, received ${(right ?? "").slice(0, 80)}`;
}

export function hasEventStream(operation: OperationModel): boolean {
  return operation.eventStreamOf("input") !== undefined || operation.eventStreamOf("output") !== undefined;
}
