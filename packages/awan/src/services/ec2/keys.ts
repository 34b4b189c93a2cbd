/**
 * Everything of EC2 is one table: what is of a kind (`vpc`, `subnet`) has an id and the members its Describe operation
 * tells. One row per region remembers that its default network was made.
 */
import { table } from "../../store/table.ts";

export type Body = Readonly<Record<string, unknown>>;

export interface EntityRow {
  /** In AWS's casing, without tags. */
  readonly body: Body;
  readonly tags: Readonly<Record<string, string>>;
}

export const entities = table<[kind: string, id: string], EntityRow>("ec2", "entity");
export const defaults = table<[], { readonly vpcId: string }>("ec2", "default-network");

/** A scalar as text; nothing for anything else. */
export const scalar = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? `${value}`
      : "";
