/**
 * Randomness that can be replayed: a whole run is a function of one seed. Never for secrets; those come from
 * `system-secrets.ts`.
 */
const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Eight lower-case hexadecimal digits. */
function hexOf(word: number): string {
  return `${hexPairs[word >>> 24]}${hexPairs[(word >>> 16) & 0xff]}${hexPairs[(word >>> 8) & 0xff]}${hexPairs[word & 0xff]}`;
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
    const [first, second, third, fourth] = [this.#word(), this.#word(), this.#word(), this.#word()];
    const variant = "89ab".charAt(this.nextUint32() & 3);
    return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`;
  }

  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string {
    let text = "";
    while (text.length < length) text += this.#word();
    return text.length === length ? text : text.slice(0, length);
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

  #word(): string {
    return hexOf(this.nextUint32());
  }
}
