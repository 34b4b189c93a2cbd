/** From what CreateFunction and UpdateFunctionConfiguration are given to what is kept, with AWS's checks. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameter } from "./errors.ts";
import type { Settings } from "./keys.ts";
import { findLayer, parseLayerArn } from "./layer.ts";
import { limits, retiredRuntimes, runtimes } from "./limits.ts";
import type { In } from "./sdk.ts";

const reservedVariables = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

type Changes = Partial<In<"CreateFunction">>;

/** The settings after `input` was applied to `before`; undefined for a new function. */
export function applySettings(call: Call, before: Settings | undefined, input: Changes): Settings {
  checkRuntime(input.Runtime);
  if (input.Environment?.Variables !== undefined) checkVariables(input.Environment.Variables);
  if (input.Layers !== undefined) checkLayers(call, input.Layers);
  const kept: Settings = before ?? {
    Description: "",
    Timeout: limits.timeoutSecondsDefault,
    MemorySize: limits.memoryMbDefault,
    PackageType: input.PackageType ?? "Zip",
    Architectures: ["x86_64"],
    EphemeralStorage: { Size: limits.ephemeralStorageMbDefault },
    TracingMode: "PassThrough",
    SnapStartApplyOn: "None",
    LoggingConfig: { LogFormat: "Text" },
    variables: null,
    layers: [],
  };
  const plain: Record<string, unknown> = {};
  for (const name of plainMembers) if (input[name] !== undefined) plain[name] = input[name];
  return {
    ...kept,
    ...plain,
    ...(input.DeadLetterConfig === undefined ? {} : deadLetter(input.DeadLetterConfig)),
    ...(input.TracingConfig?.Mode === undefined ? {} : { TracingMode: input.TracingConfig.Mode }),
    ...(input.SnapStart?.ApplyOn === undefined ? {} : { SnapStartApplyOn: input.SnapStart.ApplyOn }),
    ...(input.LoggingConfig === undefined ? {} : { LoggingConfig: logging(kept, input.LoggingConfig) }),
    ...(input.Environment === undefined ? {} : { variables: { ...input.Environment.Variables } }),
    ...(input.Layers === undefined ? {} : { layers: [...input.Layers] }),
    ...(input.ImageConfig === undefined ? {} : { ImageConfig: { ...input.ImageConfig } }),
    ...(input.VpcConfig === undefined ? {} : vpc(call, input.VpcConfig)),
  };
}

const plainMembers = [
  "Runtime",
  "Role",
  "Handler",
  "Description",
  "Timeout",
  "MemorySize",
  "KMSKeyArn",
  "FileSystemConfigs",
  "Architectures",
  "EphemeralStorage",
  "DurableConfig",
] as const;

const deadLetter = (
  config: NonNullable<Changes["DeadLetterConfig"]>,
): Pick<Settings, "DeadLetterConfig"> => ({
  DeadLetterConfig:
    config.TargetArn === undefined || config.TargetArn === "" ? undefined : { TargetArn: config.TargetArn },
});

function logging(kept: Settings, config: NonNullable<Changes["LoggingConfig"]>): Settings["LoggingConfig"] {
  const format = config.LogFormat ?? kept.LoggingConfig.LogFormat ?? "Text";
  if (
    format !== "JSON" &&
    (config.ApplicationLogLevel !== undefined || config.SystemLogLevel !== undefined)
  ) {
    throw invalidParameter(
      "You must configure your function to use JSON log format to set application or system log levels.",
    );
  }
  const merged = { ...kept.LoggingConfig, ...config, LogFormat: format };
  if (format === "JSON") return { ApplicationLogLevel: "INFO", SystemLogLevel: "INFO", ...merged };
  delete merged.ApplicationLogLevel;
  delete merged.SystemLogLevel;
  return merged;
}

/** EC2 is asked for both: a network that is not there is refused. */
function vpc(call: Call, config: NonNullable<Changes["VpcConfig"]>): Pick<Settings, "VpcConfig"> {
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = config;
  if (SecurityGroupIds.length > 0) describeNetwork(call, "SecurityGroups", { GroupIds: SecurityGroupIds });
  const [subnet] = SubnetIds.length === 0 ? [] : describeNetwork(call, "Subnets", { SubnetIds });
  const VpcId = subnet?.VpcId ?? "";
  return { VpcConfig: { SubnetIds, SecurityGroupIds, VpcId, Ipv6AllowedForDualStack } };
}

function describeNetwork(
  call: Call,
  what: "SecurityGroups" | "Subnets",
  input: object,
): readonly { readonly VpcId?: string }[] {
  try {
    return call.invoke("ec2", `Describe${what}`, input)[what] as { VpcId?: string }[];
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalidParameter(
      `Error occurred while Describe${what}. EC2 Error Code: ${error.code}. EC2 Error Message: ${error.message}`,
    );
  }
}

function checkRuntime(runtime: string | undefined): void {
  if (runtime === undefined || runtimes.includes(runtime)) return;
  if (retiredRuntimes.has(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(", ")}] or be a valid ARN`,
  );
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => reservedVariables.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured, "utf8") > limits.environmentBytesMax) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
}

function checkLayers(call: Call, arns: readonly string[]): void {
  if (arns.length > limits.layersMax) {
    throw invalidParameter(`Cannot reference more than ${limits.layersMax} layers.`);
  }
  const seen = new Map<string, string>();
  for (const arn of arns) {
    const reference = parseLayerArn(arn);
    if (reference !== undefined && reference.region !== call.region) {
      throw invalidParameter(
        `Layers are not in the same region as the function. Layers are expected to be in region ${call.region}.`,
      );
    }
    const bare = arn.slice(0, arn.lastIndexOf(":"));
    const other = seen.get(bare);
    if (other !== undefined) {
      throw invalidParameter(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(bare, arn);
    if (findLayer(call, arn) === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
  }
}
