/** Starts what serves one version of a function: finds its program, its code and its extensions, and puts them together. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FunctionSpec } from "../host/functions.ts";
import type { Shell } from "../host/service.ts";
import type { Clock } from "../kernel/clock.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Random } from "../kernel/random.ts";
import { SystemClock } from "../kernel/system-clock.ts";
import { type CodeLocation, locateCode } from "./code.ts";
import { containerCommand } from "./container.ts";
import { functionEnvironment } from "./environment.ts";
import { ExtendedInstance } from "./extended-instance.ts";
import { extensionPrograms, Extensions } from "./extensions.ts";
import type { Instance } from "./instance.ts";
import { interpreterCommand } from "./interpreters.ts";
import {
  nodeProcess,
  type PipeInit,
  PipeInstance,
  type PipeProcess,
  pythonProcess,
} from "./pipe-instance.ts";
import { RuntimeApiInstance } from "./runtime-api-instance.ts";
import { RuntimeServer } from "./runtime-server.ts";
import { runtimeFor } from "./runtimes.ts";
import { type Command, type Sandbox, sandboxOf } from "./sandbox.ts";
import { type Interpreter, takeProcess } from "./spares.ts";

export interface InstanceRequest {
  readonly shell: Shell;
  readonly spec: FunctionSpec;
  readonly logStream: string;
  /** The machine's. */
  readonly clock: Clock;
  readonly random: Random;
  /** Whether to wait for a debugger before the code is loaded. */
  readonly inspect: boolean;
  /** Whether to enclose it with bubblewrap. */
  readonly sandbox: boolean;
}

export interface CreatedInstance {
  readonly instance: Instance;
  /** What a spare of the same kind is started of. */
  readonly interpreter: Interpreter | undefined;
  /** For the function's log. */
  readonly notice: string | undefined;
}

/** Where debuggers look first. One instance at a time is inspected. */
const inspectPort = 9229;

export async function createInstance(request: InstanceRequest): Promise<CreatedInstance> {
  const { shell, spec, logStream } = request;
  const choice = spec.code.kind === "image" ? { kind: "image" as const } : await runtimeFor(spec.runtime);
  if (choice.kind === "none") throw unusable(choice.reason);
  const location = await locateCode(shell, spec);
  const temporaryDir = join(location.functionsDir, "tmp", logStream.slice(-32));
  mkdirSync(temporaryDir, { recursive: true });
  const sandbox =
    request.sandbox && spec.code.kind !== "image" ? await sandboxOf(location, temporaryDir) : undefined;
  const environment = functionEnvironment(spec, {
    ...location,
    temporaryDir,
    ...sandbox,
    endpoint: shell.endpoint,
    logStream,
  });
  const programs = extensionPrograms(location.layersRoot);
  const isPiped = choice.kind === "node" || choice.kind === "python";
  const server = isPiped && programs.length === 0 ? undefined : await listening();
  if (server !== undefined) environment["AWS_LAMBDA_RUNTIME_API"] = server.address;
  const interpreter =
    choice.kind === "node" ? "node" : choice.kind === "python" ? choice.interpreter : undefined;
  const place: Place = { request, location, environment, sandbox, isServerShared: programs.length > 0 };
  let instance: Instance;
  if (interpreter !== undefined) instance = piped(place, interpreter);
  else if (server === undefined) throw unusable(`Awan cannot run the runtime ${spec.runtime}.`);
  else if (choice.kind === "image") instance = await contained(place, server);
  else if (choice.kind === "ruby" || choice.kind === "java" || choice.kind === "dotnet") {
    const command = await interpreterCommand({
      kind: choice.kind,
      interpreter: choice.interpreter,
      location,
      spec,
    });
    instance = overRuntimeApi(place, server, command);
  } else instance = overRuntimeApi(place, server, { command: bootstrapOf(location), args: [] });
  instance.onExit(() => rmSync(temporaryDir, { recursive: true, force: true }));
  if (programs.length > 0 && server !== undefined) {
    const { clock, random } = request;
    const cwd = location.taskRoot;
    const extensions = new Extensions({ spec, server, clock, random, programs, environment, cwd });
    instance = new ExtendedInstance(spec, instance, extensions);
  }
  return { instance, interpreter, notice: "notice" in choice ? choice.notice : undefined };
}

interface Place {
  readonly request: InstanceRequest;
  readonly location: CodeLocation;
  readonly environment: Record<string, string>;
  readonly sandbox: Sandbox | undefined;
  readonly isServerShared: boolean;
}

async function listening(): Promise<RuntimeServer> {
  const server = new RuntimeServer();
  await server.listen();
  return server;
}

function piped({ request, location, environment, sandbox }: Place, interpreter: Interpreter): PipeInstance {
  const { shell, spec, logStream } = request;
  const init: PipeInit = {
    environment,
    root: sandbox?.taskRoot ?? location.taskRoot,
    handler: spec.handler,
    functionName: spec.name,
    functionVersion: spec.version,
    memorySizeMb: spec.memorySizeMb,
    logFormat: spec.logFormat,
    logLevel: spec.applicationLogLevel,
    virtual: !(shell.clock instanceof SystemClock),
    nowMs: shell.clock.nowMs(),
    ...(sandbox === undefined ? { compileCacheDir: join(location.functionsDir, "compile-cache") } : {}),
  };
  return new PipeInstance(
    processFor(request, interpreter, { cwd: location.taskRoot, sandbox }),
    init,
    logStream,
  );
}

/** A spare, unless the function needs a process of its own from the start. */
function processFor(
  { spec, inspect }: InstanceRequest,
  interpreter: Interpreter,
  { cwd, sandbox }: { readonly cwd: string; readonly sandbox: Sandbox | undefined },
): PipeProcess {
  if (interpreter !== "node") {
    return sandbox === undefined ? takeProcess(interpreter) : pythonProcess(cwd, interpreter, sandbox);
  }
  const nodeOptions = spec.environment["NODE_OPTIONS"];
  if (nodeOptions === undefined && !inspect && sandbox === undefined) return takeProcess("node");
  return nodeProcess(cwd, {
    flags: inspect ? [`--inspect-wait=${inspectPort}`] : [],
    ...(nodeOptions === undefined ? {} : { nodeOptions }),
    sandbox,
  });
}

function overRuntimeApi(
  { request, location, environment, sandbox, isServerShared }: Place,
  server: RuntimeServer,
  inside: Command & { readonly kill?: () => void },
): RuntimeApiInstance {
  const program = sandbox === undefined ? inside : sandbox.enclose(inside);
  const { logStream } = request;
  const cwd = location.taskRoot;
  return new RuntimeApiInstance({ ...program, cwd, environment, logStream, server, isServerShared });
}

function bootstrapOf({ taskRoot, layersRoot }: CodeLocation): string {
  const command = [taskRoot, layersRoot ?? taskRoot]
    .map((directory) => join(directory, "bootstrap"))
    .find((file) => existsSync(file));
  if (command === undefined)
    throw unusable(`Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]`);
  return command;
}

async function contained(place: Place, server: RuntimeServer): Promise<Instance> {
  const { request, environment } = place;
  const { spec, logStream } = request;
  if (spec.code.kind !== "image") throw unusable("Not a container image.");
  const program = await containerCommand({
    image: spec.code,
    name: `awan-${logStream.slice(-32)}`,
    environment,
    runtimeApi: server.address,
    memorySizeMb: spec.memorySizeMb,
  });
  return overRuntimeApi(place, server, program);
}

/** Not a server error: asking again would not help. */
export const unusable = (reason: string): AwsError =>
  new AwsError("InvalidRuntimeException", reason, { status: 400, fault: "client" });
