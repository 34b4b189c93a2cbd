/**
 * Where a function's code lies on disk. An archive is unpacked once, under its hash; a directory is used where it is.
 * Beside the unpacked archives `node_modules` links to the AWS SDK found on this machine, because AWS's Node.js
 * runtimes contain one.
 */
import { createRequire } from "node:module";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionSpec } from "../host/functions.ts";
import type { Shell } from "../host/service.ts";
import { unpackArchive } from "./archive.ts";

export interface CodeLocation {
  readonly taskRoot: string;
  readonly layersRoot: string | undefined;
  readonly sdkDir: string | undefined;
  /** The folder all unpacked code shares. */
  readonly functionsDir: string;
}

const underWay = new Map<string, Promise<string>>();

/** Makes the code and layers of `spec` present on disk. */
export async function locateCode(shell: Shell, spec: FunctionSpec): Promise<CodeLocation> {
  const functionsDir = join(shell.dataDir ?? shell.scratchDir(), "functions");
  const sdkDir = await linkSdkOnce(join(functionsDir, "node_modules"));
  const { code } = spec;
  const taskRoot =
    code.kind === "image"
      ? functionsDir
      : code.kind === "directory"
        ? await directoryOf(code.path, functionsDir)
        : await once(join(functionsDir, code.blob), (target) =>
            unpack([() => shell.blobs.read(code.blob)], target),
          );
  const layersRoot =
    spec.layers.length === 0
      ? undefined
      : await once(join(functionsDir, "layers", layersName(spec.layers)), (target) =>
          unpack(
            spec.layers.map((blob) => () => shell.blobs.read(blob)),
            target,
          ),
        );
  return { taskRoot, layersRoot, sdkDir, functionsDir };
}

/** A deployment package on this machine is unpacked again whenever it is another. */
async function directoryOf(path: string, functionsDir: string): Promise<string> {
  const file = /\.(?:jar|zip)$/.test(path) ? statSync(path, { throwIfNoEntry: false }) : undefined;
  if (file?.isFile() !== true) return path;
  const name = createHash("sha256").update(`${path} ${file.mtimeMs} ${file.size}`).digest("hex");
  return await once(join(functionsDir, name), (target) => unpack([() => readFile(path)], target));
}

const layersName = (layers: readonly string[]): string => layers.map((blob) => blob.slice(0, 24)).join("-");

/** Concurrent callers wait for the same work; finished work is found on disk. */
async function once(target: string, make: (target: string) => Promise<void>): Promise<string> {
  const running = underWay.get(target);
  if (running !== undefined) return running;
  if (existsSync(target)) return target;
  const work = make(target).then(() => target);
  underWay.set(target, work);
  try {
    return await work;
  } finally {
    underWay.delete(target);
  }
}

async function unpack(archives: readonly (() => Promise<Uint8Array>)[], target: string): Promise<void> {
  const staging = `${target}.partial`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  for (const read of archives) await unpackArchive(await read(), staging);
  try {
    renameSync(staging, target);
  } catch (error) {
    // Another process of ours was faster: its copy is as good.
    if (!existsSync(target)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
}

const sdkLinks = new Map<string, Promise<string>>();

/** Once a process, not once for ever: the project may have installed a client meanwhile. */
function linkSdkOnce(target: string): Promise<string> {
  let links = sdkLinks.get(target);
  if (links === undefined) sdkLinks.set(target, (links = linkSdk(target).then(() => target)));
  return links;
}

/** Links `@aws-sdk` and `@smithy` from where the project, or Awan itself, has them. */
async function linkSdk(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const scope of ["@aws-sdk", "@smithy", "@aws-crypto"]) {
    const linked = join(target, scope);
    const found = new Set<string>();
    for (const directory of sdkSources(scope)) {
      const names = await readdir(directory).catch(() => []);
      for (const name of names) {
        if (found.has(name)) continue;
        found.add(name);
        await mkdir(linked, { recursive: true });
        await symlink(join(directory, name), join(linked, name), "dir").catch(() => {});
      }
    }
  }
}

function sdkSources(scope: string): string[] {
  const starts = [join(process.cwd(), "package.json"), import.meta.url];
  return starts
    .flatMap((start) => createRequire(start).resolve.paths("@aws-sdk/x") ?? [])
    .map((dir) => join(dir, scope));
}
