/** Commands that run our bootstraps for languages with an interpreter or virtual machine, over the Runtime API. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FunctionSpec } from "../host/functions.ts";
import { AwsError } from "../kernel/errors.ts";
import type { CodeLocation } from "./code.ts";

export interface InterpreterRequest {
  readonly kind: "ruby" | "java" | "dotnet";
  /** For Java the compiler: the virtual machine lies beside it. */
  readonly interpreter: string;
  readonly location: CodeLocation;
  readonly spec: FunctionSpec;
}

export interface InterpreterCommand {
  readonly command: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);
const bootstraps = fileURLToPath(new URL("./bootstraps/", import.meta.url));

export async function interpreterCommand(request: InterpreterRequest): Promise<InterpreterCommand> {
  if (request.kind === "java") return javaCommand(request);
  if (request.kind === "dotnet") return dotnetCommand(request);
  return { command: request.interpreter, args: [join(bootstraps, "ruby/main.rb")] };
}

const compiled = new Map<string, Promise<string>>();

async function javaCommand({ interpreter, location, spec }: InterpreterRequest): Promise<InterpreterCommand> {
  const { taskRoot, layersRoot, functionsDir } = location;
  const classes = await compiledOnce(interpreter, join(functionsDir, "runtimes"));
  const path = [classes, taskRoot, join(taskRoot, "lib", "*")];
  if (layersRoot !== undefined) path.push(join(layersRoot, "java", "lib", "*"));
  const heapMb = Math.max(64, Math.floor(spec.memorySizeMb * 0.8));
  // A function's life is short: what compiles fast and collects simply starts soonest.
  const flags = [`-Xmx${heapMb}m`, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];
  const command = join(dirname(interpreter), "java");
  return { command, args: [...flags, "-cp", path.join(":"), "awan.runtime.Runtime"] };
}

/** The bootstrap's classes: compiled by the machine's own JDK, kept under the hash of their sources and compiler. */
function compiledOnce(compiler: string, directory: string): Promise<string> {
  const sources = readdirSync(join(bootstraps, "java")).map((name) => join(bootstraps, "java", name));
  const hash = createHash("sha256").update(compiler);
  for (const source of sources) hash.update(readFileSync(source));
  const target = join(directory, `java-${hash.digest("hex").slice(0, 16)}`);
  let work = compiled.get(target);
  if (work === undefined) {
    work = existsSync(target) ? Promise.resolve(target) : compile(compiler, sources, target);
    compiled.set(target, work);
    // A failure is tried again.
    work.catch(() => compiled.delete(target));
  }
  return work;
}

async function compile(compiler: string, sources: readonly string[], target: string): Promise<string> {
  const staging = `${target}.${process.pid}`;
  mkdirSync(staging, { recursive: true });
  await run(compiler, ["-nowarn", "-proc:none", "-d", staging, ...sources]);
  try {
    renameSync(staging, target);
  } catch (error) {
    // Another process of ours was faster.
    if (!existsSync(target)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
  return target;
}

/** Programs that contain their runtime support speak the Runtime API themselves; class libraries need one of Amazon's to load them. */
function dotnetCommand({ interpreter, location, spec }: InterpreterRequest): InterpreterCommand {
  if (spec.handler.includes("::")) {
    const message = `Awan runs .NET functions that are programs (handler: the assembly's name, with Amazon.Lambda.RuntimeSupport); ${spec.handler} names a method of a class library, which Awan cannot load yet.`;
    throw new AwsError("InvalidRuntimeException", message, { status: 400, fault: "client" });
  }
  return { command: interpreter, args: [join(location.taskRoot, `${spec.handler}.dll`)] };
}
