/** Lists in pages: the token is the position, so that a page costs what it holds. */
import { validationError } from "../errors.ts";

export function page<Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
): { readonly items: readonly Item[]; readonly next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw validationError("Invalid NextToken");
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end), "utf8").toString("base64url") : undefined,
  };
}
