/** A real Awan process from the sources, for tests that need one to start, crash and start again. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface RunningServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly pid: number;
  /** Of the deployed stack, when it was started with `dev`. */
  readonly outputs: Readonly<Record<string, string>>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Runs `awan <args>` and resolves when it has printed the event `until`. */
export async function startServer(
  args: readonly string[],
  until: "ready" | "deployed",
): Promise<RunningServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--conditions", "awan/source", "--import", "tsx", "packages/awan/src/cli/bin.ts", "--json", ...args],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let endpoint = "";
  const outputs = await new Promise<Record<string, string>>((resolve, reject) => {
    void exited.then(() => reject(new Error(`awan ${args.join(" ")} ended before it was ${until}`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const event = JSON.parse(line) as { kind: string; endpoint?: string; outputs?: Record<string, string> };
      if (event.kind === "ready") endpoint = event.endpoint ?? "";
      if (event.kind === until) resolve(event.outputs ?? {});
    });
  });
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return { endpoint, pid: child.pid ?? 0, outputs, kill, [Symbol.asyncDispose]: () => kill("SIGTERM") };
}
