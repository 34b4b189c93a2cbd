/** `awan dev`: an application running on Awan, redeployed and reloaded as its files change. */
import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type ApplicationSource, type ApplicationStack, stackNameOf } from "../deploy/application.ts";
import type { DeployEvent } from "../deploy/deploy-stack.ts";
import { develop } from "../deploy/development.ts";
import type { Cloud } from "../server.ts";
import { createOutput, type Output, paint, UserError } from "./output.ts";
import { openCloud, type ServerOptions, untilStopped } from "./start.ts";

export { stackNameOf } from "../deploy/application.ts";

export interface DevOptions extends ServerOptions {
  readonly stackName?: string;
  readonly parameter?: readonly string[];
}

export async function dev(application: string | undefined, options: DevOptions): Promise<void> {
  const output = createOutput(options.json);
  const source = sourceAt(application ?? ".");
  const cloud = await openCloud(options);
  const { platform } = cloud;
  output.event("ready", `${paint("green", "●")} Awan at ${paint("bold", platform.endpoint)}`, {
    endpoint: platform.endpoint,
    region: options.region,
  });
  const client = localClient(cloud);
  const onEvent = (event: DeployEvent): void => printEvent(output, event);
  const development = develop({
    ...source,
    stackName:
      options.stackName ?? (source.template === undefined ? undefined : stackNameOf(source.template)),
    parameters: parametersOf(options.parameter),
    buildDirectory: buildDirectory(options, cloud),
    environment: { accountId: platform.accountId, region: platform.region },
    endpoint: platform.endpoint,
  });
  let stacks: readonly ApplicationStack[];
  try {
    stacks = await development.start(client, onEvent);
  } catch (error) {
    await cloud.close();
    throw new UserError((error as Error).message);
  }
  const { watchSources } = await import("./watch-sources.ts");
  const stopWatching = await watchSources({ client, development, output });
  for (const stack of stacks) printResult(output, stack);
  await untilStopped(cloud, output);
  await stopWatching();
}

const conventional = [
  "cdk.json",
  "template.yaml",
  "template.yml",
  "template.json",
  "serverless.yml",
  "serverless.yaml",
];

/** What kind of application a path is: a template, a CDK project, a cloud assembly or a serverless.yml. */
export function sourceAt(path: string): ApplicationSource {
  const full = resolve(path);
  if (!existsSync(full)) throw new UserError(`there is no ${path}`);
  if (statSync(full).isDirectory()) {
    if (existsSync(join(full, "manifest.json"))) return { cloudAssembly: full };
    const found = conventional.find((name) => existsSync(join(full, name)));
    if (found !== undefined) return sourceAt(join(full, found));
    throw new UserError(`there is no application in ${full}: none of ${conventional.join(", ")}`);
  }
  const name = basename(full);
  if (name === "cdk.json") return { cdk: full };
  return /^serverless\.ya?ml$/.test(name) ? { serverless: full } : { template: full };
}

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
  invoke: (service: string, operation: string, input: object, scope: object = {}) =>
    cloud.platform.invoke(service, operation, input, scope),
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

export function printResult(output: Output, result: Omit<ApplicationStack, "environment">): void {
  output.event("deployed", `${paint("green", "✔")} ${result.stackName} ${result.status}`, { ...result });
  for (const [name, value] of Object.entries(result.outputs)) {
    output.event("output", `  ${name} = ${paint("bold", value)}`, { name, value });
  }
}
