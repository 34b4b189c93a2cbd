/**
 * Randomness that can be replayed: a whole run is a function of one seed. Never for secrets; those come from
 * `system-secrets.ts`.
 */
const hexDigits = Buffer.from("0123456789abcdef", "latin1");
/** Where identifiers are spelled: strings made from bytes are flat, those made by concatenation are trees. */
const scratch = Buffer.alloc(64);
const uuidScratch = Buffer.from("00000000-0000-4000-8000-000000000000", "latin1");
const variants = Buffer.from("89ab", "latin1");

function spell(word: number, at: number, into: Buffer = scratch): void {
  for (let i = 0; i < 8; i += 1) into[at + i] = hexDigits[(word >>> (28 - 4 * i)) & 15] as number;
}

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** sfc32: 128 bits of state, fast, passes PractRand; two instances from different seeds are independent. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i += 1) this.nextUint32();
  }

  nextUint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** As `nextUint32`, signed: a number that V8 keeps without allocating. */
  nextInt32(): number {
    return this.nextUint32() | 0;
  }

  /** A number in `[0, 1)`. */
  float(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  /** An integer in `[0, limit)`. */
  integer(limit: number): number {
    return Math.floor(this.float() * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)] as Item;
  }

  /** An RFC 4122 version 4 identifier. */
  uuid(): string {
    spell(this.nextUint32(), 0, uuidScratch);
    // A word's halves stand on both sides of a dash: the second is written over the first's tail.
    const second = this.nextUint32();
    const third = this.nextUint32();
    spell(second, 9, uuidScratch);
    spell(second << 16, 14, uuidScratch);
    spell(third, 19, uuidScratch);
    spell(third << 16, 24, uuidScratch);
    spell(this.nextUint32(), 28, uuidScratch);
    uuidScratch[13] = uuidScratch[18] = uuidScratch[23] = 0x2d;
    uuidScratch[14] = 0x34;
    uuidScratch[19] = variants[this.nextUint32() & 3] as number;
    return uuidScratch.toString("latin1", 0, 36);
  }

  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string {
    if (length > scratch.length) return this.hex(scratch.length) + this.hex(length - scratch.length);
    for (let at = 0; at < length; at += 8) spell(this.nextUint32(), at);
    return scratch.toString("latin1", 0, length);
  }

  /** `length` characters of `alphabet` (letters and digits unless told otherwise). */
  text(length: number, alphabet: string = base62): string {
    let text = "";
    while (text.length < length) text += alphabet.charAt(this.integer(alphabet.length));
    return text;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.nextUint32() & 0xff;
    return bytes;
  }

  /** An independent generator, seeded from this one. */
  fork(): Random {
    return new Random(this.nextUint32() * 0x20_0000 + (this.nextUint32() & 0x1f_ffff));
  }
}
