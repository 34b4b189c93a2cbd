/** What S3 should do, as simply as it can be said, and the steps that are tried on both. */
import * as fc from "fast-check";

interface Version {
  readonly id: string;
  /** Undefined: a delete marker. */
  readonly content: Buffer | undefined;
}

/** Versions of each key, newest first. */
export class Model {
  readonly keys = new Map<string, Version[]>();
  /** Multipart uploads under way: keys, in the order of their start. */
  readonly uploads: { readonly key: string; readonly id: string }[] = [];
  versioning: "Off" | "Enabled" | "Suspended" = "Off";

  add(key: string, version: Version): void {
    let versions = this.keys.get(key) ?? [];
    if (this.versioning !== "Enabled") versions = versions.filter(({ id }) => id !== "null");
    this.keys.set(key, [version, ...versions]);
  }

  remove(key: string, id: string): void {
    const left = (this.keys.get(key) ?? []).filter((version) => version.id !== id);
    if (left.length === 0) this.keys.delete(key);
    else this.keys.set(key, left);
  }

  current(): [string, Buffer][] {
    const live: [string, Buffer][] = [];
    for (const [key, [newest]] of this.keys)
      if (newest?.content !== undefined) live.push([key, newest.content]);
    return live.toSorted(([a], [b]) => compare(a, b));
  }

  /** What a listing with a prefix and a delimiter shows of keys behind `after`, in order. */
  listed(prefix: string, delimiter: string, after = ""): string[] {
    const keys = this.current().map(([name]) => name);
    return grouped(
      keys.filter((each) => after === "" || compare(each, after) > 0),
      prefix,
      delimiter,
    );
  }
}

export const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys and common prefixes, each once. */
export function grouped(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const shown: string[] = [];
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = at === -1 ? `k ${key}` : `p ${key.slice(0, at + delimiter.length)}`;
    if (!shown.includes(name)) shown.push(name);
  }
  return shown;
}

export const anyKey = fc.oneof(
  fc.constantFrom(
    "a",
    "a/",
    "a/b",
    "a/b/c",
    "a/c",
    "b",
    "b//x",
    "ä/ö",
    "😀/k",
    "\uffee",
    "a b+c&d%",
    "z".repeat(40),
  ),
  fc
    .string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", "/", "é", "\u{10ffff}") })
    .filter((text) => text !== "." && text !== ".."),
);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.constantFrom(16_384, 16_385, 300_000).map((size) => new Uint8Array(size).fill(7)),
);

export type Step =
  | { readonly do: "put"; readonly key: string; readonly content: Uint8Array }
  | { readonly do: "copy"; readonly from: string; readonly to: string }
  | {
      readonly do: "multipart";
      readonly key: string;
      readonly content: Uint8Array;
      readonly end: "complete" | "abort" | "leave";
    }
  | { readonly do: "delete"; readonly key: string }
  | { readonly do: "deleteVersion"; readonly key: string; readonly index: number }
  | { readonly do: "versioning"; readonly status: "Enabled" | "Suspended" };

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), key: anyKey, content }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("copy" as const), from: anyKey, to: anyKey }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("multipart" as const),
      key: anyKey,
      content,
      end: fc.constantFrom("complete" as const, "abort" as const, "leave" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key: anyKey }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("deleteVersion" as const), key: anyKey, index: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("versioning" as const),
      status: fc.constantFrom("Enabled" as const, "Suspended" as const),
    }),
  },
);
