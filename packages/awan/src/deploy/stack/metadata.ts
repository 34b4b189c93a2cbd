/** A resource's metadata, which may use functions as its properties may. */
import { AwsError } from "../../kernel/errors.ts";
import { evaluate, hasUnknown, type Scope } from "../template/functions.ts";
import { type Dict, isDict } from "../template/value.ts";

/** Metadata with its functions resolved, as far as they can be. */
export function metadataOf(metadata: Dict | undefined, scope: Scope): Dict | null {
  if (metadata === undefined) return null;
  try {
    const value = evaluate(metadata, scope);
    return isDict(value) && !hasUnknown(value) ? value : metadata;
  } catch (error) {
    // What stands there for other programs need not be a template's.
    if (error instanceof AwsError) return metadata;
    throw error;
  }
}
