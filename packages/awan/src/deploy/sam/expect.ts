/** Expectations of single values, with the texts of the SAM translator when they are not met. */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidEvent, InvalidResource } from "./errors.ts";

/** Whose value it is and where: a resource's property by default. */
export interface Place {
  readonly id: string;
  readonly path: string;
  readonly of?: "property" | "attribute" | "event";
}

const kinds = {
  map: isDict,
  list: (value: unknown): value is unknown[] => Array.isArray(value),
  string: (value: unknown): value is string => typeof value === "string",
  integer: (value: unknown): value is number =>
    typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value)),
  boolean: (value: unknown): value is boolean => typeof value === "boolean",
} as const;

type Kind = keyof typeof kinds;

function refuse({ id, of }: Place, message: string): never {
  throw of === "event" ? new InvalidEvent(id, message) : new InvalidResource(id, message);
}

function expect(value: unknown, kind: Kind, place: Place, message?: string): void {
  if (kinds[kind](value)) return;
  const noun = place.of === "attribute" ? "Attribute" : "Property";
  refuse(place, message ?? `${noun} '${place.path}' should be a ${kind}.`);
}

export function expectMap(value: unknown, place: Place, message?: string): asserts value is Dict {
  expect(value, "map", place, message);
}

export function expectList(value: unknown, place: Place): asserts value is unknown[] {
  expect(value, "list", place);
}

export function expectString(value: unknown, place: Place): asserts value is string {
  expect(value, "string", place);
}

export function expectBoolean(value: unknown, place: Place): asserts value is boolean {
  expect(value, "boolean", place);
}

export function expectStrings(value: unknown, place: Place): asserts value is string[] {
  expect(value, "list", place);
  for (const [index, item] of (value as unknown[]).entries()) {
    expect(item, "string", { ...place, path: `${place.path}[${index}]` });
  }
}

export function expectValue(value: unknown, place: Place, message?: string): void {
  if (value !== undefined && value !== null) return;
  refuse(place, message ?? `Property '${place.path}' is required.`);
}
