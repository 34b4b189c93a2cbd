/**
 * The order in which Python 2.7 walks a dictionary: an open-addressing hash table, so it depends on the keys' hashes and on
 * the history of insertions and deletions. The SAM translator began in Python 2.7 and hashes the printed API document into
 * the deployment's logical id; to change that order would redeploy every API in the world, so it is reproduced for ever.
 */
import { withoutMark } from "./byte-string.ts";

const sizeMin = 8;
const perturbShift = 5n;
const tombstone = Symbol("deleted");

const hashes = new Map<string, bigint>();

/** Python 2.7's hash of a string on a 64-bit machine, unsigned. */
export function stringHash(text: string): bigint {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const characters = Array.from(text);
  const first = characters[0];
  let hash = first === undefined ? 0n : BigInt(first.codePointAt(0) ?? 0) << 7n;
  for (const character of characters) {
    hash = BigInt.asUintN(64, (hash * 1_000_003n) ^ BigInt(character.codePointAt(0) ?? 0));
  }
  hash = BigInt.asUintN(64, hash ^ BigInt(characters.length));
  if (hashes.size > 10_000) hashes.clear();
  hashes.set(text, hash);
  return hash;
}

export class KeyTable {
  #slots: (string | typeof tombstone | undefined)[] = [];
  #used = 0;
  /** Slots in use, those of deleted keys included. */
  #filled = 0;
  #mask = sizeMin - 1;

  keys(): string[] {
    return this.#slots.filter((slot): slot is string => typeof slot === "string");
  }

  has(key: string): boolean {
    return typeof this.#slots[this.#slotOf(key)] === "string";
  }

  add(key: string): void {
    const slot = this.#slotOf(key);
    const there = this.#slots[slot];
    if (typeof there === "string") return;
    this.#slots[slot] = key;
    this.#used += 1;
    if (there === undefined) this.#filled += 1;
    if (this.#filled * 3 >= (this.#mask + 1) * 2) this.#resize(this.#used * (this.#used > 50_000 ? 2 : 4));
  }

  remove(key: string): void {
    const slot = this.#slotOf(key);
    if (typeof this.#slots[slot] !== "string") return;
    this.#slots[slot] = tombstone;
    this.#used -= 1;
  }

  /** As a dictionary takes over another: room for both is made first. */
  merge(keys: readonly string[]): void {
    if (keys.length === 0) return;
    if ((this.#filled + keys.length) * 3 >= (this.#mask + 1) * 2)
      this.#resize((this.#used + keys.length) * 2);
    for (const key of keys) this.add(key);
  }

  #resize(request: number): void {
    const keys = this.keys();
    let size = sizeMin;
    while (size <= request) size *= 2;
    this.#mask = size - 1;
    this.#slots = [];
    this.#used = 0;
    this.#filled = 0;
    for (const key of keys) this.add(key);
  }

  #slotOf(key: string): number {
    const text = withoutMark(key);
    const holds = (slot: number): boolean => {
      const there = this.#slots[slot];
      return typeof there === "string" && withoutMark(there) === text;
    };
    const mask = BigInt(this.#mask);
    let perturb = stringHash(text);
    let walker = perturb & mask;
    let slot = Number(walker);
    if (this.#slots[slot] === undefined || holds(slot)) return slot;
    let free = this.#slots[slot] === tombstone ? slot : undefined;
    while (!holds(slot)) {
      walker = BigInt.asUintN(64, walker * 5n + perturb + 1n);
      slot = Number(walker & mask);
      if (this.#slots[slot] === undefined) return free ?? slot;
      if (holds(slot)) return slot;
      if (free === undefined && this.#slots[slot] === tombstone) free = slot;
      perturb >>= perturbShift;
    }
    return slot;
  }
}
