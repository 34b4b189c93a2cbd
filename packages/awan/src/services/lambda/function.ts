/** Functions as rows: finding them, choosing the version an event goes to, and describing them as AWS does. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Call } from "../../host/call.ts";
import type { FunctionCode, FunctionSpec } from "../../host/functions.ts";
import { functionNotFound } from "./errors.ts";
import { layerBlobs, layerSize } from "./layer.ts";
import {
  aliases,
  functions,
  type FunctionRow,
  latest,
  provisioned,
  reservations,
  type VersionRow,
  versions,
} from "./keys.ts";
import { limits } from "./limits.ts";
import { roleCredentials } from "./role-session.ts";
import { functionArn, type FunctionReference, isLatest, isVersion } from "./names.ts";

export interface FoundFunction {
  readonly name: string;
  readonly row: FunctionRow;
}

export function requireFunction(call: Call, reference: FunctionReference): FoundFunction {
  const row = functions.get(call.tx, [reference.name]);
  if (row === undefined) throw functionNotFound(functionArn(call, reference.name, reference.qualifier));
  return { name: reference.name, row };
}

export interface FoundVersion extends FoundFunction {
  /** 0 is `$LATEST`. */
  readonly number: number;
  readonly version: VersionRow;
}

/** The version a reference names. Weights of an alias count only for events (`toRun`), by the call's randomness. */
export function requireVersion(call: Call, reference: FunctionReference, toRun = false): FoundVersion {
  const found = requireFunction(call, reference);
  const number = versionNumber(call, reference, toRun);
  const version = number === undefined ? undefined : versions.get(call.tx, [reference.name, number]);
  if (number === undefined || version === undefined) {
    throw functionNotFound(functionArn(call, reference.name, reference.qualifier));
  }
  return { ...found, number, version };
}

function versionNumber(
  call: Call,
  { name, qualifier }: FunctionReference,
  toRun: boolean,
): number | undefined {
  if (qualifier === undefined || isLatest(qualifier)) return latest;
  if (isVersion(qualifier)) return Number(qualifier);
  const alias = aliases.get(call.tx, [name, qualifier]);
  if (alias === undefined) return undefined;
  const weights = toRun ? Object.entries(alias.weights) : [];
  let point = weights.length === 0 ? 1 : call.random.float();
  for (const [version, weight] of weights) {
    if (point < weight) return Number(version);
    point -= weight;
  }
  return isLatest(alias.version) ? latest : Number(alias.version);
}

/** Whether the version or alias exists; `$LATEST` does whenever the function does. */
export function qualifierExists(call: Call, { name, qualifier }: FunctionReference): boolean {
  if (qualifier === undefined || isLatest(qualifier)) return functions.has(call.tx, [name]);
  return isVersion(qualifier)
    ? versions.has(call.tx, [name, Number(qualifier)])
    : aliases.has(call.tx, [name, qualifier]);
}

export const versionName = (number: number): string => (number === latest ? "$LATEST" : String(number));

const isoDate = (timeMs: number): string => new Date(timeMs).toISOString().replace("Z", "+0000");

/** What a transition shows on the answer that starts it. In Awan it is over when the answer has been read. */
export type Transition = "none" | "create" | "update";

/** A version as `FunctionConfiguration`. */
export function describeVersion(
  call: Call,
  name: string,
  number: number,
  row: VersionRow,
  transition: Transition = "none",
): FunctionConfiguration {
  const { settings, code } = row;
  const { TracingMode, SnapStartApplyOn, variables, layers, ImageConfig, VpcConfig, ...plain } = settings;
  const isImage = settings.PackageType === "Image";
  const described: FunctionConfiguration = {
    ...plain,
    FunctionName: name,
    FunctionArn: functionArn(call, name, number === latest ? undefined : String(number)),
    CodeSize: code.sizeBytes,
    CodeSha256: code.sha256,
    LastModified: isoDate(row.lastModifiedMs),
    Version: versionName(number),
    TracingConfig: { Mode: TracingMode as "Active" },
    // The state that follows has a revision of its own, as on AWS.
    RevisionId: transition === "none" ? row.revisionId : call.random.uuid(),
    SnapStart: {
      ApplyOn: SnapStartApplyOn as "None",
      OptimizationStatus: number !== latest && SnapStartApplyOn === "PublishedVersions" ? "On" : "Off",
    },
    LoggingConfig: { LogGroup: `/aws/lambda/${name}`, ...settings.LoggingConfig },
    ...stateOf(transition, number),
  };
  if (variables !== null) described.Environment = { Variables: { ...variables } };
  if (layers.length > 0) {
    described.Layers = layers.map((arn) => ({ Arn: arn, CodeSize: layerSize(call, arn) }));
  }
  if (VpcConfig !== undefined) described.VpcConfig = VpcConfig;
  if (ImageConfig !== undefined) described.ImageConfigResponse = { ImageConfig };
  if (!isImage) {
    const hash = fingerprint(settings.Runtime ?? "");
    described.RuntimeVersionConfig = {
      RuntimeVersionArn: `arn:${call.partition}:lambda:${call.region}::runtime:${hash}`,
    };
  }
  return described;
}

function stateOf(transition: Transition, number: number): Partial<FunctionConfiguration> {
  if (transition === "create") {
    return { State: "Pending", StateReason: "The function is being created.", StateReasonCode: "Creating" };
  }
  if (transition === "update" && number === latest) {
    return {
      State: "Active",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      // The SDK's enumeration does not know it; AWS sends it all the same (recorded answer).
      LastUpdateStatusReasonCode: "Creating" as never,
    };
  }
  return { State: "Active", LastUpdateStatus: "Successful" };
}

/** 64 hexadecimal digits of a text, always the same: AWS names runtime versions so. */
function fingerprint(text: string): string {
  let digits = "";
  for (let round = 0; digits.length < 64; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    digits += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return digits.slice(0, 64);
}

/** Everything an event needs to be run: which code, and how many may run at once. */
export interface Target {
  readonly spec: FunctionSpec;
  readonly invokedArn: string;
  readonly reservedConcurrency: number | null;
  readonly unreservedConcurrency: number;
  /** Whether an invocation that is part of a recursive loop is stopped. */
  readonly stopsLoops: boolean;
}

export function resolveTarget(call: Call, reference: FunctionReference): Target {
  const { name, row, number, version } = requireVersion(call, reference, true);
  const { settings } = version;
  const logging = settings.LoggingConfig;
  const credentials =
    call.isGuarded && settings.Role !== undefined ? roleCredentials(call, name, settings.Role) : undefined;
  const spec: FunctionSpec = {
    arn: functionArn(call, name),
    name,
    version: versionName(number),
    accountId: call.accountId,
    region: call.region,
    revision: version.executionRevision + (credentials?.accessKeyId ?? ""),
    ...(credentials === undefined ? {} : { credentials }),
    runtime: settings.Runtime ?? "provided.al2023",
    handler: settings.Handler ?? "",
    memorySizeMb: settings.MemorySize ?? limits.memoryMbDefault,
    architecture: settings.Architectures?.[0] ?? "x86_64",
    ephemeralStorageMb: settings.EphemeralStorage?.Size ?? limits.ephemeralStorageMbDefault,
    timeoutMs: (settings.Timeout ?? limits.timeoutSecondsDefault) * 1000,
    environment: settings.variables ?? {},
    code: codeToRun(version),
    layers: layerBlobs(call, settings.layers),
    logFormat: logging.LogFormat === "JSON" ? "JSON" : "Text",
    applicationLogLevel: logging.ApplicationLogLevel ?? "INFO",
    systemLogLevel: logging.SystemLogLevel ?? "INFO",
    logGroup: logging.LogGroup ?? `/aws/lambda/${name}`,
    isProvisioned: reference.qualifier !== undefined && provisioned.has(call.tx, [name, reference.qualifier]),
    instancesMax: row.reservedConcurrency ?? limits.concurrentExecutions,
  };
  return {
    spec,
    invokedArn: functionArn(call, name, reference.qualifier),
    reservedConcurrency:
      row.reservedConcurrency === null ? null : row.reservedConcurrency - setAside(call, reference),
    unreservedConcurrency: limits.concurrentExecutions - reservedTotal(call),
    stopsLoops: row.recursiveLoop !== "Allow",
  };
}

/** An image is run as the function's configuration says. */
function codeToRun({ code, settings }: VersionRow): FunctionCode {
  if (code.code.kind !== "image") return code.code;
  const { EntryPoint, Command, WorkingDirectory } = settings.ImageConfig ?? {};
  return {
    kind: "image",
    uri: code.code.uri,
    ...(Array.isArray(EntryPoint) ? { entryPoint: EntryPoint as string[] } : {}),
    ...(Array.isArray(Command) ? { command: Command as string[] } : {}),
    ...(typeof WorkingDirectory === "string" ? { workingDirectory: WorkingDirectory } : {}),
  };
}

/** What provisioned versions and aliases take from a reservation; nothing for one of them. */
function setAside(call: Call, { name, qualifier }: FunctionReference): number {
  let total = 0;
  for (const { key, value } of provisioned.scan(call.tx, [name])) {
    if (key[1] === qualifier) return 0;
    total += value.requested;
  }
  return total;
}

/** What functions of this account and region have reserved together. */
export function reservedTotal(call: Call, except?: string): number {
  let total = 0;
  for (const { key, value } of reservations.scan(call.tx, [])) if (key[0] !== except) total += value;
  return total;
}
