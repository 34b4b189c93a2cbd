/** Function URLs: which host name belongs to which function. */
import type { Call } from "../../host/call.ts";

/** A URL's host name tells no account: its owner is found in a scope that belongs to none. */
export { globalScope } from "../../host/call.ts";

/** `https://<id>.lambda-url.<region>.on.aws/`, at this Awan's own port. */
export function urlOf(call: Call, urlId: string): string {
  const port = /:(\d+)$/.exec(call.endpoint)?.[1];
  return `http://${urlId}.lambda-url.${call.region}.localhost${port === undefined ? "" : `:${port}`}/`;
}
