/** Pages of lists: the token is where the page before ended. */
import { validation } from "./errors.ts";
import { limits } from "./limits.ts";

interface Asked {
  readonly Limit?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextToken?: string;
}

/** The name after which a page begins. */
export function startOf({ NextToken }: Asked): string | undefined {
  if (NextToken === undefined) return undefined;
  const text = Buffer.from(NextToken, "base64url").toString();
  if (!text.startsWith("after:")) throw validation("NextToken is invalid.");
  return text.slice("after:".length);
}

/** Takes a page off what is listed in the order of its names. */
export function pageOf<Item>(
  listed: Iterable<Item>,
  asked: Asked,
  nameOf: (item: Item) => string,
): Page<Item> {
  const limit = asked.Limit ?? limits.listedDefault;
  const items: Item[] = [];
  for (const item of listed) {
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) {
      return { items, NextToken: Buffer.from(`after:${nameOf(last)}`).toString("base64url") };
    }
    items.push(item);
  }
  return { items };
}
