/**
 * From assets back to sources. A module loaded into the CDK application's process writes down what it does with them:
 * which directories it copies to become assets, by which commands it bundles functions, and what it renames the results to.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, sep } from "node:path";

/** CommonJS, because `--require` loads it before anything else; the record's path is in AWAN_SYNTHESIS_RECORD. */
export const recorder = `"use strict";
const fs = require("node:fs");
const path = require("node:path");
const childProcess = require("node:child_process");
const { copyFileSync, renameSync, appendFileSync } = fs;
const { spawnSync } = childProcess;
const note = (entry) => appendFileSync(process.env.AWAN_SYNTHESIS_RECORD, JSON.stringify(entry) + "\\n");
fs.copyFileSync = (from, to, mode) => {
  copyFileSync(from, to, mode);
  note({ kind: "copied", from: path.resolve(String(from)), to: path.resolve(String(to)) });
};
fs.renameSync = (from, to) => {
  renameSync(from, to);
  note({ kind: "renamed", from: path.resolve(String(from)), to: path.resolve(String(to)) });
};
childProcess.spawnSync = (command, args, options) => {
  const result = spawnSync(command, args, options);
  if (Array.isArray(args) && args.some((arg) => String(arg).includes("--outfile=")))
    note({ kind: "bundled", command, args: args.map(String), cwd: (options && options.cwd) || process.cwd() });
  return result;
};
`;

/** A function's bundle and how to make it again. */
export interface Bundle {
  /** The directory of the asset. */
  readonly asset: string;
  readonly entry: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export interface Sources {
  /** Directories by the asset they were copied to. */
  readonly directories: ReadonlyMap<string, string>;
  readonly bundles: readonly Bundle[];
}

type Entry =
  | { readonly kind: "copied" | "renamed"; readonly from: string; readonly to: string }
  | {
      readonly kind: "bundled";
      readonly command: string;
      readonly args: readonly string[];
      readonly cwd: string;
    };

/** Reads a record; `outDir` is where the assembly is. */
export function readRecord(file: string, outDir: string): Sources {
  const entries = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);
  const renamed = new Map<string, string>();
  for (const entry of entries) if (entry.kind === "renamed") renamed.set(entry.from, entry.to);
  const directories = new Map<string, string>();
  const bundles: Bundle[] = [];
  for (const entry of entries) {
    if (entry.kind === "copied") {
      const asset = assetIn(outDir, entry.to);
      const below = asset === undefined ? "" : entry.to.slice(asset.length);
      if (asset !== undefined && below !== "" && entry.from.endsWith(below))
        directories.set(asset, entry.from.slice(0, -below.length));
    } else if (entry.kind === "bundled") bundles.push(...bundleOf(entry, renamed));
  }
  // What was bundled is no copy of anything; CDK's own functions come from places nobody edits, or that are gone.
  for (const { asset } of bundles) directories.delete(asset);
  for (const [asset, source] of directories)
    if (!existsSync(source) || source.includes(`${sep}node_modules${sep}`)) directories.delete(asset);
  return { directories, bundles };
}

/** `outDir/asset.<hash>` of a file below it. */
function assetIn(outDir: string, file: string): string | undefined {
  const start = `${outDir}${sep}asset.`;
  if (!file.startsWith(start)) return undefined;
  const end = file.indexOf(sep, start.length);
  return end < 0 ? undefined : file.slice(0, end);
}

function bundleOf(
  { command, args, cwd }: Extract<Entry, { kind: "bundled" }>,
  renamed: ReadonlyMap<string, string>,
): Bundle[] {
  const line = args.join(" ");
  const outfile = /--outfile="?([^"\s]+)"?/.exec(line)?.[1];
  const entry = /--bundle "?([^"\s]+)"?/.exec(line)?.[1];
  let asset = outfile === undefined ? undefined : renamed.get(dirname(outfile));
  // It is built, then kept, then named by its content.
  for (let next = asset; next !== undefined; next = renamed.get(next)) asset = next;
  if (outfile === undefined || entry === undefined || asset === undefined) return [];
  const into = (arg: string): string => arg.replaceAll(dirname(outfile), asset);
  return [{ asset, entry, command, args: args.map(into), cwd }];
}
