/** Streams of events: an operation's (async) iterable of union values to messages on the wire, and back. */
import { Readable } from "node:stream";
import { AwsError } from "../../kernel/errors.ts";
import { Shape } from "../../model/shape.ts";
import type { Member, Target } from "../../model/shape.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { decoderOf, encoderOf } from "./codec.ts";
import type { Flavour } from "./codec.ts";
import { decodeMessage, encodeMessage, readMessages } from "./event-stream-frames.ts";
import type { EventMessage, HeaderValue } from "./event-stream-frames.ts";
import { bytesOf, parseJsonText } from "./scalars.ts";
import { parseXml } from "./xml.ts";
import { readXml, xmlElement } from "./xml-shapes.ts";

export const eventStreamType = "application/vnd.amazon.eventstream";
export type EventFlavour = Flavour | "xml";
type Fields = Record<string, unknown>;

/** The answer's members beside the stream, sent as the first message by the RPC protocols. */
export interface InitialResponse {
  readonly shape: Shape;
  readonly fields: Fields;
}

function contentTypeOf(flavour: EventFlavour): string {
  if (flavour === "xml") return "text/xml";
  return flavour === "cbor" || flavour === "amzCbor" ? "application/cbor" : "application/json";
}

function encodePayload(target: Target, value: unknown, name: string, flavour: EventFlavour): Uint8Array {
  if (flavour === "xml") return Buffer.from(xmlElement(target, value, name));
  const tree = encoderOf(target, flavour)(value);
  return flavour === "cbor" || flavour === "amzCbor" ? encodeCbor(tree) : Buffer.from(JSON.stringify(tree));
}

function decodePayload(target: Target, payload: Uint8Array, flavour: EventFlavour): unknown {
  if (flavour === "xml") return readXml(target, parseXml(bytesOf(payload).toString("utf8")));
  const isCbor = flavour === "cbor" || flavour === "amzCbor";
  const tree = isCbor ? decodeCbor(payload) : parseJsonText(bytesOf(payload).toString("utf8"));
  return decoderOf(target, flavour)(tree);
}

function encodeEvent(stream: Member, event: Fields, flavour: EventFlavour): Buffer {
  const name = Object.keys(event).find((key) => event[key] !== undefined) ?? "";
  const member = stream.shape.member(name);
  if (!member) throw new TypeError(`${stream.shape.name} has no event ${name}`);
  const fields = event[name] as Fields;
  const kind = member.shape.isError ? "exception" : "event";
  const headers: Record<string, HeaderValue> = { [`:${kind}-type`]: name, ":message-type": kind };
  let contentType = contentTypeOf(flavour);
  let payload: Uint8Array | undefined;
  for (const part of member.shape.members) {
    const value = fields[part.name];
    if (value === undefined || value === null) continue;
    if (part.traits.eventHeader) headers[part.name] = value as HeaderValue;
    else if (part.traits.eventPayload) {
      const { kind: partKind } = part.shape;
      if (partKind === "blob") contentType = "application/octet-stream";
      else if (partKind === "string") contentType = "text/plain";
      const isRaw = partKind === "blob" || partKind === "string";
      payload = isRaw ? bytesOf(value) : encodePayload(part, value, part.name, flavour);
    }
  }
  const hasPayloadMember = member.shape.members.some(({ traits }) => traits.eventPayload === 1);
  if (payload === undefined && member.shape.members.length > 0 && !hasPayloadMember) {
    payload = encodePayload(member, fields, name, flavour);
  }
  if (payload !== undefined) headers[":content-type"] = contentType;
  return encodeMessage({ headers, payload: payload ?? new Uint8Array() });
}

function encodeFailure(error: AwsError): Buffer {
  return encodeMessage({
    headers: {
      ":message-type": "exception",
      ":exception-type": error.code,
      ":content-type": "application/json",
    },
    payload: Buffer.from(JSON.stringify({ message: error.message, ...error.members })),
  });
}

function initialMessage(stream: Member, { shape, fields }: InitialResponse, flavour: EventFlavour): Buffer {
  const members = shape.members.filter(({ name }) => name !== stream.name);
  const rest = new Shape({ kind: "structure", name: shape.name }, () => ({ members }));
  const target = { shape: rest, traits: {}, ownTraits: {}, limit: undefined };
  return encodeMessage({
    headers: {
      ":event-type": "initial-response",
      ":content-type": contentTypeOf(flavour),
      ":message-type": "event",
    },
    payload: encodePayload(target, fields, "initial-response", flavour),
  });
}

/**
 * The wire form of an output stream. `events` is an iterable, async or not, of the union's values; an AwsError it throws
 * is sent as an exception and ends the stream.
 */
export function encodeEvents(
  stream: Member,
  events: unknown,
  flavour: EventFlavour,
  initial?: InitialResponse,
): Readable {
  async function* messages(): AsyncGenerator<Buffer> {
    if (initial) yield initialMessage(stream, initial, flavour);
    try {
      for await (const event of (events ?? []) as AsyncIterable<Fields>)
        yield encodeEvent(stream, event, flavour);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      yield encodeFailure(error);
    }
  }
  const generator = messages();
  const iterator: AsyncIterator<Buffer> = {
    next: () => generator.next(),
    // A generator hears of a client that has gone only with the next event; what it reads from is told at once.
    return: () => {
      void (events as Partial<AsyncIterator<unknown>> | undefined)?.return?.();
      return generator.return(undefined);
    },
  };
  return Readable.from({ [Symbol.asyncIterator]: () => iterator }, { objectMode: false });
}

function decodeEvent(
  stream: Member,
  { headers, payload }: EventMessage,
  flavour: EventFlavour,
): Fields | undefined {
  const name = String(headers[":event-type"] ?? headers[":exception-type"] ?? "");
  const member = stream.shape.member(name);
  if (!member) return undefined;
  const parts = member.shape.members;
  const payloadPart = parts.find(({ traits }) => traits.eventPayload === 1);
  const fields: Fields = {};
  for (const part of parts) {
    if (part.traits.eventHeader && headers[part.name] !== undefined) fields[part.name] = headers[part.name];
  }
  if (payloadPart?.shape.kind === "blob") fields[payloadPart.name] = payload;
  else if (payloadPart?.shape.kind === "string") fields[payloadPart.name] = bytesOf(payload).toString("utf8");
  else if (payloadPart) fields[payloadPart.name] = decodePayload(payloadPart, payload, flavour);
  else if (payload.length > 0) Object.assign(fields, decodePayload(member, payload, flavour));
  return { [name]: fields };
}

/** Clients that sign wrap each message in another one; an empty one ends the stream. */
function unwrapped(message: EventMessage): EventMessage | undefined {
  if (message.headers[":chunk-signature"] === undefined) return message;
  return message.payload.length === 0 ? undefined : decodeMessage(bytesOf(message.payload));
}

/** The events of an input stream, as the union's values; events the model does not know are left out. */
export async function* decodeEvents(
  stream: Member,
  source: Readable | Iterable<Uint8Array>,
  flavour: EventFlavour,
): AsyncGenerator<Fields> {
  for await (const outer of readMessages(source)) {
    const message = unwrapped(outer);
    if (!message) return;
    const event = decodeEvent(stream, message, flavour);
    if (event) yield event;
  }
}
