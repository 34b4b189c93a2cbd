/** A resource keeps its type for life: a template that says otherwise is refused. */
import type { ResourceRow } from "../keys.ts";
import { validationError } from "../template/value.ts";
import type { Plan } from "./plan.ts";

export function refuseTypeChanges(plan: Plan, rows: ReadonlyMap<string, ResourceRow>): void {
  const changed = Object.entries(plan.resources)
    .filter(([logicalId, { type }]) => (rows.get(logicalId)?.type ?? type) !== type)
    .map(([logicalId]) => logicalId);
  if (changed.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(", ")}]`,
    );
  }
}
