/** Attribute names: one byte at least, 65,535 at most. */
import { validationError } from "./errors.ts";

const nameSizeBytesMax = 65_535;

export function checkAttributeName(name: string): void {
  const flaw = attributeNameFlaw(name);
  if (flaw !== undefined) throw validationError(`One or more parameter values were invalid: ${flaw}`);
}

export function attributeNameFlaw(name: string): string | undefined {
  if (name === "") return "Empty attribute name";
  if (name.length * 3 <= nameSizeBytesMax || Buffer.byteLength(name) <= nameSizeBytesMax) return undefined;
  return "Attribute name is too large, must be less than 65536 bytes";
}
