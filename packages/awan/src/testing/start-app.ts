/** Starts an Awan for a test and, if there is a template, deploys it. */
import { createCloud } from "../server.ts";
import type { App, AppNames } from "./app.ts";
import { nothingDeployed } from "./deployed.ts";
import { LiveApp } from "./live-app.ts";
import { clockOf, type StartAppOptions } from "./options.ts";
import { findRunner } from "./runners.ts";
import { watchTime } from "./time-watch.ts";

/** Starts an Awan in this process; `await using app = await startApp<Names>({ template: "template.yaml" })`. */
export async function startApp<Names extends AppNames = AppNames>(
  options: StartAppOptions = {},
): Promise<App<Names>> {
  await findRunner();
  const defects: unknown[] = [];
  const seed = options.seed ?? 1;
  const cloud = await createCloud({
    clock: clockOf(options),
    seed,
    freeze: true,
    rootSecret: options.auth === true ? "test" : undefined,
    enforceIam: options.iam === "enforce",
    onDefect: (error) => defects.push(error),
  });
  await cloud.listen({ port: 0 });
  cloud.platform.start();
  let deployed = nothingDeployed;
  try {
    if (hasSource(options))
      deployed = await (await import("./deploy-application.ts")).deployInto(cloud.platform, options);
  } catch (error) {
    await cloud.close();
    throw error;
  }
  let stopWatching: (() => void) | undefined;
  const app = new LiveApp({
    cloud,
    deployed,
    seed,
    defects,
    faults: options.faults,
    inTurn: options.repeatable ?? false,
    onClose: () => stopWatching?.(),
  });
  stopWatching = watchTime(
    app,
    options.onWarning ?? ((warning) => process.emitWarning(warning, "AwanTimeWarning")),
  );
  return app;
}

const hasSource = ({ template, cdk, cloudAssembly, serverless }: StartAppOptions): boolean =>
  [template, cdk, cloudAssembly, serverless].some((source) => source !== undefined);
