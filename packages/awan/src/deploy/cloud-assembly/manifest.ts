/**
 * A cloud assembly, as `cdk synth` leaves it (`cdk.out`): which stacks there are, in the order in which they can be
 * deployed, and the files each needs.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Dict, isDict, textOf } from "../template/value.ts";

export interface FileAsset {
  /** A file, or a directory that is to become an archive. */
  readonly path: string;
  readonly packaging: "file" | "zip";
  /** With CDK's places for account and region in them. */
  readonly destinations: readonly { readonly bucketName: string; readonly objectKey: string }[];
}

export interface AssemblyStack {
  readonly stackName: string;
  /** Undefined: wherever it is deployed. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  readonly templatePath: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly assets: readonly FileAsset[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: Dict;
  readonly dependencies?: readonly string[];
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
  readonly missing?: readonly { readonly key: string; readonly provider: string }[];
}

/** The stacks of an assembly and of those nested in it (stages), each after those it depends on. */
export function readAssembly(directory: string): readonly AssemblyStack[] {
  const path = join(directory, "manifest.json");
  if (!existsSync(path))
    throw new Error(`${directory} is no cloud assembly: it has no manifest.json (\`cdk synth\` writes one)`);
  const { artifacts = {}, missing = [] } = jsonIn(path) as Manifest;
  if (missing.length > 0) {
    const wanted = missing.map(({ provider, key }) => `${provider} (${key})`).join(", ");
    throw new Error(
      `the CDK application looks up what it does not know: ${wanted}. Put the values into cdk.context.json`,
    );
  }
  const stacks: AssemblyStack[] = [];
  const visited = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    if (artifact.type === "cdk:cloud-assembly")
      stacks.push(...readAssembly(resolve(directory, textOf(artifact.properties?.["directoryName"]))));
    else if (artifact.type === "aws:cloudformation:stack")
      stacks.push(stackOf(directory, id, artifact, artifacts));
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

function stackOf(
  directory: string,
  id: string,
  artifact: Artifact,
  artifacts: Readonly<Record<string, Artifact>>,
): AssemblyStack {
  const { properties = {}, environment = "", dependencies = [] } = artifact;
  const [accountId = "", region = ""] = environment.replace("aws://", "").split("/");
  const manifests = dependencies
    .map((dependency) => artifacts[dependency])
    .filter((each) => each?.type === "cdk:asset-manifest");
  return {
    stackName: textOf(properties["stackName"] ?? id),
    accountId: accountId.startsWith("unknown") || accountId === "" ? undefined : accountId,
    region: region.startsWith("unknown") || region === "" ? undefined : region,
    templatePath: join(directory, textOf(properties["templateFile"])),
    parameters: texts(properties["parameters"]),
    tags: texts(properties["tags"]),
    assets: manifests.flatMap((each) => assetsIn(directory, textOf(each?.properties?.["file"]))),
  };
}

function assetsIn(directory: string, file: string): readonly FileAsset[] {
  const { files = {}, dockerImages = {} } = jsonIn(join(directory, file)) as Record<string, Dict>;
  const images = Object.values(dockerImages).map((image) =>
    isDict(image) ? textOf(image["displayName"]) : "",
  );
  if (images.length > 0)
    throw new Error(`container images are not built here: ${images.join(", ")}. Use a zip package instead`);
  return Object.values(files).flatMap((asset) => {
    if (!isDict(asset) || !isDict(asset["source"]) || !isDict(asset["destinations"])) return [];
    const { path, packaging, executable } = asset["source"];
    if (executable !== undefined)
      throw new Error(`an asset made by a command is not supported: ${textOf(executable)}`);
    return [
      {
        path: resolve(directory, textOf(path)),
        packaging: packaging === "zip" ? ("zip" as const) : ("file" as const),
        destinations: Object.values(asset["destinations"]) as FileAsset["destinations"],
      },
    ];
  });
}

const jsonIn = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

const texts = (value: unknown): Record<string, string> =>
  isDict(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, textOf(each)])) : {};
