/**
 * The Extensions API, and the processes of external extensions (`/opt/extensions/*` of the layers). They are part of an
 * instance's life: the init phase ends, and so does every event, when each of them has asked for what comes next.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { FunctionSpec } from "../host/functions.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import { Child } from "./child.ts";
import type { EndReason, Ending, RuntimeEvent } from "./instance.ts";
import { refuse, reply, type RuntimeServer } from "./runtime-server.ts";
import { parseSubscription, Subscriber, type TelemetryEvent } from "./telemetry.ts";

export interface ExtensionsOptions {
  readonly spec: FunctionSpec;
  readonly server: RuntimeServer;
  /** The machine's. */
  readonly clock: Clock;
  readonly random: Random;
  /** Programs to start; the file's name is the extension's. */
  readonly programs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
}

type EventKind = "INVOKE" | "SHUTDOWN";

interface Extension {
  readonly name: string;
  readonly id: string;
  readonly events: readonly EventKind[];
  /** It waits for what comes next. */
  next: ServerResponse | undefined;
  readonly subscribers: Subscriber[];
}

/** How long extensions have for their end. */
const shutdownMsMax = 2000;

/** The programs in `/opt/extensions` that can be run. */
export function extensionPrograms(layersRoot: string | undefined): string[] {
  if (layersRoot === undefined) return [];
  const directory = join(layersRoot, "extensions");
  try {
    return readdirSync(directory)
      .toSorted()
      .map((name) => join(directory, name))
      .filter((file) => statSync(file).isFile() && isExecutable(file));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const nameOf = (program: string): string => program.slice(program.lastIndexOf("/") + 1);

export class Extensions {
  /** Receives lines for the function's log. */
  onLog: (message: string) => void = () => {};
  readonly #options: ExtensionsOptions;
  readonly #extensions: Extension[] = [];
  readonly #children = new Map<string, Child>();
  /** Told when an extension has asked for what comes next, has failed or has gone. */
  #changed: () => void = () => {};
  #failure: Ending | undefined;
  /** What was told before the first event: who subscribes in the init phase hears it from its beginning. */
  #early: TelemetryEvent[] | undefined = [];
  #isEnding = false;

  constructor(options: ExtensionsOptions) {
    this.#options = options;
    const { server } = options;
    server.route("/2020-01-01/extension", (...exchange) => this.#answer(...exchange));
    for (const prefix of ["/2022-07-01/telemetry", "/2020-08-15/logs"]) {
      server.route(prefix, (request, response) => this.#subscribe(request, response));
    }
  }

  /** Starts the programs; resolves when all have registered, or with why one has not. */
  async start(): Promise<Ending | undefined> {
    const { programs, cwd, environment } = this.#options;
    for (const command of programs) {
      const name = nameOf(command);
      const child = new Child({ command, args: [], cwd, environment, pipe: false });
      this.#children.set(name, child);
      child.onOutput = (line) => {
        this.onLog(line);
        this.tell("extension", line);
      };
      child.whenGone(() => this.#gone(name, child));
    }
    return this.#until(() => programs.every((program) => this.#named(nameOf(program)) !== undefined));
  }

  /** Resolves when every extension waits for what comes next, or with why one never will. */
  idle(): Promise<Ending | undefined> {
    return this.#until(() => this.#extensions.every(({ next }) => next !== undefined));
  }

  /** Hands the event to those that registered for it. */
  invoke(event: RuntimeEvent): void {
    this.#early = undefined;
    for (const extension of this.#extensions) {
      if (!extension.events.includes("INVOKE")) continue;
      this.#give(extension, {
        eventType: "INVOKE",
        deadlineMs: this.#options.clock.nowMs() + event.timeoutMs,
        requestId: event.requestId,
        invokedFunctionArn: event.invokedArn,
        tracing: { type: "X-Amzn-Trace-Id", value: event.traceHeader },
      });
    }
  }

  /** Tells the extensions to end, and ends those that have not after two seconds. */
  async end(shutdownReason: EndReason): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#failure ??= { kind: "exit", code: null, signal: null };
    this.#changed();
    const { clock, server } = this.#options;
    await Promise.all(this.#extensions.flatMap(({ subscribers }) => subscribers.map((each) => each.flush())));
    for (const extension of this.#extensions) {
      if (!extension.events.includes("SHUTDOWN")) continue;
      const deadlineMs = clock.nowMs() + shutdownMsMax;
      this.#give(extension, { eventType: "SHUTDOWN", shutdownReason, deadlineMs });
    }
    const waits = [...this.#children].filter(([name]) => this.#named(name)?.events.includes("SHUTDOWN"));
    await new Promise<void>((resolve) => {
      const cancel = clock.at(clock.nowMs() + shutdownMsMax, resolve);
      let left = waits.length;
      const gone = (): void => {
        left -= 1;
        if (left > 0) return;
        cancel();
        resolve();
      };
      for (const [, child] of waits) child.whenGone(gone);
      if (left === 0) {
        left = 1;
        gone();
      }
    });
    for (const child of this.#children.values()) child.kill();
    server.close();
  }

  /** Tells whoever subscribed. */
  tell(type: string, record: unknown): void {
    const event: TelemetryEvent = {
      time: new Date(this.#options.clock.nowMs()).toISOString(),
      type,
      record,
    };
    this.#early?.push(event);
    for (const { subscribers } of this.#extensions) for (const each of subscribers) each.hear(event);
  }

  #named(name: string): Extension | undefined {
    return this.#extensions.find((extension) => extension.name === name);
  }

  #until(condition: () => boolean): Promise<Ending | undefined> {
    const busy = (isBusy: boolean): void => {
      for (const child of this.#children.values()) child.busy(isBusy);
    };
    busy(true);
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#failure === undefined && !condition()) return;
        this.#changed = () => {};
        busy(false);
        resolve(this.#failure);
      };
      this.#changed = look;
      look();
    });
  }

  #fail(errorType: string, errorMessage: string): void {
    this.#failure ??= { kind: "failure", failure: { errorType, errorMessage }, rssBytes: 0, fatal: true };
    this.#changed();
  }

  #gone(name: string, child: Child): void {
    if (this.#isEnding) return;
    const { code, signal } = child.exited ?? {};
    const how = typeof code === "number" ? `exit status ${code}` : `signal: ${signal ?? "unknown"}`;
    this.#state(name, "LaunchError", []);
    this.#fail("Extension.Crash", `Extension ${name} exited: ${how}`);
  }

  /** The line and the event that tell an extension's state. */
  #state(name: string, state: string, events: readonly string[]): void {
    this.onLog(`EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(", ")}]\n`);
    this.tell("platform.extension", { name, state, events });
  }

  #give(extension: Extension, event: object): void {
    const response = extension.next;
    if (response === undefined) return;
    extension.next = undefined;
    response.setHeader("Lambda-Extension-Event-Identifier", this.#options.random.uuid());
    reply(response, 200, event);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const route = `${request.method} ${path}`;
    if (route === "POST /register") {
      await this.#register(request, response);
      return;
    }
    const extension = this.#identified(request, response);
    if (extension === undefined) return;
    if (route === "GET /event/next") {
      if (
        extension.subscribers.length === 0 &&
        extension.next === undefined &&
        !this.#hasAsked.has(extension)
      ) {
        this.#state(extension.name, "Ready", extension.events);
      }
      this.#hasAsked.add(extension);
      extension.next = response;
      this.#changed();
    } else if (route === "POST /init/error" || route === "POST /exit/error") {
      const type = request.headers["lambda-extension-function-error-type"];
      const body = await text(request);
      reply(response, 202, { status: "OK" });
      const isInit = path === "/init/error";
      const fallback = isInit ? "Extension.InitError" : "Extension.ExitError";
      this.#state(extension.name, isInit ? "InitError" : "ExitError", extension.events);
      this.#fail(typeof type === "string" ? type : fallback, messageOf(body));
    } else {
      refuse(response, 404, "NotFound", "No such route.");
    }
  }

  readonly #hasAsked = new WeakSet<Extension>();

  async #register(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.headers["lambda-extension-name"];
    const events = eventsOf(await text(request));
    if (typeof name !== "string" || name === "") {
      refuse(response, 403, "Extension.InvalidExtensionName", "Lambda-Extension-Name header is required");
      return;
    }
    if (events === undefined) {
      refuse(response, 400, "Extension.InvalidEventType", "events must be a list of INVOKE and SHUTDOWN");
      return;
    }
    const isExternal = this.#children.has(name);
    if (!isExternal && events.includes("SHUTDOWN")) {
      refuse(
        response,
        403,
        "ShutdownEventNotSupportedForInternalExtension",
        "Internal extensions hear INVOKE only",
      );
      return;
    }
    if (this.#named(name) !== undefined) {
      refuse(response, 403, "Extension.AlreadyRegistered", `Extension ${name} is registered`);
      return;
    }
    const { spec, random } = this.#options;
    const extension = { name, id: random.uuid(), events, next: undefined, subscribers: [] };
    this.#extensions.push(extension);
    const features = String(request.headers["lambda-extension-accept-feature"] ?? "");
    response.setHeader("Lambda-Extension-Identifier", extension.id);
    reply(response, 200, {
      functionName: spec.name,
      functionVersion: spec.version,
      handler: spec.handler,
      ...(features.includes("accountId") ? { accountId: spec.accountId } : {}),
    });
    this.#changed();
  }

  async #subscribe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const extension = this.#identified(request, response);
    if (extension === undefined) return;
    if (request.method !== "PUT") {
      refuse(response, 404, "NotFound", "No such route.");
      return;
    }
    const subscription = parseSubscription(await text(request));
    if (typeof subscription === "string") {
      refuse(response, 400, "ValidationError", subscription);
      return;
    }
    const subscriber = new Subscriber(subscription, this.#options.clock);
    for (const event of this.#early ?? []) subscriber.hear(event);
    extension.subscribers.splice(0, Infinity, subscriber);
    const { name } = extension;
    const types = subscription.types.map((type) => `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`);
    this.onLog(`TELEMETRY\tName: ${name}\tState: Subscribed\tTypes: [${types.join(", ")}]\n`);
    reply(response, 200, "OK");
    this.tell("platform.telemetrySubscription", { name, state: "Subscribed", types: subscription.types });
  }

  #identified(request: IncomingMessage, response: ServerResponse): Extension | undefined {
    const id = request.headers["lambda-extension-identifier"];
    const extension = this.#extensions.find((each) => each.id === id);
    if (extension === undefined) {
      const missing = id === undefined;
      const type = missing ? "Extension.MissingExtensionIdentifier" : "Extension.UnknownExtensionIdentifier";
      refuse(response, 403, type, missing ? "Missing identifier" : `Unknown identifier: ${String(id)}`);
    }
    return extension;
  }
}

function eventsOf(body: string): EventKind[] | undefined {
  try {
    const { events = [] } = JSON.parse(body) as { events?: unknown };
    if (!Array.isArray(events)) return undefined;
    return events.every((event) => event === "INVOKE" || event === "SHUTDOWN") ? events : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { errorMessage?: string }).errorMessage ?? body;
  } catch {
    return body;
  }
}
