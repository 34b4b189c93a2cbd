/** `awan env` and `awan exec`: the environment in which AWS SDKs and tools talk to Awan and to nothing else. */
import { spawn } from "node:child_process";
import { UserError } from "./output.ts";

export interface EndpointOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly json?: boolean;
}

export function environment(options: EndpointOptions): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Prints `export NAME=value` lines for `eval "$(awan env)"`. */
export function env(options: EndpointOptions): void {
  const variables = environment(options);
  const text = options.json
    ? JSON.stringify(variables)
    : Object.entries(variables)
        .map(([name, value]) => `export ${name}=${value}`)
        .join("\n");
  process.stdout.write(`${text}\n`);
}

/** Runs the command and ends with its exit code. */
export async function exec(command: readonly string[], options: EndpointOptions): Promise<void> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...environment(options) } });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", (error) => reject(new UserError(`cannot run ${program}: ${error.message}`)));
    child.on("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
