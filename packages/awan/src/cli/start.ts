/** `awan start`: serves until it is told to stop. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SystemClock } from "../kernel/system-clock.ts";
import { type Cloud, createCloud } from "../server.ts";
import { createOutput, type Output, paint, UserError } from "./output.ts";

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly ephemeral?: boolean;
  readonly region: string;
  readonly auth?: string | true;
  readonly iam?: boolean;
  /** Names of functions to debug. */
  readonly inspect?: readonly string[];
  /** Encloses functions with bubblewrap. */
  readonly sandbox?: boolean;
  readonly json: boolean;
}

export async function start(options: ServerOptions): Promise<void> {
  const output = createOutput(options.json);
  const cloud = await openCloud(options);
  const where = options.ephemeral === true ? "nothing is kept" : `state in ${options.data}`;
  output.event(
    "ready",
    `${paint("green", "●")} Awan at ${paint("bold", cloud.platform.endpoint)} (${where})`,
    {
      endpoint: cloud.platform.endpoint,
      region: options.region,
    },
  );
  await untilStopped(cloud, output);
}

/** A listening cloud with the CLI's choices: the system's clock, state in a directory that git ignores by itself. */
export async function openCloud(options: ServerOptions): Promise<Cloud> {
  const dataDir = options.ephemeral === true ? undefined : dataDirectory(options.data);
  const cloud = await createCloud({
    clock: new SystemClock(),
    dataDir,
    region: options.region,
    rootSecret: options.auth === true ? "test" : options.auth,
    enforceIam: options.iam ?? false,
    inspect: options.inspect,
    sandbox: options.sandbox === true,
    onDefect: (error, where) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`awan: a defect in ${where}, please report it: ${text}\n`);
    },
  });
  try {
    await cloud.listen({ host: options.host, port: options.port });
  } catch (error) {
    await cloud.close();
    throw new UserError((error as Error).message);
  }
  cloud.platform.start();
  return cloud;
}

function dataDirectory(path: string): string {
  const directory = resolve(path);
  try {
    mkdirSync(directory, { recursive: true });
    const ignore = join(directory, ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  } catch (error) {
    throw new UserError(`cannot keep state in ${directory}: ${(error as Error).message}`);
  }
  return directory;
}

/** Resolves after SIGINT or SIGTERM, with everything closed. A second signal ends at once. */
export async function untilStopped(cloud: Cloud, output: Output): Promise<void> {
  await new Promise<void>((stop) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop());
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  output.event("stopping", "stopping …");
  await cloud.close();
}
