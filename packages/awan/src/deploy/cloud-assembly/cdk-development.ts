/**
 * A CDK application while it is worked on. A change in a bundled function's sources bundles that function again, one in a
 * directory that is an asset deploys it from there, and any other makes the application say anew what it wants.
 */
import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Scope } from "../../host/call.ts";
import type { DeployEvent, StackClient } from "../deploy-stack.ts";
import { runProgram } from "../run-command.ts";
import { readProject, synthesize } from "./cdk-app.ts";
import { type DeployedStack, deployAssembly } from "./deploy-assembly.ts";
import { type Bundle, readRecord, recorder, type Sources } from "./synthesis-record.ts";

export interface CdkDevelopmentOptions {
  readonly project: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly buildDirectory: string;
  readonly environment: Scope;
  readonly endpoint: string;
}

/** What a change led to: a function bundled, code taken from its directory, or the application run. */
export type Reaction = "bundle" | "code" | "synthesis";

export class CdkDevelopment {
  readonly project: string;
  readonly #options: CdkDevelopmentOptions;
  readonly #outDir: string;
  #sources: Sources = { directories: new Map(), bundles: [] };
  #inputs = new Map<Bundle, ReadonlySet<string>>();

  constructor(options: CdkDevelopmentOptions) {
    this.#options = options;
    this.project = readProject(options.project).directory;
    this.#outDir = resolve(options.buildDirectory, "cdk.out");
  }

  /** Runs the application and deploys what it wants. */
  async start(client: StackClient, onEvent: (event: DeployEvent) => void): Promise<readonly DeployedStack[]> {
    await this.#synthesize();
    return await this.#deploy(client, onEvent);
  }

  async change(
    path: string,
    client: StackClient,
    onEvent: (event: DeployEvent) => void,
  ): Promise<{ readonly reaction: Reaction; readonly stacks: readonly DeployedStack[] }> {
    const changed = resolve(path);
    const bundles = [...this.#inputs].filter(([, inputs]) => inputs.has(changed)).map(([bundle]) => bundle);
    const isCode = [...this.#sources.directories.values()].some((each) => isBelow(each, changed));
    const reaction = bundles.length > 0 ? "bundle" : isCode ? "code" : "synthesis";
    if (reaction === "synthesis") await this.#synthesize();
    for (const bundle of bundles) await this.#bundleAgain(bundle);
    return { reaction, stacks: await this.#deploy(client, onEvent) };
  }

  async #synthesize(): Promise<void> {
    const { project, environment, endpoint, context, buildDirectory } = this.#options;
    await mkdir(buildDirectory, { recursive: true });
    rmSync(this.#outDir, { recursive: true, force: true });
    const record = join(buildDirectory, "synthesis.ndjson");
    const preload = join(buildDirectory, "recorder.cjs");
    await writeFile(preload, recorder);
    await writeFile(record, "");
    const outDir = this.#outDir;
    await synthesize({
      project,
      outDir,
      environment,
      endpoint,
      context,
      preload: { module: preload, record },
    });
    this.#sources = readRecord(record, outDir);
    this.#inputs = new Map();
    for (const bundle of this.#sources.bundles) this.#inputs.set(bundle, await inputsOf(bundle));
  }

  async #bundleAgain(bundle: Bundle): Promise<void> {
    const { command, args, cwd } = bundle;
    await runProgram(command, args, cwd, process.env);
    this.#inputs.set(bundle, await inputsOf(bundle));
  }

  #deploy(client: StackClient, onEvent: (event: DeployEvent) => void): Promise<readonly DeployedStack[]> {
    const { parameters, environment } = this.#options;
    const { directories } = this.#sources;
    const sourceOf = (asset: string): string => directories.get(asset) ?? asset;
    return deployAssembly(client, { directory: this.#outDir, parameters, environment, sourceOf }, onEvent);
  }
}

const isBelow = (directory: string, path: string): boolean => {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
};

/** The files a bundle is made of, dependencies aside. */
async function inputsOf({ entry, cwd }: Bundle): Promise<ReadonlySet<string>> {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: cwd,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: "unwritten",
    metafile: true,
    platform: "node",
    packages: "external",
    logLevel: "silent",
  }).catch(() => ({ metafile: { inputs: {} } }));
  return new Set([resolve(cwd, entry), ...Object.keys(metafile.inputs).map((input) => resolve(cwd, input))]);
}
