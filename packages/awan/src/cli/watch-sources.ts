/** Watches an application's template and sources: a change deploys anew what it touches. */
import {
  type StackClient,
  deployStack,
  type DeployRequest,
  type StackResult,
} from "../deploy/deploy-stack.ts";
import { printEvent } from "./dev.ts";
import { type Output, paint } from "./output.ts";

export interface WatchOptions {
  readonly client: StackClient;
  readonly request: DeployRequest;
  readonly result: StackResult;
  readonly output: Output;
}

/** Starts watching; the returned function stops it. */
export async function watchSources(options: WatchOptions): Promise<() => Promise<void>> {
  const { client, request, result, output } = options;
  const { watch } = await import("chokidar");
  const watcher = watch([request.template, ...result.sources], {
    ignoreInitial: true,
    ignored: /(^|[/\\])(node_modules|\.git|\.awan)([/\\]|$)/,
    // Editors write in several steps: one change, not three.
    awaitWriteFinish: { stabilityThreshold: 40, pollInterval: 10 },
  });
  let again = false;
  let deploying: Promise<void> | undefined;
  const deployChange = async (path: string): Promise<void> => {
    output.event("changed", paint("gray", `${path} changed`), { path });
    try {
      const { status } = await deployStack(client, request, (event) => printEvent(output, event));
      output.event("reloaded", `${paint("green", "✔")} reloaded (${status})`, { status });
    } catch (error) {
      output.event("failed", paint("red", (error as Error).message), { message: (error as Error).message });
    }
  };
  watcher.on("all", (_event, path) => {
    if (deploying !== undefined) {
      again = true;
      return;
    }
    deploying = (async () => {
      do {
        again = false;
        await deployChange(path);
      } while (again);
      deploying = undefined;
    })();
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return async () => {
    await watcher.close();
    await deploying;
  };
}
