/** Which program of this machine serves which of AWS's runtimes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export type RuntimeChoice =
  | { readonly kind: "node" }
  | { readonly kind: "python"; readonly interpreter: string }
  /** An executable named `bootstrap` in the code or a layer, over the Runtime API. */
  | { readonly kind: "provided" }
  | { readonly kind: "none"; readonly reason: string };

const run = promisify(execFile);
const interpreters = new Map<string, Promise<string | undefined>>();

/** Node.js functions run on the Node.js that runs Awan, whichever version they ask for; Python on the nearest found. */
export async function runtimeFor(runtime: string): Promise<RuntimeChoice> {
  if (runtime.startsWith("nodejs")) return { kind: "node" };
  if (runtime.startsWith("provided")) return { kind: "provided" };
  if (runtime.startsWith("python")) {
    const interpreter = await findPython(runtime);
    return interpreter === undefined
      ? {
          kind: "none",
          reason: `The runtime ${runtime} needs Python 3 on this machine, and no python3 was found on the PATH. Install Python 3.`,
        }
      : { kind: "python", interpreter };
  }
  return { kind: "none", reason: unusableReason(runtime) ?? `Awan cannot run the runtime ${runtime}.` };
}

/** Why a runtime can never be run here; undefined when it can, or when it depends on what is installed. */
export function unusableReason(runtime: string): string | undefined {
  if (/^(?:nodejs|provided|python)/.test(runtime)) return undefined;
  return `Awan cannot run the runtime ${runtime} yet: nodejs*, python3.* and provided.* can be run.`;
}

function findPython(runtime: string): Promise<string | undefined> {
  let found = interpreters.get(runtime);
  if (found === undefined) interpreters.set(runtime, (found = firstWorking([runtime, "python3", "python"])));
  return found;
}

/** The real path of the first command that is a Python 3: shims cost more than the interpreter's own start. */
async function firstWorking(commands: readonly string[]): Promise<string | undefined> {
  for (const command of commands) {
    try {
      const { stdout } = await run(command, ["-c", "import sys; print(sys.version_info[0], sys.executable)"]);
      const [major, ...path] = stdout.trim().split(" ");
      if (major === "3") return path.join(" ");
    } catch {
      // Not there, or not usable: the next may be.
    }
  }
  return undefined;
}
