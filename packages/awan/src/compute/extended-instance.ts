/** An instance with extensions beside it: each of its phases lasts until they are ready for the next. */
import type { FunctionSpec } from "../host/functions.ts";
import type { Extensions } from "./extensions.ts";
import type { EndReason, Ending, Instance, Listener, RuntimeEvent } from "./instance.ts";

const mebibyte = 1024 * 1024;
/** Of no particular origin: for durations. */
const milliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

export class ExtendedInstance implements Instance {
  readonly #spec: FunctionSpec;
  readonly #inner: Instance;
  readonly #extensions: Extensions;
  #initMs = 0;
  /** Who hears what extensions write; between events nobody does, and the next event's log has it. */
  #listener: Listener | undefined;
  #unheard: string[] = [];

  constructor(spec: FunctionSpec, inner: Instance, extensions: Extensions) {
    this.#spec = spec;
    this.#inner = inner;
    this.#extensions = extensions;
    extensions.onLog = (message) => {
      if (this.#listener === undefined) this.#unheard.push(message);
      else this.#listener.log(message);
    };
    inner.onExit(() => void this.#extensions.end("FAILURE"));
  }

  get logStream(): string {
    return this.#inner.logStream;
  }

  get processId(): number | undefined {
    return this.#inner.processId;
  }

  async init(listener: Listener): Promise<Ending | undefined> {
    this.#listen(listener);
    const startedAt = milliseconds();
    const phase = { initializationType: "on-demand", phase: "init" };
    const failed = await this.#extensions.start();
    if (failed !== undefined) return failed;
    const { name: functionName, version: functionVersion, runtime } = this.#spec;
    const runtimeVersion = `${runtime}:awan`;
    this.#extensions.tell("platform.initStart", { ...phase, runtimeVersion, functionName, functionVersion });
    const ending = await this.#inner.init(this.#heard(listener));
    this.#extensions.tell("platform.initRuntimeDone", {
      ...phase,
      status: ending === undefined ? "success" : "error",
    });
    const late = ending ?? (await this.#extensions.idle());
    this.#initMs = milliseconds() - startedAt;
    this.#extensions.tell("platform.initReport", { ...phase, metrics: { durationMs: round(this.#initMs) } });
    return late;
  }

  async run(event: RuntimeEvent, listener: Listener): Promise<Ending> {
    const { requestId } = event;
    this.#listen(listener);
    const startedAt = milliseconds();
    const tracing = { type: "X-Amzn-Trace-Id", value: event.traceHeader };
    this.#extensions.tell("platform.start", { requestId, version: this.#spec.version, tracing });
    this.#extensions.invoke(event);
    const ending = await this.#inner.run(event, this.#heard(listener));
    const runtimeMs = milliseconds() - startedAt;
    const status = statusOf(ending);
    const producedBytes = ending.kind === "result" ? ending.payload.byteLength : 0;
    this.#extensions.tell("platform.runtimeDone", {
      requestId,
      status,
      tracing,
      metrics: { durationMs: round(runtimeMs), producedBytes },
    });
    const failed = ending.kind === "exit" ? undefined : await this.#extensions.idle();
    const durationMs = milliseconds() - startedAt;
    const isFirst = this.#initMs > 0;
    this.#extensions.tell("platform.report", {
      requestId,
      status,
      tracing,
      metrics: {
        durationMs: round(durationMs),
        billedDurationMs: Math.ceil(durationMs),
        memorySizeMB: this.#spec.memorySizeMb,
        maxMemoryUsedMB:
          "rssBytes" in ending ? Math.ceil(ending.rssBytes / mebibyte) : this.#spec.memorySizeMb,
        ...(isFirst ? { initDurationMs: round(this.#initMs) } : {}),
      },
    });
    this.#initMs = 0;
    this.#listener = undefined;
    return failed ?? ending;
  }

  async end(reason: EndReason = "SPINDOWN"): Promise<void> {
    const ended = this.#extensions.end(reason);
    void this.#inner.end(reason);
    await ended;
  }

  onExit(gone: () => void): void {
    this.#inner.onExit(gone);
  }

  #listen(listener: Listener): void {
    this.#listener = listener;
    for (const message of this.#unheard.splice(0)) listener.log(message);
  }

  /** What the function writes is heard by its extensions too. */
  #heard(listener: Listener): Listener {
    return {
      log: (message) => {
        listener.log(message);
        this.#extensions.tell("function", message);
      },
      prelude: (json) => listener.prelude(json),
      chunk: (bytes) => listener.chunk(bytes),
    };
  }
}

const round = (ms: number): number => Number(ms.toFixed(3));

function statusOf(ending: Ending): string {
  if (ending.kind === "failure") return "error";
  return ending.kind === "exit" ? "failure" : "success";
}
