/** A child process in its own process group, whose output is heard by whoever listens at the moment. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether file descriptor 3 is a pipe to us. */
  readonly pipe: boolean;
}

export class Child {
  readonly process: ChildProcess;
  exited: { readonly code: number | null; readonly signal: string | null } | undefined;
  /** Receives lines of stdout and stderr that did not come as frames. */
  onOutput: (line: string) => void = () => {};
  readonly #gone: (() => void)[] = [];

  constructor(options: ChildOptions) {
    this.process = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env: { ...options.environment },
      stdio: ["ignore", "pipe", "pipe", options.pipe ? "pipe" : "ignore"],
      detached: true,
    });
    for (const stream of [this.process.stdout, this.process.stderr]) if (stream) this.#listen(stream);
    this.process.on("error", () => this.#exit(null, "spawn failed"));
    // "close" comes after the last output; a grandchild that keeps the pipes open must not delay the verdict for ever.
    this.process.on("close", (code, signal) => this.#exit(code, signal));
    this.process.on("exit", (code, signal) =>
      setImmediate(() => setImmediate(() => this.#exit(code, signal))),
    );
  }

  whenGone(then: () => void): void {
    if (this.exited === undefined) this.#gone.push(then);
    else queueMicrotask(then);
  }

  /** While busy, a child keeps the parent's event loop alive. */
  busy(busy: boolean): void {
    const handles = [this.process, ...this.process.stdio] as ({ ref?(): void; unref?(): void } | null)[];
    for (const handle of handles) {
      if (busy) handle?.ref?.();
      else handle?.unref?.();
    }
  }

  kill(): void {
    if (this.exited !== undefined || this.process.pid === undefined) return;
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      this.process.kill("SIGKILL");
    }
  }

  #listen(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.onOutput(`${line}\n`);
    });
    stream.on("end", () => {
      if (rest !== "") this.onOutput(rest);
      rest = "";
    });
    stream.on("error", () => {});
  }

  #exit(code: number | null, signal: string | null): void {
    if (this.exited !== undefined) return;
    this.exited = { code, signal };
    for (const then of this.#gone.splice(0)) then();
  }
}
