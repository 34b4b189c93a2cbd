/** Page tokens: where the last page ended, opaque to callers. */
import { invalidParameter } from "./errors.ts";

const mark = "AAG";

export const pageToken = (last: string | undefined): string =>
  mark + Buffer.from(last ?? "").toString("base64url");

export function pageAfter(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (!token.startsWith(mark)) throw invalidParameter("NextToken");
  return Buffer.from(token.slice(mark.length), "base64url").toString("utf8");
}
