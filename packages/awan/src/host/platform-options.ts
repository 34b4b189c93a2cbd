/** What a platform is made of. */
import type { Clock } from "../kernel/clock.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Engine } from "../store/engine.ts";
import type { Authorizer } from "./authorization.ts";
import type { Journal } from "./journal.ts";
import type { Registry, ServiceLoaders } from "./registry.ts";

export interface PlatformOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly journal: Journal;
  readonly services: ServiceLoaders;
  /** What a fork takes over from its original; the original closes it. */
  readonly original?: { readonly registry: Registry; scratchDir(): string } | undefined;
  readonly dataDir?: string | undefined;
  readonly accountId?: string;
  readonly region?: string;
  /** Enforces IAM; without it everybody may do everything. */
  readonly authorizer?: Authorizer;
  /** Signatures are required. */
  readonly checksSignatures?: boolean;
  /** Our own bugs. Tests collect them and fail; the server logs them. */
  readonly onDefect: (error: unknown, where: string) => void;
}

/** A fork's own: clock, chance, journal and, unless it is the state of this moment, rows. */
export type ForkOptions = Pick<PlatformOptions, "clock" | "seed" | "journal" | "onDefect"> & {
  readonly engine?: Engine;
  readonly dataDir?: string | undefined;
};
