/**
 * What extensions hear of an instance: the Telemetry API, and the Logs API it replaced. A subscription buffers events and
 * posts them to the extension's own listener.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
import { request } from "node:http";
import type { Clock } from "../kernel/clock.ts";

export type TelemetryType = "platform" | "function" | "extension";

export interface TelemetryEvent {
  readonly time: string;
  /** `platform.start`, `function`, … */
  readonly type: string;
  readonly record: unknown;
}

export interface Subscription {
  readonly types: readonly TelemetryType[];
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly uri: URL;
}

const types: ReadonlySet<unknown> = new Set(["platform", "function", "extension"]);

interface SubscriptionInput {
  readonly types?: unknown;
  readonly buffering?: Readonly<Record<string, unknown>>;
  readonly destination?: { readonly protocol?: unknown; readonly URI?: unknown };
}

/** Undefined, or a sentence that says what is wrong with it. */
export function parseSubscription(text: string): Subscription | string {
  let input: SubscriptionInput;
  try {
    input = JSON.parse(text) as SubscriptionInput;
  } catch {
    return "The request body is not valid JSON";
  }
  const wanted = input.types;
  if (!Array.isArray(wanted) || wanted.length === 0 || !wanted.every((type) => types.has(type))) {
    return "types must be a list of platform, function and extension";
  }
  const { protocol, URI } = input.destination ?? {};
  if (protocol !== "HTTP") return "Awan delivers telemetry over HTTP: destination.protocol must be HTTP";
  if (typeof URI !== "string" || !URL.canParse(URI)) return "destination.URI is required";
  const uri = new URL(URI);
  // The name AWS gives an instance's own address.
  if (uri.hostname === "sandbox.localdomain" || uri.hostname === "sandbox") uri.hostname = "127.0.0.1";
  const maxItems = numberIn(input.buffering?.["maxItems"], 1000, 10_000, 10_000);
  const maxBytes = numberIn(input.buffering?.["maxBytes"], 262_144, 1_048_576, 262_144);
  const timeoutMs = numberIn(input.buffering?.["timeoutMs"], 25, 30_000, 1000);
  if (maxItems === undefined) return "buffering.maxItems must be from 1000 to 10000";
  if (maxBytes === undefined) return "buffering.maxBytes must be from 262144 to 1048576";
  if (timeoutMs === undefined) return "buffering.timeoutMs must be from 25 to 30000";
  return { types: wanted as TelemetryType[], maxItems, maxBytes, timeoutMs, uri };
}

function numberIn(value: unknown, min: number, max: number, missing: number): number | undefined {
  if (value === undefined) return missing;
  return typeof value === "number" && value >= min && value <= max ? value : undefined;
}

/** Buffers events for one subscription. */
export class Subscriber {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  #events: string[] = [];
  #bytes = 0;
  #cancel: (() => void) | undefined;
  #posted: Promise<void> = Promise.resolve();

  constructor(subscription: Subscription, clock: Clock) {
    this.#subscription = subscription;
    this.#clock = clock;
  }

  hear(event: TelemetryEvent): void {
    const { types: wanted, maxItems, maxBytes, timeoutMs } = this.#subscription;
    const type = event.type.startsWith("platform.") ? "platform" : (event.type as TelemetryType);
    if (!wanted.includes(type)) return;
    const text = JSON.stringify(event);
    this.#events.push(text);
    this.#bytes += text.length;
    if (this.#events.length >= maxItems || this.#bytes >= maxBytes) void this.flush();
    else this.#cancel ??= this.#clock.at(this.#clock.nowMs() + timeoutMs, () => void this.flush());
  }

  /** Posts what is buffered; resolves when it, and all before it, has been received or refused. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#events.length > 0) {
      const body = `[${this.#events.join(",")}]`;
      this.#events = [];
      this.#bytes = 0;
      this.#posted = this.#posted.then(() => post(this.#subscription.uri, body));
    }
    return this.#posted;
  }
}

/** Whether it arrived changes nothing: AWS drops telemetry nobody takes. */
const post = (uri: URL, body: string): Promise<void> =>
  new Promise((resolve) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const sent = request(uri, { method: "POST", headers, timeout: 2000 }, (response) => {
      response.resume();
      response.on("close", resolve);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve());
    sent.end(body);
  });
