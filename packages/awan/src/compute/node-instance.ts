/**
 * A Node.js function in a child process behind a framed pipe. A process starts generic, so that one kept spare becomes
 * any function within a millisecond or two: starting Node.js is what costs, and that is already done.
 */
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { encodeFrame, encodeInvoke, FrameReader, fromInstance, toInstance } from "./frames.ts";
import type { Ending, Failure, Instance, Listener, RuntimeEvent } from "./instance.ts";

const bootstrap = fileURLToPath(new URL("./bootstraps/node/main.cjs", import.meta.url));

/** A process that has started and waits to be told what it is. */
export class NodeProcess {
  readonly child: Child;
  readonly pipe: Socket;

  constructor(options: {
    readonly cwd: string;
    readonly flags?: readonly string[];
    readonly nodeOptions?: string;
  }) {
    const environment: Record<string, string> = {};
    for (const name of ["PATH", "HOME", "TMPDIR", "SystemRoot"]) {
      const value = process.env[name];
      if (value !== undefined) environment[name] = value;
    }
    if (options.nodeOptions !== undefined) environment["NODE_OPTIONS"] = options.nodeOptions;
    this.child = new Child({
      command: process.execPath,
      args: ["--enable-source-maps", ...(options.flags ?? []), bootstrap],
      cwd: options.cwd,
      environment,
      pipe: true,
    });
    this.pipe = this.child.process.stdio[3] as Socket;
    this.pipe.on("error", () => {});
    this.child.busy(false);
  }
}

export interface NodeInit {
  readonly environment: Readonly<Record<string, string>>;
  readonly root: string;
  readonly handler: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memorySizeMb: number;
  readonly logFormat: "Text" | "JSON";
  readonly logLevel: string;
  readonly virtual: boolean;
  readonly nowMs: number;
  readonly compileCacheDir?: string;
}

const deaf: Listener = { log: () => {}, prelude: () => {}, chunk: () => {} };

export class NodeInstance implements Instance {
  readonly logStream: string;
  readonly #node: NodeProcess;
  readonly #init: NodeInit;
  #listener = deaf;
  #settle: ((ending: Ending | undefined) => void) | undefined;

  constructor(node: NodeProcess, init: NodeInit, logStream: string) {
    this.#node = node;
    this.#init = init;
    this.logStream = logStream;
    const reader = new FrameReader((kind, body) => this.#receive(kind, body));
    node.pipe.on("data", (chunk: Buffer) => reader.push(chunk));
    node.child.onOutput = (line) => this.#listener.log(line);
    node.child.whenGone(() => {
      const exited = node.child.exited;
      this.#end({ kind: "exit", code: exited?.code ?? null, signal: exited?.signal ?? null });
    });
  }

  get processId(): number | undefined {
    return this.#node.child.process.pid;
  }

  init(listener: Listener): Promise<Ending | undefined> {
    return this.#ask(encodeFrame(toInstance.init, JSON.stringify(this.#init)), listener);
  }

  async run(event: RuntimeEvent, listener: Listener): Promise<Ending> {
    const { payload, ...header } = event;
    const ending = await this.#ask(encodeInvoke(header, payload), listener);
    return ending ?? { kind: "exit", code: null, signal: null };
  }

  end(): void {
    this.#node.child.kill();
  }

  onExit(gone: () => void): void {
    this.#node.child.whenGone(gone);
  }

  #ask(frame: Buffer, listener: Listener): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      const exited = this.#node.child.exited;
      if (exited !== undefined) {
        resolve({ kind: "exit", ...exited });
        return;
      }
      this.#listener = listener;
      this.#settle = resolve;
      this.#node.child.busy(true);
      this.#node.pipe.write(frame);
    });
  }

  #end(ending: Ending | undefined): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    this.#node.child.busy(false);
    settle(ending);
    // Output written directly to the file descriptors may still be on its way; from here on it is the next event's.
  }

  #receive(kind: number, body: Buffer): void {
    switch (kind) {
      case fromInstance.ready:
        this.#end(undefined);
        return;
      case fromInstance.initError:
      case fromInstance.failure: {
        const told = JSON.parse(body.toString("utf8")) as { rss: number; error: Failure; fatal?: boolean };
        const fatal = kind === fromInstance.initError || told.fatal === true;
        this.#end({ kind: "failure", failure: told.error, rssBytes: told.rss * 1024, fatal });
        return;
      }
      case fromInstance.result:
        this.#end({ kind: "result", payload: body.subarray(4), rssBytes: body.readUInt32LE(0) * 1024 });
        return;
      case fromInstance.end:
        this.#end({ kind: "streamed", rssBytes: body.readUInt32LE(0) * 1024 });
        return;
      case fromInstance.log:
        this.#listener.log(body.toString("utf8"));
        return;
      case fromInstance.prelude:
        this.#listener.prelude(body.toString("utf8"));
        return;
      case fromInstance.chunk:
        this.#listener.chunk(body);
        return;
      default:
    }
  }
}
