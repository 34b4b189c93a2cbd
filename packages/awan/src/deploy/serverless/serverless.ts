/**
 * Serverless Framework applications: packaged by the framework the user has installed (osls, or serverless 3), then
 * deployed as it would do it: the stack with its bucket, the archives, the whole stack.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Environment, makeBucket } from "../cloud-assembly/publish.ts";
import {
  clientIn,
  type DeployEvent,
  deployTemplateBody,
  type StackClient,
  type StackResult,
} from "../deploy-stack.ts";
import { runCommand } from "../run-command.ts";
import { isDict, textOf } from "../template/value.ts";

export interface ServerlessOptions {
  /** `serverless.yml`, or its directory. */
  readonly project: string;
  /** Where the package is written. */
  readonly outDir: string;
  readonly environment: Environment;
  readonly endpoint: string;
}

interface State {
  readonly service: {
    readonly service: string;
    readonly provider: {
      readonly stage?: string;
      readonly stackName?: string;
      readonly region?: string;
      readonly deploymentBucket?: unknown;
    };
  };
  readonly package: { readonly artifactDirectoryName: string };
}

export async function deployServerless(
  client: StackClient,
  options: ServerlessOptions,
  onEvent: (event: DeployEvent) => void,
): Promise<StackResult & { readonly environment: Environment }> {
  const project = resolve(options.project);
  const directory = existsSync(project) && statSync(project).isDirectory() ? project : dirname(project);
  await packageWith(frameworkFor(directory), directory, project === directory ? undefined : project, options);
  const { outDir } = options;
  const state = JSON.parse(readFileSync(join(outDir, "serverless-state.json"), "utf8")) as State;
  const { service, provider } = state.service;
  const stackName = provider.stackName ?? `${service}-${provider.stage ?? "dev"}`;
  const environment = { ...options.environment, region: provider.region ?? options.environment.region };
  const there = clientIn(client, environment);
  const template = (name: string): string =>
    readFileSync(join(outDir, `cloudformation-template-${name}-stack.json`), "utf8");
  const deploy = (templateBody: string) =>
    deployTemplateBody(there, { stackName, templateBody, parameters: {} }, onEvent);
  const named = bucketNamed(provider.deploymentBucket);
  let bucket = named;
  if (named === undefined) {
    const exists = await there
      .invoke("cloudformation", "DescribeStackResource", {
        StackName: stackName,
        LogicalResourceId: "ServerlessDeploymentBucket",
      })
      .catch(() => undefined);
    bucket = isDict(exists?.["StackResourceDetail"])
      ? textOf(exists["StackResourceDetail"]["PhysicalResourceId"])
      : (await deploy(template("create"))).resources["ServerlessDeploymentBucket"];
  } else await makeBucket(there, named, environment.region);
  for (const file of readdirSync(outDir).filter((name) => name.endsWith(".zip"))) {
    await there.invoke("s3", "PutObject", {
      Bucket: bucket,
      Key: `${state.package.artifactDirectoryName}/${file}`,
      Body: readFileSync(join(outDir, file)),
    });
  }
  return { ...(await deploy(template("update"))), environment, sources: [directory] };
}

function bucketNamed(setting: unknown): string | undefined {
  if (typeof setting === "string") return setting;
  return isDict(setting) && typeof setting["name"] === "string" ? setting["name"] : undefined;
}

/** The command of the framework installed for the project, looked for upwards. */
function frameworkFor(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    for (const name of ["osls", "serverless"]) {
      const command = join(at, "node_modules", ".bin", name);
      if (existsSync(command)) return command;
    }
    if (dirname(at) === at)
      throw new Error(
        `the Serverless Framework is not installed for ${directory}: npm install --save-dev osls (or serverless@3)`,
      );
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

async function packageWith(
  command: string,
  directory: string,
  config: string | undefined,
  { outDir, endpoint, environment }: ServerlessOptions,
): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  const line = [
    command,
    "package",
    "--package",
    outDir,
    ...(config === undefined ? [] : ["--config", config.slice(directory.length + 1)]),
  ];
  await runCommand(line.map(quoted).join(" "), directory, {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: environment.region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    SLS_TELEMETRY_DISABLED: "1",
    SLS_NOTIFICATIONS_MODE: "off",
  });
  if (!existsSync(join(outDir, "serverless-state.json")))
    throw new Error(`${command} package wrote no serverless-state.json: version 3 or osls is needed`);
}
