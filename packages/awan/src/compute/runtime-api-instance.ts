/**
 * A function that brings its own runtime (`provided.*`): a child process that fetches its events from the Lambda Runtime
 * API.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { SystemClock } from "../kernel/system-clock.ts";
import { Child } from "./child.ts";
import type { Ending, Failure, Instance, Listener, RuntimeEvent } from "./instance.ts";
import { refuse, reply, type RuntimeServer } from "./runtime-server.ts";
import { residentBytes } from "./watch.ts";

/** The deadline is for a process of this machine, which lives in its time. */
const machineClock = new SystemClock();

const preludeEnd = Buffer.alloc(8);

const deaf: Listener = { log: () => {}, prelude: () => {}, chunk: () => {} };

export interface RuntimeApiOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Listening. Closed when the process has gone, unless others use it too. */
  readonly server: RuntimeServer;
  readonly isServerShared: boolean;
  /** Ends what ending the process leaves behind. */
  readonly kill?: () => void;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logStream: string;
}

export class RuntimeApiInstance implements Instance {
  readonly logStream: string;
  readonly #options: RuntimeApiOptions;
  readonly #gone: (() => void)[] = [];
  #child: Child | undefined;
  #listener = deaf;
  #settle: ((ending: Ending | undefined) => void) | undefined;
  /** The runtime waits for an event. */
  #next: ServerResponse | undefined;
  #event: RuntimeEvent | undefined;
  #hasAsked = false;

  constructor(options: RuntimeApiOptions) {
    this.#options = options;
    this.logStream = options.logStream;
    options.server.route("/2018-06-01/runtime", (request, response, path) =>
      this.#answer(request, response, path),
    );
  }

  get processId(): number | undefined {
    return this.#child?.process.pid;
  }

  async init(listener: Listener): Promise<Ending | undefined> {
    const { command, args, cwd, environment, server, isServerShared } = this.#options;
    return this.#ask(listener, () => {
      const child = new Child({
        command,
        args,
        cwd,
        environment: { ...environment, AWS_LAMBDA_RUNTIME_API: server.address },
        pipe: false,
      });
      this.#child = child;
      child.onOutput = (line) => this.#listener.log(line);
      child.whenGone(() => {
        const exited = child.exited;
        this.#end({ kind: "exit", code: exited?.code ?? null, signal: exited?.signal ?? null });
        for (const gone of this.#gone.splice(0)) gone();
        if (!isServerShared) server.close();
      });
    });
  }

  async run(event: RuntimeEvent, listener: Listener): Promise<Ending> {
    const ending = await this.#ask(listener, () => {
      this.#event = event;
      this.#deliver();
    });
    return ending ?? { kind: "exit", code: null, signal: null };
  }

  end(): void {
    this.#options.kill?.();
    this.#child?.kill();
    if (this.#child === undefined && !this.#options.isServerShared) this.#options.server.close();
  }

  onExit(gone: () => void): void {
    this.#gone.push(gone);
  }

  #ask(listener: Listener, start: () => void): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      const exited = this.#child?.exited;
      if (exited !== undefined) {
        resolve({ kind: "exit", ...exited });
        return;
      }
      this.#listener = listener;
      this.#settle = resolve;
      start();
      this.#child?.busy(true);
    });
  }

  #end(ending: Ending | undefined): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    this.#child?.busy(false);
    settle(ending);
  }

  /** What was printed before the answer is in the pipe already: it is read first. */
  #endAfterOutput(ending: Ending): void {
    setImmediate(() => setImmediate(() => this.#end(ending)));
  }

  #deliver(): void {
    const response = this.#next;
    const event = this.#event;
    if (response === undefined || event === undefined) return;
    this.#next = undefined;
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": event.requestId,
      "Lambda-Runtime-Deadline-Ms": String(machineClock.nowMs() + event.timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": event.invokedArn,
      "Lambda-Runtime-Trace-Id": event.traceHeader,
    };
    if (event.clientContext !== undefined) headers["Lambda-Runtime-Client-Context"] = event.clientContext;
    if (event.identity !== undefined) headers["Lambda-Runtime-Cognito-Identity"] = event.identity;
    response.writeHead(200, headers).end(event.payload);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method === "GET" && path === "/invocation/next") {
      this.#next = response;
      if (this.#hasAsked) this.#deliver();
      else {
        this.#hasAsked = true;
        this.#end(undefined);
      }
      return;
    }
    const [, about, requestId, what] =
      /^\/(init|invocation)(?:\/([^/]+))?\/(response|error)$/.exec(path) ?? [];
    if (request.method !== "POST" || what === undefined) {
      refuse(response, 404, "NotFound", "No such route.");
      return;
    }
    if (about === "invocation" && requestId !== this.#event?.requestId) {
      refuse(response, 400, "InvalidRequestID", "Invalid request ID");
      return;
    }
    const ending =
      what === "response"
        ? await this.#result(request)
        : await failureOf(request, about === "init", this.processId);
    reply(response, 202, { status: "OK" });
    this.#event = undefined;
    this.#endAfterOutput(ending);
  }

  async #result(request: IncomingMessage): Promise<Ending> {
    if (request.headers["lambda-runtime-function-response-mode"] !== "streaming") {
      return { kind: "result", payload: await buffer(request), rssBytes: residentBytes(this.processId) };
    }
    let head =
      request.headers["content-type"] === "application/vnd.awslambda.http-integration-response"
        ? Buffer.alloc(0)
        : undefined;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (head === undefined) {
        this.#listener.chunk(chunk);
        continue;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(preludeEnd);
      if (end === -1) continue;
      this.#listener.prelude(head.toString("utf8", 0, end));
      if (head.length > end + 8) this.#listener.chunk(head.subarray(end + 8));
      head = undefined;
    }
    return { kind: "streamed", rssBytes: residentBytes(this.processId) };
  }
}

async function failureOf(
  request: IncomingMessage,
  fatal: boolean,
  processId: number | undefined,
): Promise<Ending> {
  const type = request.headers["lambda-runtime-function-error-type"];
  let failure: Failure;
  try {
    failure = JSON.parse((await buffer(request)).toString("utf8")) as Failure;
  } catch {
    failure = { errorType: typeof type === "string" ? type : "Unhandled", errorMessage: "" };
  }
  return { kind: "failure", failure, rssBytes: residentBytes(processId), fatal };
}
