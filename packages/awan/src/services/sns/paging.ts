/** Page tokens: where the last page ended, opaque to callers. */
import { invalidParameter } from "./errors.ts";

export const pageToken = (last: string | undefined): string => Buffer.from(last ?? "").toString("base64");

export function pageAfter(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  const after = Buffer.from(token, "base64").toString("utf8");
  if (pageToken(after) !== token) throw invalidParameter("NextToken");
  return after;
}
