/** An application, in whichever way it is written: a template, a CDK application, a cloud assembly or a serverless.yml. */
import { mkdir, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Scope } from "../host/call.ts";
import { type DeployEvent, deployStack, type StackClient, type StackResult } from "./deploy-stack.ts";

export interface ApplicationSource {
  /** Path of a SAM or CloudFormation template. */
  readonly template?: string | undefined;
  /** Directory of a CDK application, the one with `cdk.json`. */
  readonly cdk?: string | undefined;
  /** Context for the CDK application, over what `cdk.json` says. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** A directory `cdk synth` wrote: `cdk.out`. */
  readonly cloudAssembly?: string | undefined;
  /** Path of a `serverless.yml`. */
  readonly serverless?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

export interface ApplicationRequest extends ApplicationSource {
  readonly stackName?: string | undefined;
  /** Where bundles, assemblies and packages are written. */
  readonly buildDirectory: string;
  readonly environment: Scope;
  readonly endpoint: string;
}

export interface ApplicationStack extends StackResult {
  readonly environment: Scope;
  readonly constructs?: Readonly<Record<string, string>>;
}

/** `patterns/orders/template.yaml` → `orders`. */
export const stackNameOf = (template: string): string =>
  basename(dirname(resolve(template))).replaceAll(/[^A-Za-z0-9-]/g, "-") || "app";

/** Functions of an assembly run from where it was written: they find the SDK that is beside unpacked archives. */
export async function linkSdk(buildDirectory: string): Promise<void> {
  await mkdir(buildDirectory, { recursive: true });
  await symlink(join("..", "functions", "node_modules"), join(buildDirectory, "node_modules")).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
}

/** Deploys every stack of the application; answers them in the order of their deployment. */
export async function deployApplication(
  client: StackClient,
  request: ApplicationRequest,
  onEvent: (event: DeployEvent) => void,
): Promise<readonly ApplicationStack[]> {
  const { template, cdk, cloudAssembly, serverless, parameters = {}, environment, buildDirectory } = request;
  if (template !== undefined) {
    const stackName = request.stackName ?? stackNameOf(template);
    const own = { template: resolve(template), stackName, parameters, buildDirectory };
    return [{ ...(await deployStack(client, own, onEvent)), environment }];
  }
  if (serverless !== undefined) {
    const { deployServerless } = await import("./serverless/serverless.ts");
    const outDir = join(buildDirectory, "serverless");
    const { endpoint } = request;
    return [await deployServerless(client, { project: serverless, outDir, environment, endpoint }, onEvent)];
  }
  const { deployAssembly } = await import("./cloud-assembly/deploy-assembly.ts");
  let directory = cloudAssembly;
  if (cdk !== undefined) {
    const { synthesize } = await import("./cloud-assembly/cdk-app.ts");
    directory = join(buildDirectory, "cdk.out");
    await linkSdk(buildDirectory);
    const { endpoint, context = {} } = request;
    await synthesize({ project: cdk, outDir: directory, environment, endpoint, context });
  }
  if (directory === undefined) return [];
  return await deployAssembly(client, { directory: resolve(directory), parameters, environment }, onEvent);
}
