/**
 * Resource types that are CloudFormation's own and take their time: custom resources wait for an answer, nested stacks
 * for a whole stack. Unlike services' providers they run in the shell, between transactions.
 */
import type { Scope } from "../../host/call.ts";
import type { PropertyKind, ResourceProvider, ResourceState } from "../../host/resource.ts";
import type { Shell } from "../../host/service.ts";
import type { StackRow } from "../keys.ts";
import type { Dict } from "../template/value.ts";

export interface NativeRequest {
  readonly shell: Shell;
  readonly scope: Scope;
  readonly stack: StackRow;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Dict;
  /** Aborted when the stack operation fails elsewhere: what waits gives up. */
  readonly signal: AbortSignal;
  /** Records, before a creation is complete, what it has made: a rollback or a restart finds it again. */
  readonly started: (physicalId: string) => Promise<void>;
  /** What an attempt that a crash ended had already made. */
  readonly startedBefore: string | undefined;
}

export interface NativeUpdate extends NativeRequest {
  readonly physicalId: string;
  readonly previousProperties: Dict;
}

export interface NativeResource {
  readonly type: string;
  /** `"any"`: the properties are the user's own. */
  readonly properties: Readonly<Record<string, PropertyKind>> | "any";
  readonly required?: readonly string[];
  create(request: NativeRequest): Promise<ResourceState>;
  /** May answer another physical id: then the old resource is deleted in the clean-up. */
  update(request: NativeUpdate): Promise<ResourceState>;
  delete(request: NativeUpdate): Promise<void>;
}

export type Handler =
  | { readonly kind: "provider"; readonly provider: ResourceProvider }
  | { readonly kind: "native"; readonly native: NativeResource };

export const shapeOf = (handler: Handler): ResourceProvider | NativeResource =>
  handler.kind === "provider" ? handler.provider : handler.native;

/** How a changed property behaves; names a custom resource invents are always mutable. */
export function propertyKind(handler: Handler, name: string): PropertyKind | undefined {
  const { properties } = shapeOf(handler);
  return properties === "any" ? (name === "ServiceToken" ? "replace" : "mutable") : properties[name];
}
