/** Lists in pages: `Marker` is the last key of the page before, in base64. */
import { invalidParameter } from "./errors.ts";

export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | undefined;
}

/** The page of `items` after `marker`. `keyOf` names an item; items come in the order of their keys or not, but always the same. */
export function pageOf<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  options: { readonly marker: string | undefined; readonly limit: number },
): Page<Item> {
  const after = options.marker === undefined || options.marker === "" ? undefined : decode(options.marker);
  const page: Item[] = [];
  let skipping = after !== undefined;
  for (const item of items) {
    if (skipping) {
      if (keyOf(item) === after) skipping = false;
      continue;
    }
    if (page.length === options.limit) {
      return { items: page, next: Buffer.from(`=${keyOf(page.at(-1) as Item)}`, "utf8").toString("base64") };
    }
    page.push(item);
  }
  return { items: page, next: undefined };
}

function decode(marker: string): string {
  const text = Buffer.from(marker, "base64").toString("utf8");
  if (!text.startsWith("=")) throw invalidParameter("Invalid value for Marker");
  return text.slice(1);
}
