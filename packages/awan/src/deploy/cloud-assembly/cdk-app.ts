/**
 * Runs a CDK application as the CDK CLI does, with what the user has installed, and leaves its cloud assembly in a
 * directory.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { runCommand } from "../run-command.ts";
import { type Dict, isDict } from "../template/value.ts";
import type { Environment } from "./publish.ts";

export interface SynthesisOptions {
  /** The directory with `cdk.json`, or that file. */
  readonly project: string;
  /** Where the assembly is written. */
  readonly outDir: string;
  readonly environment: Environment;
  /** Where AWS is, for applications that ask it while they are built. */
  readonly endpoint: string;
  /** Over what `cdk.json` and `cdk.context.json` say. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** A module loaded into the application's process first, and the file it writes. */
  readonly preload?: { readonly module: string; readonly record: string };
}

/** The directory and settings of a CDK project. */
export function readProject(project: string): {
  readonly directory: string;
  readonly app: string;
  readonly context: Dict;
} {
  const path = resolve(project);
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "cdk.json") : path;
  if (!existsSync(file)) throw new Error(`there is no CDK application at ${path}: it has no cdk.json`);
  const settings = JSON.parse(readFileSync(file, "utf8")) as Dict;
  const app = settings["app"];
  if (typeof app !== "string") throw new Error(`${file} names no app to run`);
  const directory = dirname(file);
  const looked = join(directory, "cdk.context.json");
  return {
    directory,
    app,
    context: {
      ...(existsSync(looked) ? (JSON.parse(readFileSync(looked, "utf8")) as Dict) : {}),
      ...(isDict(settings["context"]) ? settings["context"] : {}),
    },
  };
}

/** Larger than what one environment variable may hold goes into a file, as CDK reads it. */
const contextSizeMax = 100_000;

export async function synthesize(options: SynthesisOptions): Promise<void> {
  const { directory, app, context } = readProject(options.project);
  const { accountId, region } = options.environment;
  mkdirSync(options.outDir, { recursive: true });
  const whole = JSON.stringify({
    "aws:cdk:enable-path-metadata": true,
    "aws:cdk:enable-asset-metadata": true,
    "aws:cdk:bundling-stacks": ["**"],
    ...context,
    ...options.context,
  });
  const overflow = join(options.outDir, "..", "context.json");
  if (whole.length > contextSizeMax) writeFileSync(overflow, whole);
  const { NODE_OPTIONS = "" } = process.env;
  await runCommand(app, directory, {
    ...withoutTestRunner(process.env),
    CDK_OUTDIR: options.outDir,
    CDK_CONTEXT_JSON: whole.length > contextSizeMax ? "{}" : whole,
    ...(whole.length > contextSizeMax ? { CONTEXT_OVERFLOW_LOCATION_ENV: overflow } : {}),
    CDK_DEFAULT_ACCOUNT: accountId,
    CDK_DEFAULT_REGION: region,
    // Synthesis is several times faster without; the deployment checks what matters.
    CDK_VALIDATION: "false",
    CDK_DISABLE_STACK_TRACE: "1",
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    ...(options.preload === undefined
      ? {}
      : {
          NODE_OPTIONS: `${NODE_OPTIONS} --require ${JSON.stringify(options.preload.module)}`,
          AWAN_SYNTHESIS_RECORD: options.preload.record,
        }),
  });
  if (!existsSync(join(options.outDir, "manifest.json")))
    throw new Error(`the CDK application wrote no cloud assembly: \`${app}\` in ${directory}`);
}

/** What a test runner tells its own processes would make the application behave otherwise. */
const withoutTestRunner = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:VITEST|JEST|NODE_TEST)/.test(name)),
  );
