/** X-Ray's header of the publisher, when its request carried one: passed on with what is delivered. */
import type { Call } from "../../host/call.ts";

export function traceHeaderOf(call: Call): string | undefined {
  const { parentId } = call.trace;
  return parentId === undefined ? undefined : `Root=${call.trace.traceId};Parent=${parentId};Sampled=1`;
}
