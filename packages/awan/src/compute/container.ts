/**
 * Container images: run by Docker or Podman with the Runtime API of this instance in their environment, which AWS's base
 * images, and every image with a runtime interface client, then use instead of the emulator they contain.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FunctionCode } from "../host/functions.ts";
import { AwsError } from "../kernel/errors.ts";

export type ImageCode = Extract<FunctionCode, { readonly kind: "image" }>;

export interface ContainerRun {
  readonly image: ImageCode;
  /** Unique among what runs. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `127.0.0.1:port`. */
  readonly runtimeApi: string;
  readonly memorySizeMb: number;
}

export interface ContainerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Ends the container: ending the engine's client does not. */
  readonly kill: () => void;
}

const run = promisify(execFile);
const engines = ["docker", "podman"] as const;
let engine: Promise<string> | undefined;

/** On Linux a container shares the machine's network; elsewhere engines have a name for the machine. */
const isLinux = process.platform === "linux";
const machine = isLinux ? "127.0.0.1" : "host.docker.internal";
/** Of the environment of processes, what means something inside an image too. */
const own =
  /^(?:PATH|HOME|LANG|TZ|LD_LIBRARY_PATH|NODE_PATH|PYTHONPATH|TMPDIR|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|_HANDLER)$/;

export async function containerCommand(options: ContainerRun): Promise<ContainerCommand> {
  const { image, name, environment, runtimeApi, memorySizeMb } = options;
  const command = await findEngine(image.uri);
  const args = ["run", "--rm", "--name", name, "--memory", `${memorySizeMb}m`];
  if (isLinux) args.push("--network", "host");
  const variables = { ...environment, AWS_LAMBDA_RUNTIME_API: runtimeApi };
  for (const [key, value] of Object.entries(variables)) {
    if (!own.test(key)) args.push("--env", `${key}=${value.replace("127.0.0.1", machine)}`);
  }
  const [program, ...programArgs] = image.entryPoint ?? [];
  if (image.workingDirectory !== undefined) args.push("--workdir", image.workingDirectory);
  if (program !== undefined) args.push("--entrypoint", program);
  args.push(image.uri, ...programArgs, ...(image.command ?? []));
  return { command, args, kill: () => execFile(command, ["kill", name], () => {}) };
}

async function findEngine(uri: string): Promise<string> {
  engine ??= firstAnswering();
  try {
    return await engine;
  } catch (error) {
    // Asked again next time: the engine may have been started meanwhile.
    engine = undefined;
    const message = `Awan runs container images (${uri}) with Docker or Podman, and neither answers on this machine (${(error as Error).message}). Install or start one of them, or deploy the function as an archive.`;
    throw new AwsError("InvalidRuntimeException", message, { status: 400, fault: "client" });
  }
}

async function firstAnswering(): Promise<string> {
  const reasons: string[] = [];
  for (const command of engines) {
    try {
      await run(command, ["info", "--format", "{{.ID}}"], { timeout: 10_000 });
      return command;
    } catch (error) {
      const { code, stderr } = error as { code?: unknown; stderr?: string };
      reasons.push(
        `${command}: ${code === "ENOENT" ? "not installed" : (stderr ?? "").trim().split("\n")[0]}`,
      );
    }
  }
  throw new Error(reasons.join("; "));
}
