/** PutEvents and TestEventPattern. */
import type { Call } from "../../../host/call.ts";
import { invalidParameter, validation } from "../errors.ts";
import { limits } from "../limits.ts";
import { checkPattern, fits } from "../pattern.ts";
import { entryBytes, putEntry } from "../put.ts";
import type { In, Out } from "../sdk.ts";

export function putEvents(call: Call, { Entries }: In<"PutEvents">): Out<"PutEvents"> {
  const bytes = Entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > limits.entriesBytesMax) {
    throw validation("Total size of the entries in the request is over the limit.");
  }
  const results = Entries.map((entry) => putEntry(call, entry));
  return {
    FailedEntryCount: results.filter(({ EventId }) => EventId === undefined).length,
    Entries: results,
  };
}

const members = ["id", "account", "source", "time", "region", "detail-type"];

function eventOf(text: string): object {
  let event: unknown;
  try {
    event = JSON.parse(text) as unknown;
  } catch {
    throw invalidParameter("Event");
  }
  if (typeof event !== "object" || event === null || Array.isArray(event)) throw invalidParameter("Event");
  const missing = members.find((name) => !Object.hasOwn(event, name));
  if (missing !== undefined) throw invalidParameter("Event");
  return event;
}

export function testEventPattern(
  _call: Call,
  { Event, EventPattern }: In<"TestEventPattern">,
): Out<"TestEventPattern"> {
  checkPattern(EventPattern);
  return { Result: fits(EventPattern, eventOf(Event)) };
}
