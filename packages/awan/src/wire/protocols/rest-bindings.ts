/**
 * Where a REST operation's members travel: labels, query string, headers, status, payload or body. The plan of an
 * operation is worked out once.
 */
import { Readable } from "node:stream";
import { AwsError } from "../../kernel/errors.ts";
import { Shape } from "../../model/shape.ts";
import type { Member, Target } from "../../model/shape.ts";
import type { OperationModel } from "../../model/service-model.ts";
import { setField } from "./codec.ts";
import type { DecodeRequest } from "./protocol.ts";
import { bytesOf, formatScalar, parseScalar } from "./scalars.ts";
import { decodedLength, streamingBody } from "./streaming-body.ts";

type Fields = Record<string, unknown>;

interface Plan {
  readonly labels: readonly Member[];
  readonly queries: readonly Member[];
  readonly headers: readonly Member[];
  readonly prefixed: readonly Member[];
  readonly queryParams: Member | undefined;
  readonly statusMember: Member | undefined;
  readonly payload: Member | undefined;
  /** The members that make up the body, as a structure; undefined when there are none. */
  readonly body: Shape | undefined;
}

const plans = { input: new WeakMap<Shape, Plan>(), output: new WeakMap<Shape, Plan>() };

/** In answers only headers and the status are bindings: members with query traits are part of the body there. */
function planOf(shape: Shape, direction: "input" | "output"): Plan {
  const known = plans[direction].get(shape);
  if (known) return known;
  const isInput = direction === "input";
  const { members } = shape;
  const labels = members.filter(({ traits }) => isInput && traits.httpLabel);
  const queries = members.filter(({ traits }) => isInput && traits.httpQuery !== undefined);
  const headers = members.filter(({ traits }) => traits.httpHeader !== undefined);
  const prefixed = members.filter(({ traits }) => traits.httpPrefixHeaders !== undefined);
  const queryParams = members.find(({ traits }) => isInput && traits.httpQueryParams);
  const statusMember = members.find(({ traits }) => !isInput && traits.httpResponseCode);
  const payload = members.find(({ traits }) => traits.httpPayload);
  const bound = new Set([...labels, ...queries, ...headers, ...prefixed, queryParams, statusMember, payload]);
  const unbound = members.filter((member) => !bound.has(member));
  const { kind, name, traits } = shape;
  const body =
    unbound.length === 0 ? undefined : new Shape({ kind, name, traits }, () => ({ members: unbound }));
  const plan = { labels, queries, headers, prefixed, queryParams, statusMember, payload, body };
  plans[direction].set(shape, plan);
  return plan;
}

/** How the two REST protocols read and write what is no binding. */
export interface BodyFormat {
  readPayload(payload: Member, body: Uint8Array): unknown;
  readBody(shape: Shape, body: Uint8Array): Fields;
  readEvents(stream: Member, body: Readable | Iterable<Uint8Array>): AsyncIterable<Fields>;
}

/** `a, "b, c", d`; dates hold commas of their own. */
function splitHeader(text: string, isDates: boolean): string[] {
  if (isDates) return text.match(/[^,]+,[^,]+/g)?.map((date) => date.trim()) ?? [];
  const items: string[] = [];
  const item = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/gy;
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (!match) break;
    items.push(match[1]?.replace(/\\(.)/g, "$1") ?? (match[2] ?? "").trim());
  }
  return items;
}

const isHttpDates = ({ shape }: Target): boolean =>
  shape.kind === "timestamp" &&
  (shape.timestampFormat === "default" || shape.timestampFormat === "http-date");

function parseHeader(member: Member, text: string): unknown {
  if (member.shape.kind === "list") {
    const { item } = member.shape;
    return splitHeader(text, isHttpDates(item)).map((part) => parseScalar(item, part));
  }
  // Strings with a media type (JSON values) travel in base64.
  if (member.traits.mediaType && member.shape.kind === "string")
    return Buffer.from(text, "base64").toString();
  return parseScalar(member, text);
}

const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text);

function formatHeader(member: Member, value: unknown): string {
  if (member.shape.kind === "list") {
    const { item } = member.shape;
    const parts = [...(value as Iterable<unknown>)].map((part) => formatScalar(item, part, "http-date"));
    return (isHttpDates(item) ? parts : parts.map(quoted)).join(", ");
  }
  if (member.traits.mediaType && member.shape.kind === "string") {
    return bytesOf(value).toString("base64");
  }
  return formatScalar(member, value, "http-date");
}

function readPrefixed(prefix: string, headers: Readonly<Record<string, string>>): Fields | undefined {
  const lower = prefix.toLowerCase();
  const found = Object.entries(headers).filter(([name]) => name.startsWith(lower));
  if (found.length === 0) return undefined;
  const entries: Fields = {};
  for (const [name, value] of found) setField(entries, name.slice(lower.length), value);
  return entries;
}

/** Query parameters that are nobody else's. */
function readQueryParams(member: Member, plan: Plan, request: DecodeRequest): Fields | undefined {
  const literal = request.operation.routes[0]?.uri.split("?")[1] ?? "";
  const taken = new Set([
    ...plan.queries.map(({ traits }) => traits.httpQuery),
    ...literal.split("&").map((part) => part.split("=")[0]),
  ]);
  const entries: Fields = {};
  for (const [name, values] of request.query) {
    if (taken.has(name)) continue;
    setField(entries, name, member.shape.value.shape.kind === "list" ? values : values[0]);
  }
  return Object.keys(entries).length === 0 ? undefined : entries;
}

/** As a stream, which keeps what the front door noted on the bytes (`streaming-body.ts`). */
function streamOf(body: Uint8Array): Readable {
  const stream = Readable.from(body.length === 0 ? [] : [body], { objectMode: false });
  const { contentSha256 } = body as { contentSha256?: string };
  return contentSha256 === undefined ? stream : Object.assign(stream, { contentSha256 });
}

function readPayload(member: Member, body: Uint8Array | Readable, format: BodyFormat): unknown {
  const { kind, isStreaming } = member.shape;
  if (kind === "union" && isStreaming) {
    return format.readEvents(member, body instanceof Uint8Array ? [body] : body);
  }
  if (kind === "blob" && isStreaming) return body instanceof Uint8Array ? streamOf(body) : body;
  if (!(body instanceof Uint8Array) || body.length === 0) return undefined;
  if (kind === "blob") return body;
  if (kind === "string") return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  return format.readPayload(member, body);
}

/**
 * Some operations were GET with query parameters before they became POST with a body (SES's ListConfigurationSets); the
 * older route still says the same members by name.
 */
function readFormerQuery(body: Shape, query: DecodeRequest["query"]): Fields {
  const fields: Fields = {};
  for (const member of body.members) {
    const text = query.get(member.name)?.[0];
    const isSimple = member.shape.kind === "string" || member.shape.kind === "number";
    if (text !== undefined && isSimple) fields[member.name] = parseScalar(member, text);
  }
  return fields;
}

const ofSignature =
  /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256)$/;

/** Presigned URLs may carry S3's own headers in their query string. */
function withQueryHeaders(
  query: DecodeRequest["query"],
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!query.has("X-Amz-Signature") && !query.has("Signature")) return headers;
  const more: Record<string, string> = {};
  for (const [name, [value = ""]] of query) {
    const lower = name.toLowerCase();
    const isHeader =
      (lower.startsWith("x-amz-") && !ofSignature.test(lower)) ||
      lower === "if-match" ||
      lower === "if-none-match";
    if (isHeader) more[lower] = value;
  }
  return { ...more, ...headers };
}

/** S3 words its own refusal of what is no number. */
function parseQuery(service: string, member: Member, text: string): unknown {
  if (service === "s3" && member.shape.kind === "number" && text === "") return undefined;
  if (service !== "s3" || member.shape.kind !== "number" || /^-?\d{1,10}$/.test(text))
    return parseScalar(member, text);
  const name = member.traits.httpQuery ?? "";
  throw new AwsError("InvalidArgument", `Provided ${name} not an integer or within integer range`, {
    status: 400,
    members: { ArgumentName: name, ArgumentValue: text },
  });
}

/** The input of a REST request. */
export function readRequest(request: DecodeRequest, format: BodyFormat): Fields {
  const { operation, labels, query, body } = request;
  const headers =
    operation.service.name === "s3" ? withQueryHeaders(query, request.headers) : request.headers;
  const plan = planOf(operation.input, "input");
  const input: Fields = {};
  const set = (member: Member, value: unknown) => {
    if (value !== undefined) input[member.name] = value;
  };
  if (plan.body && body instanceof Uint8Array && body.length > 0) {
    Object.assign(input, format.readBody(plan.body, body));
  } else if (plan.body && query.size > 0) {
    Object.assign(input, readFormerQuery(plan.body, query));
  }
  for (const member of plan.labels) {
    const text = labels[member.name];
    if (text !== undefined) set(member, parseScalar(member, text));
  }
  for (const member of plan.queries) {
    const texts = query.get(member.traits.httpQuery ?? "");
    if (texts === undefined) continue;
    const { item, kind } = member.shape;
    set(
      member,
      kind === "list"
        ? texts.map((text) => parseScalar(item, text))
        : parseQuery(operation.service.name, member, texts[0] ?? ""),
    );
  }
  for (const member of plan.headers) {
    const text = headers[member.traits.httpHeader?.toLowerCase() ?? ""];
    if (text !== undefined) set(member, parseHeader(member, text));
  }
  for (const member of plan.prefixed)
    set(member, readPrefixed(member.traits.httpPrefixHeaders ?? "", headers));
  if (plan.queryParams) set(plan.queryParams, readQueryParams(plan.queryParams, plan, request));
  // S3 reads headers that no model names: Referer in policies, encryption headers where they do not belong. They are
  // beside the input's members, not among them.
  if (operation.service.name === "s3") Object.defineProperty(input, "$headers", { value: headers });
  if (operation.service.name === "s3" && plan.payload?.shape.kind === "blob") {
    const length = decodedLength(headers);
    if (length !== undefined) input["ContentLength"] = length;
    set(plan.payload, streamingBody(body, headers));
  } else if (plan.payload) set(plan.payload, readPayload(plan.payload, body, format));
  return input;
}

export interface BoundResponse {
  readonly status: number | undefined;
  readonly headers: Record<string, string>;
  readonly payload: Member | undefined;
  readonly body: Shape | undefined;
}

/** Headers and status of an answer, and what is left for its body. */
export function bindResponse(shape: Shape, output: Fields): BoundResponse {
  const plan = planOf(shape, "output");
  const headers: Record<string, string> = {};
  for (const member of plan.headers) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    headers[member.traits.httpHeader?.toLowerCase() ?? ""] = formatHeader(member, value);
  }
  for (const member of plan.prefixed) {
    for (const [name, value] of Object.entries(output[member.name] ?? {})) {
      headers[`${member.traits.httpPrefixHeaders}${name}`.toLowerCase()] = String(value);
    }
  }
  const status = plan.statusMember && output[plan.statusMember.name];
  return {
    status: typeof status === "number" ? status : undefined,
    headers,
    payload: plan.payload,
    body: plan.body,
  };
}

/** Whether the body of a request is handed to the operation as it arrives. */
export function isStreamingInput(operation: OperationModel): boolean {
  return planOf(operation.input, "input").payload?.shape.isStreaming ?? false;
}
