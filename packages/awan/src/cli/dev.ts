/** `awan dev`: an application running on Awan, redeployed and reloaded as its files change. */
import { basename, dirname, resolve } from "node:path";
import { type DeployEvent, deployStack, type StackResult } from "../deploy/deploy-stack.ts";
import type { Cloud } from "../server.ts";
import { createOutput, type Output, paint, UserError } from "./output.ts";
import { openCloud, type ServerOptions, untilStopped } from "./start.ts";

export interface DevOptions extends ServerOptions {
  readonly stackName?: string;
  readonly parameter?: readonly string[];
}

export async function dev(template: string, options: DevOptions): Promise<void> {
  const output = createOutput(options.json);
  const path = resolve(template);
  const cloud = await openCloud(options);
  output.event("ready", `${paint("green", "●")} Awan at ${paint("bold", cloud.platform.endpoint)}`, {
    endpoint: cloud.platform.endpoint,
    region: options.region,
  });
  const request = {
    template: path,
    stackName: options.stackName ?? stackNameOf(path),
    parameters: parametersOf(options.parameter),
    buildDirectory: buildDirectory(options, cloud),
  };
  let result: StackResult;
  try {
    result = await deployStack(localClient(cloud), request, (event) => printEvent(output, event));
  } catch (error) {
    await cloud.close();
    throw new UserError((error as Error).message);
  }
  const { watchSources } = await import("./watch-sources.ts");
  const stopWatching = await watchSources({ client: localClient(cloud), request, result, output });
  printResult(output, result);
  await untilStopped(cloud, output);
  await stopWatching();
}

/** `patterns/orders/template.yaml` → `orders`. */
export const stackNameOf = (template: string): string =>
  basename(dirname(resolve(template))).replaceAll(/[^A-Za-z0-9-]/g, "-") || "app";

/** `["Stage=dev"]` → `{ Stage: "dev" }`. */
export function parametersOf(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw new UserError(`not of the form name=value: ${pair}`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

export const localClient = (cloud: Cloud) => ({
  invoke: (service: string, operation: string, input: object) =>
    cloud.platform.invoke(service, operation, input),
  wait: () => cloud.platform.idle(),
});

function buildDirectory(options: DevOptions, cloud: Cloud): string {
  return options.ephemeral === true ? `${cloud.platform.scratchDir()}/build` : resolve(options.data, "build");
}

const bad = /FAILED|ROLLBACK/;

export function printEvent(output: Output, event: DeployEvent): void {
  const colour = bad.test(event.status) ? "red" : event.status.endsWith("COMPLETE") ? "green" : "gray";
  const reason = event.reason === undefined ? "" : `  ${event.reason}`;
  output.event(
    "resource",
    `  ${paint(colour, event.status.padEnd(20))} ${event.type}  ${event.logicalId}${reason}`,
    { ...event },
  );
}

export function printResult(output: Output, result: StackResult): void {
  output.event("deployed", `${paint("green", "✔")} ${result.stackName} ${result.status}`, { ...result });
  for (const [name, value] of Object.entries(result.outputs)) {
    output.event("output", `  ${name} = ${paint("bold", value)}`, { name, value });
  }
}
