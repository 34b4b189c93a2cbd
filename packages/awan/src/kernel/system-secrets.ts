/** Secrets and seeds, from the machine's own entropy: the only file that asks for it. */
import { randomBytes } from "node:crypto";

/** `length` bytes nobody can guess. */
export function secretBytes(length: number): Uint8Array {
  return randomBytes(length);
}

/** A seed for a run that nobody asked to be repeatable; it is logged so that it still can be. */
export function newSeed(): number {
  const bytes = randomBytes(6);
  return bytes.readUIntBE(0, 6);
}
