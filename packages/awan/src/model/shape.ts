/**
 * A shape of a service's model, resolved from its table on first use: most of a model is never touched by a request, and
 * the graph is cyclic.
 */
import type { CompactTraits, LimitEntry, Reference, ServiceTable, Traits } from "./table.ts";

export type Kind =
  | "structure"
  | "union"
  | "list"
  | "map"
  | "string"
  | "number"
  | "boolean"
  | "blob"
  | "timestamp"
  | "document"
  | "bigInteger"
  | "bigDecimal"
  | "unit";

/** `default` is what the binding location says: epoch seconds in JSON, date-time in XML, http-date in headers. */
export type TimestampFormat = "default" | "date-time" | "http-date" | "epoch-seconds";

export interface Limit {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly pattern: string | undefined;
  readonly enum: readonly string[] | undefined;
  readonly type: LimitEntry["type"];
  readonly notNull: LimitEntry["notNull"];
  readonly item: Limit | undefined;
  readonly key: Limit | undefined;
  readonly value: Limit | undefined;
}

/** A shape as something refers to it. */
export interface Target {
  readonly shape: Shape;
  /** The shape's traits and the reference's own, which win. */
  readonly traits: Traits;
  readonly ownTraits: Traits;
  readonly limit: Limit | undefined;
}

export interface Member extends Target {
  readonly name: string;
  readonly isRequired: boolean;
}

interface Parts {
  readonly members?: readonly Member[];
  readonly item?: Target;
  readonly key?: Target;
  readonly value?: Target;
}

interface ShapeFacts {
  readonly kind: Kind;
  readonly name: string;
  readonly traits?: Traits;
  readonly isError?: boolean;
  readonly isStreaming?: boolean;
  readonly timestampFormat?: TimestampFormat;
}

const noTraits: Traits = {};
const noMembers: readonly Member[] = [];

export class Shape {
  readonly kind: Kind;
  readonly name: string;
  readonly traits: Traits;
  readonly isError: boolean;
  /** A streaming blob, or an event stream when it is a union. */
  readonly isStreaming: boolean;
  readonly timestampFormat: TimestampFormat;
  readonly #resolve: () => Parts;
  #parts: Parts | undefined;

  constructor(facts: ShapeFacts, resolve: () => Parts = () => ({})) {
    this.kind = facts.kind;
    this.name = facts.name;
    this.traits = facts.traits ?? noTraits;
    this.isError = facts.isError ?? false;
    this.isStreaming = facts.isStreaming ?? this.traits.streaming === 1;
    this.timestampFormat = facts.timestampFormat ?? "default";
    this.#resolve = resolve;
  }

  /** Of structures and unions; the required ones first. */
  get members(): readonly Member[] {
    return this.#resolved().members ?? noMembers;
  }

  /** What a list holds. */
  get item(): Target {
    return this.#resolved().item ?? unitTarget;
  }

  /** What a map's keys are. */
  get key(): Target {
    return this.#resolved().key ?? unitTarget;
  }

  /** What a map's values are. */
  get value(): Target {
    return this.#resolved().value ?? unitTarget;
  }

  member(name: string): Member | undefined {
    return this.members.find((member) => member.name === name);
  }

  #resolved(): Parts {
    return (this.#parts ??= this.#resolve());
  }
}

/** The input or output of an operation that has none. */
export const unitShape = new Shape({ kind: "unit", name: "Unit" });
const unitTarget: Target = { shape: unitShape, traits: noTraits, ownTraits: noTraits, limit: undefined };

const flagBits: readonly (readonly [bit: number, traits: Traits])[] = [
  [1, { httpLabel: 1 }],
  [4, { idempotencyToken: 1 }],
  [16, { httpPayload: 1 }],
  [32, { httpResponseCode: 1 }],
  [64, { httpQueryParams: 1 }],
];

function expandTraits(traits: CompactTraits): Traits {
  if (typeof traits === "object") return traits;
  if (traits === 0) return noTraits;
  return Object.assign(
    {},
    ...flagBits.filter(([bit]) => (traits & bit) !== 0).map(([, flag]) => flag),
  ) as Traits;
}

const simpleShapes: Readonly<Record<number, Omit<ShapeFacts, "name">>> = {
  0: { kind: "string" },
  1: { kind: "number" },
  2: { kind: "boolean" },
  4: { kind: "timestamp" },
  5: { kind: "timestamp", timestampFormat: "date-time" },
  6: { kind: "timestamp", timestampFormat: "http-date" },
  7: { kind: "timestamp", timestampFormat: "epoch-seconds" },
  15: { kind: "document" },
  17: { kind: "bigInteger" },
  19: { kind: "bigDecimal" },
  21: { kind: "blob" },
  42: { kind: "blob", isStreaming: true },
};

/** The shapes of one table. */
export class ShapeReader {
  readonly #table: ServiceTable;
  readonly #shapes: (Shape | undefined)[] = [];
  readonly #simple = new Map<number, Shape>();
  readonly #limits: (Limit | undefined)[] = [];

  constructor(table: ServiceTable) {
    this.#table = table;
  }

  target(reference: Reference, limitIndex?: number): Target {
    let ownTraits: Traits | undefined;
    let bare = reference;
    while (typeof bare === "object") {
      ownTraits = { ...expandTraits(bare[1]), ...ownTraits };
      bare = bare[0];
    }
    const shape = bare === "unit" ? unitShape : bare < 0 ? this.at(~bare) : this.#simpleShape(bare);
    const traits = ownTraits ? { ...shape.traits, ...ownTraits } : shape.traits;
    return { shape, traits, ownTraits: ownTraits ?? noTraits, limit: this.#limit(limitIndex) };
  }

  at(index: number): Shape {
    return (this.#shapes[index] ??= this.#read(index));
  }

  #simpleShape(code: number): Shape {
    const known = this.#simple.get(code);
    if (known) return known;
    const element = code & 63;
    let shape: Shape;
    if (code >= 128) {
      shape = new Shape({ kind: "map", name: "" }, () => ({
        key: this.target(0),
        value: this.target(element),
      }));
    } else if (code >= 64) {
      shape = new Shape({ kind: "list", name: "" }, () => ({ item: this.target(element) }));
    } else {
      shape = new Shape({ kind: "document", name: "", ...simpleShapes[code] });
    }
    this.#simple.set(code, shape);
    return shape;
  }

  #read(index: number): Shape {
    const entry = this.#table.shapes[index];
    if (!entry) throw new RangeError(`${this.#table.name} has no shape ${index}`);
    const [kind, name] = entry;
    const traits = expandTraits(entry[2]);
    const limits = this.#table.overlay.constraints[name] ?? {};
    switch (kind) {
      case 0: {
        const { shape } = this.target(entry[3]);
        const isStreaming = shape.isStreaming || traits.streaming === 1;
        return new Shape({
          kind: shape.kind,
          timestampFormat: shape.timestampFormat,
          name,
          traits,
          isStreaming,
        });
      }
      case 1:
        return new Shape({ kind: "list", name, traits }, () => ({
          item: this.target(entry[3], limits["item"]),
        }));
      case 2:
        return new Shape({ kind: "map", name, traits }, () => ({
          key: this.target(entry[3], limits["key"]),
          value: this.target(entry[4], limits["value"]),
        }));
      default: {
        const [, , , names, types, requiredCount] = entry;
        return new Shape(
          { kind: kind === 4 ? "union" : "structure", name, traits, isError: kind === -3 },
          () => ({
            members: names.map((member, position) => ({
              name: member,
              isRequired: position < requiredCount,
              ...this.target(types[position] as Reference, limits[member]),
            })),
          }),
        );
      }
    }
  }

  #limit(index: number | undefined): Limit | undefined {
    const { limits, patterns, enums } = this.#table.overlay;
    const entry = index === undefined ? undefined : limits[index];
    if (index === undefined || !entry) return undefined;
    return (this.#limits[index] ??= {
      min: entry.min,
      max: entry.max,
      pattern: entry.pattern === undefined ? undefined : patterns[entry.pattern],
      enum: entry.enum === undefined ? undefined : enums[entry.enum],
      type: entry.type,
      notNull: entry.notNull,
      item: this.#limit(entry.item),
      key: this.#limit(entry.key),
      value: this.#limit(entry.value),
    });
  }
}
