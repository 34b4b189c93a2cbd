/** Tokens of lists: what is listed and where it went on to, good for five minutes. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidArgument } from "./errors.ts";
import { tokenLifetimeMs } from "./limits.ts";

export interface Listing {
  /** The stream whose shards or consumers are listed, or nothing for streams. */
  readonly of: string;
  readonly after: string;
  /** The shard filter, as the first request had it. */
  readonly filter?: {
    readonly Type: string;
    readonly ShardId?: string | undefined;
    readonly atMs?: number | undefined;
  };
}

export const issueToken = (call: Call, listing: Listing): string =>
  Buffer.from(JSON.stringify({ ...listing, issuedAtMs: call.nowMs })).toString("base64");

export function readToken(call: Call, token: string): Listing {
  let listing: (Listing & { readonly issuedAtMs: number }) | undefined;
  try {
    listing = JSON.parse(Buffer.from(token, "base64").toString()) as typeof listing;
  } catch {
    listing = undefined;
  }
  if (typeof listing?.after !== "string" || typeof listing.of !== "string") {
    throw invalidArgument("NextToken is invalid.");
  }
  if (call.nowMs - listing.issuedAtMs > tokenLifetimeMs) {
    throw new AwsError("ExpiredNextTokenException", "NextToken has expired.");
  }
  return listing;
}
