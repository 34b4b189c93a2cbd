/** A command of the user's project, run in its directory with the tools installed there. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const outputShown = 4000;

/** A line for the shell. Throws an error with the end of what it printed when it fails. */
export function runCommand(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return run(command, [], { cwd, env, shell: true });
}

/** As `runCommand`, for a program and its arguments. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  return run(program, args, { cwd, env, shell: false });
}

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly shell: boolean;
}

function run(command: string, args: readonly string[], { cwd, env, shell }: Surroundings): Promise<void> {
  return new Promise((resolve, reject) => {
    const path = `${join(cwd, "node_modules", ".bin")}:${env["PATH"] ?? ""}`;
    const child = spawn(command, [...args], {
      cwd,
      env: { ...env, PATH: path },
      shell,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString("utf8")).slice(-outputShown)));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`\`${command}\` in ${cwd} ended with ${code}:\n${output.trim()}`));
    });
  });
}
