/**
 * Functions live in virtual time, and an SDK compares its clock with the `Date` of every answer: were that the
 * machine's, each refusal would look like a wrong clock put right, and be sent again.
 */
import type { Clock } from "../kernel/clock.ts";
import type { Handle } from "./exchange.ts";

/** `handle`, with answers to functions dated by `clock`. Other callers live in the machine's time. */
export function dated(handle: Handle, clock: Clock): Handle {
  return async (request, context) => {
    const answer = await handle(request, context);
    if (request.headers["x-amzn-trace-id"]?.includes(";Parent=") !== true) return answer;
    return { ...answer, headers: { ...answer.headers, date: new Date(clock.nowMs()).toUTCString() } };
  };
}
