/**
 * Where a function's code lies on disk. An archive is unpacked once, under its hash; a directory is used where it is.
 * Beside the unpacked archives `node_modules` links to the AWS SDK found on this machine, because AWS's Node.js
 * runtimes contain one.
 */
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { unzip } from "fflate";
import { AwsError } from "../kernel/errors.ts";
import type { FunctionSpec } from "../host/functions.ts";
import type { Shell } from "../host/service.ts";

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
  if (code.kind === "image") {
    throw new AwsError("InvalidRuntimeException", `Awan runs no container images yet: ${code.uri}`, {
      status: 502,
    });
  }
  const taskRoot =
    code.kind === "directory"
      ? code.path
      : await once(join(functionsDir, code.blob), (target) => unpack(shell, [code.blob], target));
  const layersRoot =
    spec.layers.length === 0
      ? undefined
      : await once(join(functionsDir, "layers", layersName(spec.layers)), (target) =>
          unpack(shell, spec.layers, target),
        );
  return { taskRoot, layersRoot, sdkDir, functionsDir };
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

async function unpack(shell: Shell, blobs: readonly string[], target: string): Promise<void> {
  const staging = `${target}.partial`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  for (const blob of blobs) {
    const archive = await shell.blobs.read(blob);
    const modes = unixModes(archive);
    const files = await unzipped(archive);
    for (const [name, bytes] of Object.entries(files))
      await writeEntry(staging, name, bytes, modes.get(name));
  }
  await rename(staging, target).catch(async (error: unknown) => {
    // Another process of ours was faster: its copy is as good.
    if (!existsSync(target)) throw error;
    await rm(staging, { recursive: true, force: true });
  });
}

const unzipped = (archive: Uint8Array): Promise<Record<string, Uint8Array>> =>
  new Promise((resolve, reject) => {
    unzip(archive, (error, files) => (error ? reject(error) : resolve(files)));
  });

async function writeEntry(
  root: string,
  name: string,
  bytes: Uint8Array,
  mode: number | undefined,
): Promise<void> {
  const path = normalize(join(root, name));
  if (!path.startsWith(root + sep)) return;
  if (name.endsWith("/")) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  if (mode !== undefined && (mode & 0o170000) === 0o120000) {
    const link = Buffer.from(bytes).toString("utf8");
    const inside = normalize(join(dirname(path), link)).startsWith(root + sep);
    if (inside) await symlink(link, path);
    return;
  }
  await rm(path, { force: true });
  await writeFile(path, bytes);
  await chmod(path, mode === undefined || (mode & 0o777) === 0 ? 0o755 : (mode & 0o777) | 0o400);
}

/** Unix modes by entry name, from the archive's central directory: fflate does not tell them. */
export function unixModes(archive: Uint8Array): Map<string, number> {
  const modes = new Map<string, number>();
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let at = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (at === -1 || at + 20 > bytes.length) return modes;
  const count = bytes.readUInt16LE(at + 10);
  at = bytes.readUInt32LE(at + 16);
  for (let i = 0; i < count && at + 46 <= bytes.length; i += 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) break;
    const madeOnUnix = bytes.readUInt8(at + 5) === 3;
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    if (madeOnUnix) modes.set(name, bytes.readUInt32LE(at + 38) >>> 16);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return modes;
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
