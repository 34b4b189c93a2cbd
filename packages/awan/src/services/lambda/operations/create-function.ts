/** CreateFunction, and the pieces UpdateFunctionCode shares with it. */
import type { Call } from "../../../host/call.ts";
import { Perform } from "../../../host/service.ts";
import type { CodeSource } from "../code.ts";
import { localDirectoryBucket } from "../code.ts";
import { conflict, invalidParameter, tooLargeEntity } from "../errors.ts";
import { describeVersion } from "../function.ts";
import { type CodeRow, functions, latest, type VersionRow, versions } from "../keys.ts";
import { limits } from "../limits.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import type { In, Out } from "../sdk.ts";
import { applySettings } from "../settings.ts";
import { publish } from "../version.ts";

export function createFunction(call: Call, input: In<"CreateFunction">): Perform<Out<"CreateFunction">> {
  const { name } = parseFunctionName(call, input.FunctionName);
  if (name.length > 64) {
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    );
  }
  checkPackage(input);
  const tags = input.Tags ?? {};
  if (Object.keys(tags).length > limits.tagsMax)
    throw invalidParameter("Number of tags exceeds resource tag limit.");
  const settings = applySettings(call, undefined, input);
  requireAbsent(call, name);
  const source = sourceOf(input.Code);
  return new Perform("lambda.store-code", source, (later, code: CodeRow) => {
    requireAbsent(later, name);
    const row: VersionRow = {
      settings,
      code,
      lastModifiedMs: later.nowMs,
      revisionId: later.random.uuid(),
      executionRevision: later.random.uuid(),
    };
    versions.set(later.tx, [name, latest], row);
    functions.set(later.tx, [name], {
      createdAtMs: later.nowMs,
      versionMax: 0,
      reservedConcurrency: null,
      tags,
      codeSigningConfigArn: input.CodeSigningConfigArn ?? null,
      recursiveLoop: "Terminate",
      runtimeManagement: { UpdateRuntimeOn: "Auto" },
    });
    later.note("lambda.create", { function: name });
    if (input.Publish === true) {
      const published = publish(later, name, undefined);
      const described = describeVersion(later, name, published.number, published.row, "create");
      return { ...described, FunctionArn: functionArn(later, name) };
    }
    return describeVersion(later, name, latest, row, "create");
  });
}

function requireAbsent(call: Call, name: string): void {
  if (functions.has(call.tx, [name])) throw conflict(`Function already exist: ${name}`);
}

function checkPackage(input: In<"CreateFunction">): void {
  if (input.PackageType === "Image") {
    if (input.Code.ImageUri === undefined)
      throw invalidParameter("Please provide ImageUri when creating a function with packageType Image.");
    return;
  }
  if (input.Code.ImageUri !== undefined) {
    throw invalidParameter("Please don't provide ImageUri when creating a function with packageType Zip.");
  }
  if (input.Runtime === undefined || input.Handler === undefined) {
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  }
  const { Code } = input;
  if (Code.ZipFile === undefined && (Code.S3Bucket === undefined || Code.S3Key === undefined)) {
    throw invalidParameter("Please provide a source for function code.");
  }
  checkZipSize(Code.ZipFile);
}

/** Base64 makes the request larger than the archive: two different refusals. */
export function checkZipSize(zip: Uint8Array | undefined): void {
  if (zip === undefined || zip.byteLength <= limits.zippedBytesMax) return;
  throw (zip.byteLength * 4) / 3 > 70_167_211
    ? tooLargeEntity("Request must be smaller than 70167211 bytes for the CreateFunction operation")
    : tooLargeEntity(`Zipped size must be smaller than ${limits.zippedBytesMax} bytes`);
}

interface CodeInput {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
  readonly ImageUri?: string | undefined;
}

export function sourceOf(input: CodeInput): CodeSource {
  if (input.ImageUri !== undefined) return { imageUri: input.ImageUri };
  if (input.ZipFile !== undefined) return { zip: input.ZipFile };
  const { S3Bucket = "", S3Key = "", S3ObjectVersion: version } = input;
  if (S3Bucket === localDirectoryBucket && !S3Key.startsWith("/")) {
    throw invalidParameter(
      `The bucket ${localDirectoryBucket} stands for directories of this machine: S3Key is an absolute path.`,
    );
  }
  return { bucket: S3Bucket, key: S3Key, ...(version === undefined ? {} : { version }) };
}
