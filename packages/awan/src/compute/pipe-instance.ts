/**
 * A function in a child process behind a framed pipe. A process starts generic, so that one kept spare becomes any
 * function within a millisecond or two: starting the interpreter is what costs, and that is already done.
 */
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { encodeFrame, encodeInvoke, FrameReader, fromInstance, toInstance } from "./frames.ts";
import type { Command, Sandbox } from "./sandbox.ts";
import type { Ending, Failure, Instance, Listener, RuntimeEvent } from "./instance.ts";

const nodeBootstrap = fileURLToPath(new URL("./bootstraps/node/main.cjs", import.meta.url));
const pythonBootstrap = fileURLToPath(new URL("./bootstraps/python/main.py", import.meta.url));

export interface PipeProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process that has started and waits to be told what it is. */
export class PipeProcess {
  readonly child: Child;
  readonly pipe: Socket;

  constructor(options: PipeProcessOptions) {
    const environment: Record<string, string> = {};
    for (const name of ["PATH", "HOME", "TMPDIR", "SystemRoot", "LD_LIBRARY_PATH"]) {
      const value = process.env[name];
      if (value !== undefined) environment[name] = value;
    }
    this.child = new Child({
      ...options,
      environment: { ...environment, ...options.environment },
      pipe: true,
    });
    this.pipe = this.child.process.stdio[3] as Socket;
    this.pipe.on("error", () => {});
    this.child.busy(false);
  }
}

/** What a spare cannot have. */
export interface SpecialProcess {
  readonly flags?: readonly string[];
  /** The function's own NODE_OPTIONS. */
  readonly nodeOptions?: string;
  readonly sandbox?: Sandbox | undefined;
}

const enclosed = (command: Command, sandbox: Sandbox | undefined): Command =>
  sandbox === undefined ? command : sandbox.enclose(command);

/** Node.js: the one that runs Awan. */
export function nodeProcess(cwd: string, special: SpecialProcess = {}): PipeProcess {
  const args = ["--enable-source-maps", ...(special.flags ?? []), nodeBootstrap];
  return new PipeProcess({
    ...enclosed({ command: process.execPath, args }, special.sandbox),
    cwd,
    ...(special.nodeOptions === undefined ? {} : { environment: { NODE_OPTIONS: special.nodeOptions } }),
  });
}

export const pythonProcess = (cwd: string, interpreter: string, sandbox?: Sandbox): PipeProcess =>
  new PipeProcess({ ...enclosed({ command: interpreter, args: ["-u", pythonBootstrap] }, sandbox), cwd });

export interface PipeInit {
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

export class PipeInstance implements Instance {
  readonly logStream: string;
  readonly #process: PipeProcess;
  readonly #init: PipeInit;
  #listener = deaf;
  #settle: ((ending: Ending | undefined) => void) | undefined;

  constructor(process: PipeProcess, init: PipeInit, logStream: string) {
    this.#process = process;
    this.#init = init;
    this.logStream = logStream;
    const reader = new FrameReader((kind, body) => this.#receive(kind, body));
    process.pipe.on("data", (chunk: Buffer) => reader.push(chunk));
    process.child.onOutput = (line) => this.#listener.log(line);
    process.child.whenGone(() => {
      const exited = process.child.exited;
      this.#end({ kind: "exit", code: exited?.code ?? null, signal: exited?.signal ?? null });
    });
  }

  get processId(): number | undefined {
    return this.#process.child.process.pid;
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
    this.#process.child.kill();
  }

  onExit(gone: () => void): void {
    this.#process.child.whenGone(gone);
  }

  #ask(frame: Buffer, listener: Listener): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      const exited = this.#process.child.exited;
      if (exited !== undefined) {
        resolve({ kind: "exit", ...exited });
        return;
      }
      this.#listener = listener;
      this.#settle = resolve;
      this.#process.child.busy(true);
      this.#process.pipe.write(frame);
    });
  }

  #end(ending: Ending | undefined): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    this.#process.child.busy(false);
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
