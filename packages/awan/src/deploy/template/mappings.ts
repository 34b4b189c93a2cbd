/** The Mappings section: names to keys to attributes, each of which is text or a list of texts. */
import { attributesPerMappingMax } from "../limits.ts";
import { type Dict, isDict, scalarText, soleKey, validationError } from "./value.ts";

/** @throws AwsError ValidationError */
export function checkMappings(mappings: Dict): void {
  for (const mapping of Object.values(mappings)) {
    if (!isDict(mapping)) continue;
    for (const [key, attributes] of Object.entries(mapping)) {
      // Includes and macros may stand here until they are replaced.
      if (key.startsWith("Fn::")) continue;
      if (!isDict(attributes)) {
        throw validationError(`Template format error: Every Mappings member ${key} must be a map`);
      }
      if (Object.keys(attributes).length > attributesPerMappingMax) {
        throw validationError(
          `Template format error: Number of mapping attributes, ${Object.keys(attributes).length}, is greater than maximum allowed, ${attributesPerMappingMax}`,
        );
      }
      if (soleKey(attributes)?.startsWith("Fn::") === true) continue;
      for (const value of Object.values(attributes)) {
        const fits = Array.isArray(value)
          ? value.every((item) => scalarText(item) !== undefined)
          : scalarText(value) !== undefined;
        if (!fits)
          throw validationError(
            "Template format error: Every Mappings attribute must be a String or a List.",
          );
      }
    }
  }
}
