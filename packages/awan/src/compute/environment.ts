/** The environment variables AWS gives a function, with what keeps every SDK call at this Awan. */
import { readdirSync } from "node:fs";
import type { FunctionSpec } from "../host/functions.ts";

export interface EnvironmentOptions {
  readonly endpoint: string;
  /** Where the code lies: `/var/task` on AWS. */
  readonly taskRoot: string;
  /** Where the layers are merged: `/opt` on AWS. */
  readonly layersRoot: string | undefined;
  /** A directory of the instance's own: `/tmp` on AWS. */
  readonly temporaryDir: string;
  /** Where the AWS SDK is linked for code that brings none. */
  readonly sdkDir: string | undefined;
  readonly logStream: string;
}

/** Nothing listens there: better a refused connection than the real AWS. */
const nowhere = "http://127.0.0.1:9";

export function functionEnvironment(spec: FunctionSpec, options: EnvironmentOptions): Record<string, string> {
  const opt = options.layersRoot ?? "/opt";
  const nodeMajor = /^nodejs(\d+)/.exec(spec.runtime)?.[1] ?? "";
  const nodePath = [
    `${opt}/nodejs/node${nodeMajor}/node_modules`,
    `${opt}/nodejs/node_modules`,
    options.taskRoot,
  ];
  if (options.sdkDir !== undefined) nodePath.push(options.sdkDir);
  return {
    PATH: [`${opt}/bin`, process.env["PATH"] ?? "/usr/bin:/bin"].join(":"),
    HOME: process.env["HOME"] ?? options.temporaryDir,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    LD_LIBRARY_PATH: `${options.taskRoot}:${options.taskRoot}/lib:${opt}/lib`,
    NODE_PATH: nodePath.join(":"),
    PYTHONPATH: [options.taskRoot, `${opt}/python`].join(":"),
    ...(spec.runtime.startsWith("ruby") ? rubyPaths(options.taskRoot, opt) : {}),
    TMPDIR: options.temporaryDir,
    AWS_ENDPOINT_URL: options.endpoint === "" ? nowhere : options.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    ...spec.environment,
    AWS_REGION: spec.region,
    AWS_DEFAULT_REGION: spec.region,
    ...credentialsOf(spec),
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memorySizeMb),
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: spec.isProvisioned ? "provisioned-concurrency" : "on-demand",
    AWS_LAMBDA_LOG_FORMAT: spec.logFormat,
    ...(spec.logFormat === "JSON" ? { AWS_LAMBDA_LOG_LEVEL: spec.applicationLogLevel } : {}),
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
    LAMBDA_TASK_ROOT: options.taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    _HANDLER: spec.handler,
  };
}

/** Where gems lie: each directory under the version of Ruby it was made for. */
const rubyPaths = (taskRoot: string, opt: string): Record<string, string> => ({
  AWAN_LAYERS: opt,
  GEM_PATH: [`${taskRoot}/vendor/bundle/ruby`, `${opt}/ruby/gems`].flatMap(versionsIn).join(":"),
});

function versionsIn(directory: string): string[] {
  try {
    return readdirSync(directory).map((version) => `${directory}/${version}`);
  } catch {
    return [];
  }
}

function credentialsOf({ accountId, credentials }: FunctionSpec): Record<string, string> {
  // Awan takes a 12-digit access key id for the account it names.
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {
    accessKeyId: accountId,
    secretAccessKey: "awan",
  };
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}
