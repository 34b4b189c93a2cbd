/**
 * One Awan, assembled: engine, clock, platform, front door and, when asked for, a listener. The CLI and the testing API
 * both start here.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Admin } from "./admin/index.ts";
import { composeServices, frontOf, frontOfDomain, policiesOfCaller } from "./compose.ts";
import { instrumented } from "./host/interventions.ts";
import { Journal } from "./host/journal.ts";
import { type ForkOptions, Platform } from "./host/platform.ts";
import type { Clock } from "./kernel/clock.ts";
import { SystemClock } from "./kernel/system-clock.ts";
import { newSeed } from "./kernel/system-secrets.ts";
import { createMemoryBlobs } from "./store/blobs-memory.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Engine } from "./store/engine.ts";
import { MemoryEngine } from "./store/engines/memory.ts";
import { dated } from "./wire/dated.ts";
import { enforceFormSignatures, enforceSignatures } from "./wire/enforce-signatures.ts";
import type { Handle } from "./wire/exchange.ts";
import { FrontDoor } from "./wire/front-door.ts";
import { listen, type Listener } from "./wire/listener.ts";
import { loadCertificate } from "./wire/self-signed.ts";
import { Switchboard } from "./wire/switchboard.ts";

export interface CloudOptions {
  readonly clock: Clock;
  readonly seed?: number;
  /** Where state is kept; none for memory only. */
  readonly dataDir?: string | undefined;
  readonly region?: string | undefined;
  /** Requires correct signatures; keys nobody made sign with this secret. */
  readonly rootSecret?: string | undefined;
  /** Decides every call by IAM's policies; roots of accounts may do everything that no resource's policy denies. */
  readonly enforceIam?: boolean;
  /** Functions that wait for a debugger (port 9229) before their code is loaded; their timeouts are suspended. */
  readonly inspect?: readonly string[] | undefined;
  /** Encloses functions with bubblewrap. */
  readonly sandbox?: boolean;
  /** Freezes stored rows, for tests. */
  readonly freeze?: boolean;
  readonly onDefect: (error: unknown, where: string) => void;
}

export interface Cloud {
  readonly platform: Platform;
  readonly frontDoor: FrontDoor;
  /** Answers what comes over sockets. */
  readonly handle: Handle;
  /** This cloud as it is now, with memory and functions' processes shared. Not started; close it before this one. */
  fork(changes: CloudForkOptions): Cloud;
  /** As `fork`, for a copy that answers in this cloud's place; this one does nothing more but keep its port open. */
  succeed(changes: CloudForkOptions): Cloud;
  /** Opens the port; `platform.endpoint` is the URL from then on. */
  listen(options: { readonly host?: string | undefined; readonly port: number }): Promise<Listener>;
  /** Ends everything but the engine, which somebody else goes on with. */
  halt(): Promise<void>;
  close(): Promise<void>;
}

export type CloudForkOptions = Pick<ForkOptions, "clock" | "seed"> & Partial<ForkOptions>;

interface Storage {
  readonly engine: Engine;
  readonly blobs: Blobs;
}

async function openStorage(options: CloudOptions): Promise<Storage> {
  const { dataDir } = options;
  if (dataDir === undefined) {
    return { engine: new MemoryEngine({ freeze: options.freeze ?? false }), blobs: createMemoryBlobs() };
  }
  mkdirSync(join(dataDir, "rows"), { recursive: true });
  const [{ LmdbEngine }, { createFileBlobs }] = await Promise.all([
    import("./store/engines/lmdb.ts"),
    import("./store/blobs-files.ts"),
  ]);
  return { engine: new LmdbEngine(join(dataDir, "rows")), blobs: createFileBlobs(join(dataDir, "blobs")) };
}

/** Assembles a cloud; nothing listens yet, but in-process requests through `frontDoor.handle` are answered. */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const { engine, blobs } = await openStorage(options);
  const authorizer =
    options.enforceIam === true
      ? new (await import("./host/authorization.ts")).Authorizer(policiesOfCaller)
      : undefined;
  const platform: Platform = new Platform({
    clock: options.clock,
    seed: options.seed ?? newSeed(),
    engine,
    blobs,
    journal: new Journal(options.dataDir),
    dataDir: options.dataDir,
    services: composeServices({
      runner: async () =>
        instrumented(
          (await import("./compute/index.ts")).createRunner({
            inspect: options.inspect ?? [],
            sandbox: options.sandbox ?? false,
          }),
        ),
      load: (service) => platform.registry.load(service),
    }),
    onDefect: options.onDefect,
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(authorizer === undefined ? {} : { authorizer }),
    checksSignatures: options.rootSecret !== undefined,
  });
  if (authorizer !== undefined) await Promise.all([platform.load("iam"), platform.load("sts")]);
  return assemble({ platform, options, switchboard: new Switchboard(), isFork: false, shelf: new Map() });
}

interface Assembly {
  readonly platform: Platform;
  readonly options: CloudOptions;
  readonly switchboard: Switchboard;
  /** A fork has a port only when asked, and functions know its original's. */
  readonly isFork: boolean;
  /** Snapshots taken by the admin API that are kept nowhere else. */
  readonly shelf: Map<string, Uint8Array>;
}

function assemble(assembly: Assembly): Cloud {
  const { platform, options, switchboard, isFork } = assembly;
  let admin: Promise<Admin> | undefined;
  const openAdmin = async (): Promise<Admin> =>
    (await import("./admin/index.ts")).createAdmin({
      snapshotsDir: options.dataDir === undefined ? undefined : join(options.dataDir, "snapshots"),
      fork: (changes) => cloud.fork(changes),
      succeed: (changes) => cloud.succeed(changes),
      platform,
      shelf: assembly.shelf,
    });
  const frontDoor = new FrontDoor({
    platform,
    frontOf,
    frontOfDomain,
    admin: async (request, url) => (await (admin ??= openAdmin())).handle(request, url),
    ...(options.rootSecret === undefined
      ? {}
      : {
          checkSignature: enforceSignatures(options.clock, options.rootSecret),
          checkForm: enforceFormSignatures(options.clock, options.rootSecret),
        }),
  });
  let listener: Listener | undefined;
  const isVirtual = !(options.clock instanceof SystemClock);
  const handle = isVirtual ? dated(frontDoor.handle, options.clock) : frontDoor.handle;
  const cloud: Cloud = {
    platform,
    frontDoor,
    handle,
    fork: (changes) => forkOf(assembly, changes),
    succeed(changes) {
      platform.halt();
      const forked = platform.fork({ onDefect: options.onDefect, journal: platform.journal, ...changes });
      const successor = assemble({ ...assembly, platform: forked, options: { ...options, ...changes } });
      switchboard.succeed(successor.handle);
      return successor;
    },
    async listen({ host, port }) {
      listener = await listen({
        handle: switchboard.before(handle, !isFork),
        port,
        ...(host === undefined ? {} : { host }),
        openBlob: ({ blob, start, end }) => platform.blobs.stream(blob, start, end),
        certificate: () =>
          loadCertificate({
            nowMs: options.clock.nowMs(),
            ...(options.dataDir === undefined ? {} : { directory: options.dataDir }),
          }),
        onDefect: (error, requestId) => options.onDefect(error, `request ${requestId}`),
      });
      if (!isFork) platform.endpoint = listener.url;
      return listener;
    },
    async halt() {
      await (await admin)?.close();
      platform.halt();
    },
    async close() {
      await (await admin)?.close();
      platform.releaseParked();
      await listener?.close();
      await platform.stop();
    },
  };
  return cloud;
}

function forkOf(assembly: Assembly, changes: CloudForkOptions): Cloud {
  const { platform, options, switchboard } = assembly;
  const forked = platform.fork({ onDefect: options.onDefect, journal: new Journal(), ...changes });
  const own = { ...options, ...changes, dataDir: undefined };
  const cloud = assemble({ platform: forked, options: own, switchboard, isFork: true, shelf: new Map() });
  const connection = switchboard.connect(cloud.handle);
  forked.lineage = connection.lineage;
  return {
    ...cloud,
    async close() {
      connection.disconnect();
      await cloud.close();
    },
  };
}
