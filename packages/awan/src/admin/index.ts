/** The admin API of one cloud. Loaded with its first request: few servers are ever asked. */
import type { HttpRequest } from "../host/http.ts";
import type { HandledResponse } from "../wire/exchange.ts";
import type { RequestUrl } from "../wire/request-url.ts";
import { adminOf } from "./admin.ts";
import { Descendants, type DescendantsOptions } from "./descendants.ts";

export interface Admin {
  readonly handle: (request: HttpRequest, url: RequestUrl) => Promise<HandledResponse>;
  /** Ends the forks and successors it made. */
  close(): Promise<void>;
}

export function createAdmin(options: DescendantsOptions): Admin {
  const descendants = new Descendants(options);
  return { handle: adminOf(options.platform, descendants), close: () => descendants.close() };
}
