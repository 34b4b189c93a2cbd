/** What the parts of the transform share: the template they read, what they make of it, and what is collected on the way. */
import { type Dict } from "../template/value.ts";
import type { DeploymentPreferences } from "./deployment-preferences.ts";
import type { FindApplication } from "./prepare/applications.ts";
import { withoutMark } from "./python/byte-string.ts";
import { resolveMappings, resolveParameters, type Values } from "./resolver.ts";
import type { Resource } from "./resource.ts";
import type { SharedUsagePlan } from "./api/shared-usage-plan.ts";

export interface Sam {
  /** The template as the author wrote it, shared APIs added and globals merged; events write into it. */
  readonly source: Dict;
  /** Its resources. */
  readonly resources: Record<string, Dict>;
  /** The template being made: SAM's resources leave it, what they become enters it. */
  readonly output: Dict;
  /** Its resources. */
  readonly made: Record<string, Dict>;
  /** Values of the template's parameters and of the pseudo parameters a transform knows. */
  readonly parameters: Values;
  readonly partition: string;
  readonly deployments: DeploymentPreferences;
  readonly usagePlan: SharedUsagePlan;
  readonly recordSetGroups: Map<string, Resource>;
  /** Names of the functions behind each API, joined: part of what its deployment is made of. */
  readonly functionNames: Map<string, string>;
  /** Where the template of an application of the Serverless Application Repository is. */
  readonly applications: FindApplication;
  /** What is hashed into deployments that are to be made every time. */
  readonly nowSeconds: number;
}

/** A resource of SAM, its properties checked. */
export interface SamResource {
  id: string;
  readonly type: string;
  readonly properties: Dict;
  readonly attributes: Dict;
  readonly shared: Dict;
  readonly dependsOn: unknown;
}

/** `value` with parameters resolved, in place where it can be. */
export function resolved(sam: Sam, value: unknown): unknown {
  const result = resolveParameters(sam.parameters, value);
  return typeof result === "string" ? withoutMark(result) : result;
}

export const resolvedInMappings = (sam: Sam, value: unknown): unknown =>
  resolveMappings("Mappings" in sam.output ? sam.output["Mappings"] : {}, value);

/** The conditions of the template being made. */
export function conditionsOf(sam: Sam): Dict {
  sam.output["Conditions"] ??= {};
  return sam.output["Conditions"] as Dict;
}
