/**
 * A fork of an application whose process can be made to die at a commit to come, and which then comes back from the rows
 * that commit left: later, with other luck, and with nobody having heard what was answered meanwhile.
 */
import type { App } from "awan/testing";
import type { Engine } from "../../packages/awan/src/store/engine.ts";
import { CrashEngine } from "./crash-engine.ts";

export class MortalApp implements AsyncDisposable {
  readonly app: App;
  #engine: CrashEngine;
  #lives = 1;

  private constructor(app: App, engine: CrashEngine) {
    this.app = app;
    this.#engine = engine;
  }

  static async forkOf(base: App, seed: number): Promise<MortalApp> {
    let engine: CrashEngine | undefined;
    const app = await base.fork({ seed, rows: (rows) => (engine = new CrashEngine(rows, 0)) });
    return new MortalApp(app, engine as CrashEngine);
  }

  get lives(): number {
    return this.#lives;
  }

  dieAfter(commits: number): void {
    this.#engine.dieAfter(commits);
  }

  /** What is answered from then on, nobody hears. */
  get isDead(): boolean {
    return this.#engine.hasCrashed;
  }

  /** An operation; `unheard` when the process died before its answer left, refusals as `{ code }`. */
  async call(service: string, operation: string, input: object): Promise<Heard> {
    let answer: Heard;
    try {
      answer = { ok: true, output: await this.app.platform.invoke(service, operation, input) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      answer = { ok: false, code: String(error.code) };
    }
    return this.isDead ? "unheard" : answer;
  }

  async revive(): Promise<void> {
    const rows = this.#engine.crashed as Engine;
    this.#lives += 1;
    const fork = (): Engine => (this.#engine = new CrashEngine(rows, 0));
    await this.app.restore({
      nowMs: this.app.clock.nowMs(),
      seed: this.app.seed + this.#lives,
      engine: { fork } as unknown as Engine,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.app.close();
  }
}

export type Heard =
  | { readonly ok: true; readonly output: Record<string, unknown> }
  | { readonly ok: false; readonly code: string }
  | "unheard";
