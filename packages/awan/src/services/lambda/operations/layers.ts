/** Layers: numbered archives that functions merge under `/opt`, and who may read them. */
import type { Call } from "../../../host/call.ts";
import { Perform } from "../../../host/service.ts";
import { invalidParameter, notFound, wrongRevision } from "../errors.ts";
import { type CodeRow, layerCounters, layerPolicies, type LayerRow, layers } from "../keys.ts";
import { parseLayerArn } from "../layer.ts";
import { pageOf } from "../paging.ts";
import { documentOf, statementOf, withoutStatement, withStatement } from "../policy.ts";
import type { In, Out } from "../sdk.ts";
import { checkZipSize, sourceOf } from "./create-function.ts";

const layerArn = (call: Call, name: string, version?: number): string => {
  const arn = `arn:${call.partition}:lambda:${call.region}:${call.accountId}:layer:${name}`;
  return version === undefined ? arn : `${arn}:${version}`;
};

/** A layer is named by its name or its ARN. */
const nameOf = (layerName: string): string =>
  layerName.startsWith("arn:") ? (layerName.split(":")[6] ?? layerName) : layerName;

function brief(call: Call, name: string, version: number, row: LayerRow) {
  return {
    LayerVersionArn: layerArn(call, name, version),
    Version: version,
    Description: row.description,
    CreatedDate: new Date(row.createdAtMs).toISOString().replace("Z", "+0000"),
    ...(row.compatibleRuntimes === null
      ? {}
      : { CompatibleRuntimes: [...row.compatibleRuntimes] as "java8"[] }),
    ...(row.compatibleArchitectures === null
      ? {}
      : { CompatibleArchitectures: [...row.compatibleArchitectures] as "arm64"[] }),
    ...(row.licenseInfo === null ? {} : { LicenseInfo: row.licenseInfo }),
  };
}

function describe(call: Call, name: string, version: number, row: LayerRow): Out<"GetLayerVersion"> {
  const { code, sha256, sizeBytes } = row.code;
  const blob = code.kind === "blob" ? code.blob : "";
  return {
    ...brief(call, name, version, row),
    LayerArn: layerArn(call, name),
    Content: {
      Location: `${call.endpoint}/awan-lambda-code/${blob}.zip`,
      CodeSha256: sha256,
      CodeSize: sizeBytes,
    },
  };
}

export function publishLayerVersion(
  _call: Call,
  input: In<"PublishLayerVersion">,
): Perform<Out<"PublishLayerVersion">> {
  const name = nameOf(input.LayerName);
  const { Content } = input;
  if (Content.ZipFile === undefined && (Content.S3Bucket === undefined || Content.S3Key === undefined)) {
    throw invalidParameter("Please provide a source for layer content.");
  }
  checkZipSize(Content.ZipFile);
  return new Perform("lambda.store-code", sourceOf(Content), (later, code: CodeRow) => {
    const version = (layerCounters.get(later.tx, [name]) ?? 0) + 1;
    const row: LayerRow = {
      description: input.Description ?? "",
      createdAtMs: later.nowMs,
      compatibleRuntimes: input.CompatibleRuntimes ?? null,
      compatibleArchitectures: input.CompatibleArchitectures ?? null,
      licenseInfo: input.LicenseInfo ?? null,
      code,
    };
    layerCounters.set(later.tx, [name], version);
    layers.set(later.tx, [name, version], row);
    return describe(later, name, version, row);
  });
}

function requireLayer(call: Call, name: string, version: number): LayerRow {
  if (version < 1) throw invalidParameter("Layer Version Cannot be less than 1");
  const row = layers.get(call.tx, [name, version]);
  if (row === undefined) throw notFound("The resource you requested does not exist.");
  return row;
}

export function getLayerVersion(call: Call, input: In<"GetLayerVersion">): Out<"GetLayerVersion"> {
  const name = nameOf(input.LayerName);
  return describe(call, name, input.VersionNumber, requireLayer(call, name, input.VersionNumber));
}

export function getLayerVersionByArn(
  call: Call,
  input: In<"GetLayerVersionByArn">,
): Out<"GetLayerVersionByArn"> {
  const reference = parseLayerArn(input.Arn);
  if (reference === undefined) throw notFound("The resource you requested does not exist.");
  const owner = call.in(reference);
  return describe(
    owner,
    reference.name,
    reference.version,
    requireLayer(owner, reference.name, reference.version),
  );
}

/** Functions that use it keep it: the archive stays until nothing names it. */
export function deleteLayerVersion(call: Call, input: In<"DeleteLayerVersion">): void {
  if (input.VersionNumber < 1) throw invalidParameter("Layer Version Cannot be less than 1");
  const key: [string, number] = [nameOf(input.LayerName), input.VersionNumber];
  layers.delete(call.tx, key);
  layerPolicies.delete(call.tx, key);
}

interface LayerFilter {
  readonly CompatibleRuntime?: string | undefined;
  readonly CompatibleArchitecture?: string | undefined;
}

const suits = (
  row: LayerRow,
  { CompatibleRuntime: runtime, CompatibleArchitecture: architecture }: LayerFilter,
): boolean =>
  (runtime === undefined || row.compatibleRuntimes?.includes(runtime) === true) &&
  (architecture === undefined || row.compatibleArchitectures?.includes(architecture) === true);

export function listLayerVersions(call: Call, input: In<"ListLayerVersions">): Out<"ListLayerVersions"> {
  const name = nameOf(input.LayerName);
  const rows = [...layers.scan(call.tx, [name], { reverse: true })].filter(({ value }) =>
    suits(value, input),
  );
  const { items, next } = pageOf(rows, ({ key }) => String(key[1]), {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    LayerVersions: items.map(({ key, value }) => brief(call, name, key[1], value)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

export function listLayers(call: Call, input: In<"ListLayers">): Out<"ListLayers"> {
  const newest = new Map<string, { readonly version: number; readonly row: LayerRow }>();
  for (const { key, value } of layers.scan(call.tx, [])) {
    if (suits(value, input)) newest.set(key[0], { version: key[1], row: value });
  }
  const { items, next } = pageOf(newest, ([name]) => name, {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    Layers: items.map(([name, { version, row }]) => ({
      LayerName: name,
      LayerArn: layerArn(call, name),
      LatestMatchingVersion: brief(call, name, version, row),
    })),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

function requirePolicyHolder(call: Call, layerName: string, version: number): [string, number] {
  const name = nameOf(layerName);
  if (!layers.has(call.tx, [name, version])) {
    throw notFound(`Layer version ${layerArn(call, name, version)} does not exist.`);
  }
  return [name, version];
}

export function addLayerVersionPermission(
  call: Call,
  input: In<"AddLayerVersionPermission">,
): Out<"AddLayerVersionPermission"> {
  const key = requirePolicyHolder(call, input.LayerName, input.VersionNumber);
  const before = layerPolicies.get(call.tx, key);
  const statement = statementOf(
    call,
    { ...input, PrincipalOrgID: input.OrganizationId },
    layerArn(call, key[0], key[1]),
  );
  const row = withStatement(call, before, statement);
  if (input.RevisionId !== undefined && input.RevisionId !== before?.revisionId)
    throw wrongRevision("GetLayerPolicy");
  layerPolicies.set(call.tx, key, row);
  return { Statement: JSON.stringify(statement), RevisionId: row.revisionId };
}

export function removeLayerVersionPermission(call: Call, input: In<"RemoveLayerVersionPermission">): void {
  const key = requirePolicyHolder(call, input.LayerName, input.VersionNumber);
  const before = layerPolicies.get(call.tx, key);
  const row = withoutStatement(call, before, input.StatementId);
  if (input.RevisionId !== undefined && input.RevisionId !== before?.revisionId)
    throw wrongRevision("GetLayerPolicy");
  if (row === undefined) layerPolicies.delete(call.tx, key);
  else layerPolicies.set(call.tx, key, row);
}

export function getLayerVersionPolicy(
  call: Call,
  input: In<"GetLayerVersionPolicy">,
): Out<"GetLayerVersionPolicy"> {
  const key = requirePolicyHolder(call, input.LayerName, input.VersionNumber);
  const row = layerPolicies.get(call.tx, key);
  if (row === undefined) throw notFound("No policy is associated with the given resource.");
  return { Policy: documentOf(row), RevisionId: row.revisionId };
}
