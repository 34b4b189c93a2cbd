/** An event of a function or state machine: how it is read, and what its kinds have in common. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { ref } from "../intrinsics.ts";
import { suffixedId } from "../logical-id.ts";
import { senderPolicy } from "../policies.ts";
import { isRemembered } from "../python/dictionary.ts";
import { given, shown, typeName } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import type { Sam } from "../sam.ts";
import { checkProperties, type Shape } from "../shape.ts";

export interface SamEvent {
  /** As the author calls it. */
  readonly name: string;
  /** Owner and name. */
  readonly id: string;
  readonly type: string;
  /** A copy: changing a member changes nobody else's. */
  readonly properties: Dict;
}

/** Who the event is for. */
export interface Target {
  /** A function or its alias, a state machine or its alias. */
  readonly resource: Resource;
  /** The execution role, when the transform makes it. */
  readonly role: Resource | undefined;
  readonly ownerId: string;
}

/** What an event refers to in the template, found before anything is made. */
export type Link = Readonly<Record<string, unknown>>;

export interface EventKind {
  readonly shape: Shape;
  readonly link?: (sam: Sam, event: SamEvent) => Link;
  readonly make: (sam: Sam, event: SamEvent, context: { target: Target; link: Link }) => Resource[];
}

export type EventKinds = Readonly<Record<string, EventKind>>;

/** Reads an event. @throws InvalidEvent or InvalidResource, as the translator would. */
export function readEvent(
  kinds: EventKinds,
  ownerId: string,
  { name, value, events }: { name: string; value: unknown; events: Dict },
): SamEvent {
  if (!isDict(value))
    throw new InvalidEvent(name, `'${typeName(value, isRemembered(events))}' object has no attribute 'get'`);
  const type = value["Type"];
  const kind = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (typeof type !== "string" || kind === undefined) {
    throw new InvalidEvent(
      name,
      `Resource dict has missing or invalid value for key Type. Event Type is: ${shown(type)}.`,
    );
  }
  const id = new Resource(ownerId + name, type).id;
  const properties = "Properties" in value ? value["Properties"] : {};
  if (!isDict(properties)) throw new InvalidResource(id, "Properties of a resource must be an object.");
  checkProperties(id, type, { properties, of: kind.shape });
  return { name, id, type, properties: { ...properties } };
}

/** Lets a service call the function or alias. */
export function permission(
  { id }: { id: string },
  target: Target,
  {
    principal,
    suffix = "",
    ...own
  }: {
    principal: string;
    suffix?: unknown;
    SourceArn?: unknown;
    SourceAccount?: unknown;
    EventSourceToken?: unknown;
  },
): Resource {
  return new Resource(suffixedId(id, "Permission", suffix), "AWS::Lambda::Permission", {
    attributes: target.resource.shared,
    properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: ref(target.resource.id),
      Principal: principal,
      SourceArn: own.SourceArn,
      SourceAccount: own.SourceAccount,
      EventSourceToken: own.EventSourceToken,
    },
  });
}

/** `Enabled` or `State`, not both. */
export function ruleState({ name, properties }: SamEvent): unknown {
  const enabled = properties["Enabled"] ?? undefined;
  if (given(properties["State"]) && enabled !== undefined) {
    throw new InvalidEvent(name, "State and Enabled Properties cannot both be specified.");
  }
  if (enabled !== undefined) return given(enabled) ? "ENABLED" : "DISABLED";
  return given(properties["State"]) ? properties["State"] : undefined;
}

const targetIdMax = 64;

export const targetIdOf = (id: string, suffix: string): string =>
  id.slice(0, targetIdMax - suffix.length) + suffix;

/** Where a rule's undeliverable events go: a queue named or, for `Type: SQS`, made. */
export function deadLetters(
  { id, properties }: SamEvent,
  { attributes, ruleArn }: { attributes: Dict; ruleArn?: unknown },
): { arn: unknown; resources: Resource[] } | undefined {
  const config = (properties["DeadLetterConfig"] ?? undefined) as Dict | undefined;
  if (config === undefined) return undefined;
  checkDeadLetterConfig(id, config);
  const arn = config["Arn"] ?? undefined;
  if (arn !== undefined) return { arn, resources: [] };
  const queueId = config["QueueLogicalId"] ?? undefined;
  if (queueId !== undefined && typeof queueId !== "string") {
    throw new InvalidEvent(id, "QueueLogicalId must be a string");
  }
  const queue = new Resource(given(queueId) ? queueId : `${id}Queue`, "AWS::SQS::Queue", { attributes });
  if (ruleArn === undefined) return { arn: arnOf(queue), resources: [queue] };
  const policy = new Resource(`${id}QueuePolicy`, "AWS::SQS::QueuePolicy", {
    attributes,
    properties: {
      PolicyDocument: senderPolicy({ Service: "events.amazonaws.com" }, ruleArn, arnOf(queue)),
      Queues: [ref(queue.id)],
    },
  });
  return { arn: arnOf(queue), resources: [queue, policy] };
}

function checkDeadLetterConfig(id: string, config: Dict): void {
  const hasType = "Type" in config;
  if ("Arn" in config && hasType) {
    throw new InvalidEvent(id, "You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
  }
  if (hasType && config["Type"] !== "SQS") {
    throw new InvalidEvent(id, "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
  }
  if (!("Arn" in config) && !hasType) {
    throw new InvalidEvent(id, "No 'Arn' or 'Type' property provided for DeadLetterConfig.");
  }
}

/** A copy without the members that are not there. */
export const present = (members: Dict): Dict =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
