/** UpdateFunctionCode, UpdateFunctionConfiguration and PublishVersion: what changes `$LATEST` and what freezes it. */
import { releaseCode } from "../code.ts";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { invalidParameter, wrongRevision } from "../errors.ts";
import { describeVersion, type FoundVersion, requireVersion } from "../function.ts";
import { type CodeRow, latest, type VersionRow, versions } from "../keys.ts";
import { parseFunctionName } from "../names.ts";
import type { In, Out } from "../sdk.ts";
import { applySettings } from "../settings.ts";
import { publish } from "../version.ts";
import { checkZipSize, sourceOf } from "./create-function.ts";

function requireLatest(call: Call, functionName: string, revisionId: string | undefined): FoundVersion {
  const { name } = parseFunctionName(call, functionName);
  const found = requireVersion(call, { name, qualifier: undefined });
  if (revisionId !== undefined && revisionId !== found.version.revisionId)
    throw wrongRevision("GetFunction/GetAlias");
  return found;
}

export function updateFunctionCode(
  call: Call,
  input: In<"UpdateFunctionCode">,
): Answer<Out<"UpdateFunctionCode">> {
  const { version } = requireLatest(call, input.FunctionName, input.RevisionId);
  const isImage = version.settings.PackageType === "Image";
  if (isImage && input.ImageUri === undefined) {
    throw invalidParameter("Please provide ImageUri when updating a function with packageType Image.");
  }
  if (!isImage && input.ImageUri !== undefined) {
    throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
  }
  if (
    !isImage &&
    input.ZipFile === undefined &&
    (input.S3Bucket === undefined || input.S3Key === undefined)
  ) {
    throw invalidParameter("Please provide a source for function code.");
  }
  checkZipSize(input.ZipFile);
  return new Perform("lambda.store-code", sourceOf(input), (later, code: CodeRow) => {
    const current = requireLatest(later, input.FunctionName, input.RevisionId);
    const { name } = current;
    const row: VersionRow = {
      settings: {
        ...current.version.settings,
        ...(input.Architectures === undefined ? {} : { Architectures: input.Architectures }),
      },
      code,
      lastModifiedMs: later.nowMs,
      revisionId: later.random.uuid(),
      executionRevision: later.random.uuid(),
    };
    if (input.DryRun === true) {
      releaseCode(later, code);
      return describeVersion(later, name, latest, row, "none");
    }
    releaseCode(later, current.version.code);
    versions.set(later.tx, [name, latest], row);
    later.note("lambda.update-code", { function: name });
    if (input.Publish === true) {
      const published = publish(later, name, undefined);
      return describeVersion(later, name, published.number, published.row, "create");
    }
    return describeVersion(later, name, latest, row, "update");
  });
}

export function updateFunctionConfiguration(
  call: Call,
  input: In<"UpdateFunctionConfiguration">,
): Out<"UpdateFunctionConfiguration"> {
  const { name, version } = requireLatest(call, input.FunctionName, input.RevisionId);
  const row: VersionRow = {
    ...version,
    settings: applySettings(call, version.settings, input as never),
    lastModifiedMs: call.nowMs,
    revisionId: call.random.uuid(),
    executionRevision: call.random.uuid(),
  };
  versions.set(call.tx, [name, latest], row);
  return describeVersion(call, name, latest, row, "update");
}

export function publishVersion(call: Call, input: In<"PublishVersion">): Out<"PublishVersion"> {
  const { name, version } = requireLatest(call, input.FunctionName, input.RevisionId);
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== "" && input.CodeSha256 !== version.code.sha256) {
    throw invalidParameter(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${version.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const published = publish(call, name, input.Description === "" ? undefined : input.Description);
  return describeVersion(call, name, published.number, published.row);
}
