/** The events of a function: all are read and linked first, then made in the order of their paths and names. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { withoutMark } from "../python/byte-string.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import type { Resource } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";
import { type EventKinds, type Link, readEvent, type SamEvent } from "./event.ts";
import { bucketEvents } from "./bucket.ts";
import { userPoolEvents } from "./user-pool.ts";
import { restApiEvents } from "./rest-api.ts";
import { httpApiEvents } from "./http-api.ts";
import { ruleEvents } from "./rules.ts";
import { scheduleV2 } from "./schedule-v2.ts";
import { pullEvents } from "./pull.ts";
import { otherEvents } from "./others.ts";
import { topicEvents } from "./topic.ts";

const functionEvents: EventKinds = {
  ...ruleEvents,
  ...bucketEvents,
  ...topicEvents,
  ...restApiEvents,
  ...httpApiEvents,
  ...userPoolEvents,
  ...otherEvents,
  ...pullEvents,
  ScheduleV2: scheduleV2,
};

export interface LinkedEvent {
  readonly event: SamEvent;
  readonly link: Link;
  /** Events are made in the order of this. */
  readonly sortKey: string;
}

/** An invalid event makes its owner invalid. */
export function asOwner<Result>(ownerId: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvalidEvent) throw new InvalidResource(ownerId, error.report);
    throw error;
  }
}

/** The events of a resource, each with what it refers to. */
export function linkEvents(kinds: EventKinds, sam: Sam, { id, properties }: SamResource): LinkedEvent[] {
  const events = properties["Events"];
  if (!given(events)) return [];
  return asOwner(id, () =>
    entriesOf(events as Dict).map(([name, value]) => {
      const event = readEvent(kinds, id, { name, value, events: events as Dict });
      const path = isDict(value) && isDict(value["Properties"]) ? value["Properties"]["Path"] : undefined;
      const link = kinds[event.type]?.link?.(sam, event) ?? {};
      return { event, link, sortKey: path === undefined ? name : withoutMark(shown(path)) };
    }),
  );
}

export const linkFunctionEvents = (sam: Sam, owner: SamResource): LinkedEvent[] =>
  linkEvents(functionEvents, sam, owner);

export function eventsOf(
  sam: Sam,
  { id }: SamResource,
  { events, target, role }: { events: readonly LinkedEvent[]; target: Resource; role: Resource },
): Resource[] {
  const sorted = events.toSorted((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0));
  return asOwner(id, () =>
    sorted.flatMap(
      ({ event, link }) =>
        functionEvents[event.type]?.make(sam, event, {
          target: { resource: target, role, ownerId: id },
          link,
        }) ?? [],
    ),
  );
}
