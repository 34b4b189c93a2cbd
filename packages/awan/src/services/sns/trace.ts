/** X-Ray's header of the publisher, when its request carried one: passed on with what is delivered. */
import type { Call } from "../../host/call.ts";

export function traceHeaderOf(call: Call): string | undefined {
  return (call.trace as { readonly header?: string }).header;
}
