/** Watches an application's sources: a change deploys anew what it touches. */
import type { StackClient } from "../deploy/deploy-stack.ts";
import type { Development } from "../deploy/development.ts";
import { printEvent } from "./dev.ts";
import { type Output, paint } from "./output.ts";

export interface WatchOptions {
  readonly client: StackClient;
  readonly development: Development;
  readonly output: Output;
}

/** Starts watching; the returned function stops it. */
export async function watchSources({
  client,
  development,
  output,
}: WatchOptions): Promise<() => Promise<void>> {
  const { watch } = await import("chokidar");
  const watcher = watch([...development.watched()], {
    ignoreInitial: true,
    ignored: /(^|[/\\])(node_modules|\.git|\.awan|\.serverless|cdk\.out)([/\\]|$)/,
    // Editors write in several steps: one change, not three.
    awaitWriteFinish: { stabilityThreshold: 40, pollInterval: 10 },
  });
  const waiting: string[] = [];
  let deploying: Promise<void> | undefined;
  const deployChange = async (path: string): Promise<void> => {
    output.event("changed", paint("gray", `${path} changed`), { path });
    try {
      const stacks = await development.change(path, client, (event) => printEvent(output, event));
      const status = stacks.map((stack) => stack.status).join(", ");
      output.event("reloaded", `${paint("green", "✔")} reloaded (${status})`, { status });
    } catch (error) {
      output.event("failed", paint("red", (error as Error).message), { message: (error as Error).message });
    }
  };
  watcher.on("all", (_event, path) => {
    if (!waiting.includes(path)) waiting.push(path);
    deploying ??= (async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await deployChange(next);
      deploying = undefined;
    })();
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return async () => {
    await watcher.close();
    await deploying;
  };
}
