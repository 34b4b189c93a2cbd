/**
 * A function's own view of the file system, by bubblewrap: its code at `/var/task`, layers at `/opt`, a `/tmp` of its own,
 * and everything else of this machine read-only. Processes are started in it, so that spares cannot be used.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AwsError } from "../kernel/errors.ts";
import type { CodeLocation } from "./code.ts";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Sandbox {
  /** Where the function sees its code, its layers and its temporary directory. */
  readonly taskRoot: string;
  readonly layersRoot: string | undefined;
  readonly temporaryDir: string;
  enclose(command: Command): Command;
}

const run = promisify(execFile);
const bootstrapsDir = fileURLToPath(new URL("./bootstraps", import.meta.url));
let checked: Promise<unknown> | undefined;

/** Throws an AwsError that says what to install when bubblewrap is not usable. */
export async function sandboxOf(location: CodeLocation, temporaryDir: string): Promise<Sandbox> {
  checked ??= run("bwrap", ["--ro-bind", "/", "/", "true"]);
  try {
    await checked;
  } catch (error) {
    checked = undefined;
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const why =
      code === "ENOENT"
        ? "it is not installed (a command bwrap on the PATH)"
        : `it does not start (${(stderr ?? "").trim()})`;
    const message = `The sandbox needs bubblewrap, and ${why}. Install it, or start Awan without --sandbox.`;
    throw new AwsError("InvalidRuntimeException", message, { status: 400, fault: "client" });
  }
  const { taskRoot, layersRoot, functionsDir, sdkDir } = location;
  // An interpreter that lies in /opt would be hidden by layers there.
  const hidesOpt = layersRoot !== undefined && !process.execPath.startsWith("/opt/");
  const binds = ["--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
  binds.push("--tmpfs", "/var", "--bind", temporaryDir, "/tmp");
  // Commands name files by where they lie outside, which may be below what was just covered.
  for (const shared of [functionsDir, sdkDir, layersRoot, taskRoot, bootstrapsDir]) {
    if (shared !== undefined) binds.push("--ro-bind", shared, shared);
  }
  binds.push("--ro-bind", taskRoot, "/var/task");
  if (hidesOpt) binds.push("--ro-bind", layersRoot, "/opt");
  binds.push("--chdir", "/var/task");
  return {
    taskRoot: "/var/task",
    layersRoot: hidesOpt ? "/opt" : layersRoot,
    temporaryDir: "/tmp",
    enclose: ({ command, args }) => ({ command: "bwrap", args: [...binds, "--", command, ...args] }),
  };
}
