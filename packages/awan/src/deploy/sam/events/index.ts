/** Every event type a function can have. */
import { httpApiEvent } from "./http-api.ts";
import type { EventHandler } from "./owner.ts";
import { pullEvents } from "./pull.ts";

export const eventHandlers: Readonly<Record<string, EventHandler>> = {
  ...pullEvents,
  HttpApi: httpApiEvent,
};
