/** The `ResourceTypes` a caller limits an operation to: exact names, or names that end in a wildcard. */
import type { Template } from "../template/template.ts";
import { validationError } from "../template/value.ts";

/** @throws AwsError ValidationError for what is no type at all. */
export function checkResourceTypes(allowed: readonly string[] | undefined): void {
  const bad = (allowed ?? []).find((name) => !/^[\w:@.*-]{1,256}$/.test(name));
  if (bad !== undefined) throw validationError(`Invalid resource type ${bad}`);
}

/** @throws AwsError ValidationError naming the first type that is not allowed. */
export function refuseResourceTypes(allowed: readonly string[] | undefined, template: Template): void {
  if (allowed === undefined || allowed.length === 0) return;
  const fits = (type: string): boolean =>
    allowed.some((name) => (name.endsWith("*") ? type.startsWith(name.slice(0, -1)) : name === type));
  for (const { type } of Object.values(template.resources)) {
    if (!fits(type)) {
      throw validationError(
        `Resource type ${type} is not allowed by parameter ResourceTypes [${allowed.join(", ")}]`,
      );
    }
  }
}
