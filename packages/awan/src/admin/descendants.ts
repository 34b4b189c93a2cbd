/** Forks and snapshots of a running cloud, as the admin API hands them out: by name, forks with a port of their own. */
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ForkOptions, Platform } from "../host/platform.ts";
import { isMovable, ManualClock } from "../kernel/clock.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { newSeed } from "../kernel/system-secrets.ts";
import { applySnapshot, readSnapshot, takeSnapshot } from "./snapshots.ts";

/** What is asked of the cloud a descendant is made of. */
export interface Ancestor {
  readonly platform: Platform;
  listen(options: {
    readonly host?: string | undefined;
    readonly port: number;
  }): Promise<{ readonly url: string }>;
  /** Ends everything but the engine. */
  halt(): Promise<void>;
  close(): Promise<void>;
}

type Changes = Pick<ForkOptions, "clock" | "seed"> & Partial<ForkOptions>;

export interface DescendantsOptions {
  readonly platform: Platform;
  /** Where snapshots are kept: a directory, or this map. */
  readonly snapshotsDir: string | undefined;
  readonly shelf: Map<string, Uint8Array>;
  readonly fork: (changes: Changes) => Ancestor;
  readonly succeed: (changes: Changes) => Ancestor;
}

const suffix = ".awan-snapshot";

export class Descendants {
  readonly #options: DescendantsOptions;
  readonly #forks = new Map<string, Ancestor>();
  #successor: Ancestor | undefined;
  #count = 0;

  constructor(options: DescendantsOptions) {
    this.#options = options;
  }

  /** A fork that listens on a port of its own. `seed` makes its chance repeatable. */
  async fork(seed: number | undefined): Promise<{ readonly name: string; readonly endpoint: string }> {
    const { platform } = this.#options;
    await platform.idle();
    const fork = this.#options.fork({ clock: clockLike(platform), seed: seed ?? newSeed() });
    const { url } = await fork.listen({ port: 0 });
    fork.platform.start();
    this.#count += 1;
    const name = String(this.#count);
    this.#forks.set(name, fork);
    return { name, endpoint: url };
  }

  async closeFork(name: string): Promise<void> {
    const fork = this.#forks.get(name);
    if (fork === undefined) throw new RangeError(`there is no fork ${name}`);
    this.#forks.delete(name);
    await fork.close();
  }

  forks(): readonly string[] {
    return [...this.#forks.keys()];
  }

  async save(name: string): Promise<{ readonly name: string; readonly sizeBytes: number }> {
    check(name);
    const { platform, snapshotsDir } = this.#options;
    await platform.idle();
    const bytes = await takeSnapshot(platform);
    if (snapshotsDir === undefined) this.#options.shelf.set(name, bytes);
    else {
      await mkdir(snapshotsDir, { recursive: true });
      const path = join(snapshotsDir, name + suffix);
      await writeFile(`${path}.new`, bytes);
      await rename(`${path}.new`, path);
    }
    return { name, sizeBytes: bytes.byteLength };
  }

  async list(): Promise<readonly string[]> {
    const { snapshotsDir } = this.#options;
    if (snapshotsDir === undefined) return [...this.#options.shelf.keys()].toSorted();
    const files = await readdir(snapshotsDir).catch(() => []);
    return files
      .filter((file) => file.endsWith(suffix))
      .map((file) => file.slice(0, -suffix.length))
      .toSorted();
  }

  /** The bytes of a snapshot, to take elsewhere. */
  async read(name: string): Promise<Uint8Array> {
    check(name);
    const { snapshotsDir } = this.#options;
    const bytes =
      snapshotsDir === undefined
        ? this.#options.shelf.get(name)
        : await readFile(join(snapshotsDir, name + suffix)).catch(() => undefined);
    if (bytes === undefined) throw new RangeError(`there is no snapshot ${name}`);
    return bytes;
  }

  /**
   * Goes back to a snapshot. Time goes on from the snapshot's where the clock is virtual; the machine's clock cannot go
   * back, and what has come due in between happens at once.
   */
  async restore(bytes: Uint8Array): Promise<{ readonly nowMs: number }> {
    const snapshot = readSnapshot(bytes);
    const { platform } = this.#options;
    await platform.idle();
    platform.halt();
    await applySnapshot(platform, snapshot);
    const clock =
      platform.clock instanceof ManualClock ? platform.clock.fork(snapshot.nowMs) : platform.clock;
    if (isMovable(clock)) clock.moveTo(snapshot.nowMs);
    const { engine, dataDir } = platform;
    const successor = this.#options.succeed({ clock, seed: newSeed(), engine, dataDir });
    this.#successor = successor;
    successor.platform.start();
    await successor.platform.idle();
    return { nowMs: clock.nowMs() };
  }

  async close(): Promise<void> {
    for (const fork of this.#forks.values()) await fork.close();
    this.#forks.clear();
    // It shares this one's engine, which is closed by whoever closes this one.
    await this.#successor?.halt();
  }
}

function clockLike({ clock }: Platform): ManualClock | SystemClock {
  if (clock instanceof ManualClock || clock instanceof SystemClock) return clock.fork();
  throw new RangeError("this clock cannot be copied");
}

function check(name: string): void {
  if (!/^[\w.-]{1,100}$/.test(name) || name.startsWith("."))
    throw new RangeError("a snapshot's name is made of letters, digits, dots, dashes and underscores");
}
