/**
 * A function that brings its own runtime (`provided.*`): a child process that fetches its events from the Lambda Runtime
 * API. Each instance has a server of its own, because the API's address is only a host and a port.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SystemClock } from "../kernel/system-clock.ts";
import { Child } from "./child.ts";
import type { Ending, Failure, Instance, Listener, RuntimeEvent } from "./instance.ts";

/** The deadline is for a process of this machine, which lives in its time. */
const machineClock = new SystemClock();

const preludeEnd = Buffer.alloc(8);

const deaf: Listener = { log: () => {}, prelude: () => {}, chunk: () => {} };

export interface RuntimeApiOptions {
  readonly command: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logStream: string;
}

export class RuntimeApiInstance implements Instance {
  readonly logStream: string;
  readonly #options: RuntimeApiOptions;
  readonly #server: Server;
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
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
  }

  get processId(): number | undefined {
    return this.#child?.process.pid;
  }

  async init(listener: Listener): Promise<Ending | undefined> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const { command, cwd, environment } = this.#options;
    const { port } = this.#server.address() as AddressInfo;
    return this.#ask(listener, () => {
      const child = new Child({
        command,
        args: [],
        cwd,
        environment: { ...environment, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
        pipe: false,
      });
      this.#child = child;
      child.onOutput = (line) => this.#listener.log(line);
      child.whenGone(() => {
        const exited = child.exited;
        this.#server.close();
        this.#server.closeAllConnections();
        this.#end({ kind: "exit", code: exited?.code ?? null, signal: exited?.signal ?? null });
        for (const gone of this.#gone.splice(0)) gone();
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
    this.#child?.kill();
    if (this.#child === undefined) this.#server.close();
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/^\/2018-06-01\/runtime/, "");
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
      response
        .writeHead(404, { "Content-Type": "application/json" })
        .end('{"errorType":"NotFound","errorMessage":"No such route."}');
      return;
    }
    if (about === "invocation" && requestId !== this.#event?.requestId) {
      response
        .writeHead(400, { "Content-Type": "application/json" })
        .end('{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}');
      return;
    }
    const ending =
      what === "response" ? await this.#result(request) : await failureOf(request, about === "init");
    response.writeHead(202, { "Content-Type": "application/json" }).end('{"status":"OK"}');
    this.#event = undefined;
    this.#endAfterOutput(ending);
  }

  async #result(request: IncomingMessage): Promise<Ending> {
    if (request.headers["lambda-runtime-function-response-mode"] !== "streaming") {
      return { kind: "result", payload: await buffer(request), rssBytes: 0 };
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
    return { kind: "streamed", rssBytes: 0 };
  }
}

async function failureOf(request: IncomingMessage, fatal: boolean): Promise<Ending> {
  const type = request.headers["lambda-runtime-function-error-type"];
  let failure: Failure;
  try {
    failure = JSON.parse((await buffer(request)).toString("utf8")) as Failure;
  } catch {
    failure = { errorType: typeof type === "string" ? type : "Unhandled", errorMessage: "" };
  }
  return { kind: "failure", failure, rssBytes: 0, fatal };
}
