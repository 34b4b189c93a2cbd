/**
 * Assets of a stack: published to our own S3 under the keys its template names. Directories of functions and layers are
 * not packed: the template is told the directory, and they run from where they are.
 */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { AwsError } from "../../kernel/errors.ts";
import type { StackClient } from "../deploy-stack.ts";
import { directoryVersion } from "../directory-version.ts";
import { localBucket } from "../local-code.ts";
import { type Dict, isDict } from "../template/value.ts";
import { archiveOf } from "./archive.ts";
import type { AssemblyStack, FileAsset } from "./manifest.ts";

export interface Environment {
  readonly accountId: string;
  readonly region: string;
}

const filled = (text: string, { accountId, region }: Environment): string =>
  text
    .replaceAll("${AWS::AccountId}", accountId)
    .replaceAll("${AWS::Region}", region)
    .replaceAll("${AWS::Partition}", "aws");

const isNestedTemplate = ({ path }: FileAsset): boolean => path.endsWith(".nested.template.json");

/** Directories among the assets, by the key under which they would be published. */
function directories(stack: AssemblyStack): ReadonlyMap<string, string> {
  return new Map(
    stack.assets.flatMap(({ path, packaging, destinations }) =>
      packaging === "zip" && statSync(path).isDirectory()
        ? destinations.map(({ objectKey }) => [objectKey, path] as const)
        : [],
    ),
  );
}

/** Publishes what the stack needs; answers its template with directories in the place of archives, and the directories. */
export async function publish(
  client: StackClient,
  stack: AssemblyStack,
  {
    environment,
    sourceOf,
  }: { readonly environment: Environment; readonly sourceOf: (asset: string) => string },
): Promise<{ readonly templateBody: string; readonly directories: readonly string[] }> {
  const byKey = directories(stack);
  const used = new Set<string>();
  const local = async (path: string): Promise<Dict> => {
    const template = JSON.parse(readFileSync(path, "utf8")) as Dict;
    await useDirectories(template, (key) => byKey.get(key), { used, sourceOf });
    return template;
  };
  const template = await local(stack.templatePath);
  const nested = new Map<FileAsset, string>();
  for (const asset of stack.assets)
    if (isNestedTemplate(asset)) nested.set(asset, JSON.stringify(await local(asset.path)));
  for (const asset of stack.assets) {
    const isTemplate = basename(asset.path) === basename(stack.templatePath);
    if (isTemplate || used.has(asset.path)) continue;
    await put(client, asset, environment, nested.get(asset));
  }
  return { templateBody: JSON.stringify(template), directories: [...used] };
}

const codeProperties: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "Code",
  "AWS::Lambda::LayerVersion": "Content",
};

async function useDirectories(
  template: Dict,
  assetAt: (key: string) => string | undefined,
  { used, sourceOf }: { readonly used: Set<string>; readonly sourceOf: (asset: string) => string },
): Promise<void> {
  const resources = isDict(template["Resources"]) ? template["Resources"] : {};
  for (const resource of Object.values(resources)) {
    if (!isDict(resource) || !isDict(resource["Properties"])) continue;
    const properties = resource["Properties"];
    const name = codeProperties[String(resource["Type"])];
    const code = name === undefined ? undefined : properties[name];
    const asset = isDict(code) ? assetAt(String(code["S3Key"])) : undefined;
    if (name === undefined || asset === undefined) continue;
    used.add(asset);
    const path = sourceOf(asset);
    properties[name] = {
      S3Bucket: localBucket,
      S3Key: path,
      S3ObjectVersion: await directoryVersion(path),
    };
  }
}

async function put(
  client: StackClient,
  asset: FileAsset,
  environment: Environment,
  text: string | undefined,
): Promise<void> {
  for (const { bucketName, objectKey } of asset.destinations) {
    const [Bucket, Key] = [filled(bucketName, environment), filled(objectKey, environment)];
    const there = await unlessRefused(client.invoke("s3", "HeadObject", { Bucket, Key }));
    // Keys are hashes of the content: what is there is the same.
    if (there !== undefined && text === undefined) continue;
    await makeBucket(client, Bucket, environment.region);
    const Body =
      text !== undefined
        ? Buffer.from(text, "utf8")
        : asset.packaging === "zip" && statSync(asset.path).isDirectory()
          ? archiveOf(asset.path)
          : readFileSync(asset.path);
    await client.invoke("s3", "PutObject", { Bucket, Key, Body });
  }
}

export async function makeBucket(client: StackClient, Bucket: string, region: string): Promise<void> {
  await unlessRefused(
    client.invoke("s3", "CreateBucket", {
      Bucket,
      ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }),
    }),
  );
}

async function unlessRefused(
  running: Promise<Record<string, unknown>>,
): Promise<Record<string, unknown> | undefined> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
