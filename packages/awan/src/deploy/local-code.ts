/**
 * Templates on disk name code by directories beside them. Here these become what a running Awan can use: functions with
 * `Metadata.BuildMethod: esbuild` are bundled, every other local directory is run from where it is.
 */
import { directoryVersion } from "./directory-version.ts";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { inlineIncludes } from "./local-includes.ts";
import { parseTemplate } from "./template/parse.ts";
import { type Dict, isDict } from "./template/value.ts";

export interface LocalPath {
  readonly logicalId: string;
  readonly property: string;
  /** As written. */
  readonly path: string;
  /** On this machine. */
  readonly absolutePath: string;
}

export interface LocalCode {
  /** The template with local paths replaced, as JSON. */
  readonly templateBody: string;
  /** Directories and files the functions come from: what to watch. */
  readonly sources: readonly string[];
  readonly paths: readonly LocalPath[];
}

/** The bucket by which the service `lambda` knows that a key is a directory on this machine. */
export const localBucket = "awan-local-directory";

/** Properties that may name a local path, by type. */
const codeProperties: Readonly<Record<string, readonly string[]>> = {
  "AWS::Serverless::Function": ["CodeUri"],
  "AWS::Serverless::LayerVersion": ["ContentUri"],
  "AWS::Serverless::Api": ["DefinitionUri"],
  "AWS::Serverless::HttpApi": ["DefinitionUri"],
  "AWS::Serverless::StateMachine": ["DefinitionUri"],
  "AWS::Serverless::Application": ["Location"],
  "AWS::Lambda::Function": ["Code"],
  "AWS::Lambda::LayerVersion": ["Content"],
  "AWS::CloudFormation::Stack": ["TemplateURL"],
  "AWS::StepFunctions::StateMachine": ["DefinitionS3Location"],
};

function pathsIn(template: Dict, directory: string): LocalPath[] {
  const resources = isDict(template["Resources"]) ? template["Resources"] : {};
  const globals = isDict(template["Globals"]) ? template["Globals"] : {};
  const found: LocalPath[] = [];
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (!isDict(resource)) continue;
    const type = String(resource["Type"]);
    const properties = isDict(resource["Properties"]) ? resource["Properties"] : {};
    const kind = globals[type.replace("AWS::Serverless::", "")];
    for (const property of codeProperties[type] ?? []) {
      const value = properties[property] ?? (isDict(kind) ? kind[property] : undefined);
      if (typeof value !== "string" || !isLocal(value) || "InlineCode" in properties) continue;
      found.push({ logicalId, property, path: value, absolutePath: resolve(directory, value) });
    }
  }
  return found;
}

const isLocal = (text: string): boolean => !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !text.startsWith("arn:");

export async function prepareLocalCode(
  templatePath: string,
  options: { readonly outDir: string },
): Promise<LocalCode> {
  const directory = dirname(resolve(templatePath));
  const sources = new Set<string>();
  const written = parseTemplate(await readFile(templatePath, "utf8"));
  const template = inlineIncludes(written, directory, sources) as Dict;
  const paths = pathsIn(template, directory);
  const resources = template["Resources"] as Record<string, Dict>;
  await Promise.all(
    paths.map(async (local) => {
      const resource = resources[local.logicalId] as Dict;
      const properties = (resource["Properties"] ??= {}) as Dict;
      const replacement = await replace(local, resource, properties, options.outDir, sources);
      if (replacement !== undefined) Object.assign(properties, replacement);
    }),
  );
  await placeUnnamed(template, directory, options.outDir, sources);
  return { templateBody: JSON.stringify(template), sources: [...sources], paths };
}

/** A function needs no CodeUri: its code is then beside the template. */
async function placeUnnamed(
  template: Dict,
  directory: string,
  outDir: string,
  sources: Set<string>,
): Promise<void> {
  const resources = isDict(template["Resources"]) ? (template["Resources"] as Record<string, Dict>) : {};
  const globals = isDict(template["Globals"]) ? template["Globals"]["Function"] : undefined;
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (resource["Type"] !== "AWS::Serverless::Function") continue;
    const properties = (resource["Properties"] ??= {}) as Dict;
    const named = { ...(isDict(globals) ? globals : {}), ...properties };
    if (named["PackageType"] === "Image") continue;
    if (["CodeUri", "InlineCode", "ImageUri"].some((name) => name in named)) continue;
    sources.add(directory);
    const path =
      buildProperties(resource) === undefined
        ? directory
        : await bundle(resource, directory, join(outDir, logicalId));
    properties["CodeUri"] = await directoryCode(path, false);
  }
}

/** A directory as a code location: SAM names its members otherwise than the plain types. */
async function directoryCode(path: string, plain: boolean): Promise<Dict> {
  const version = await directoryVersion(path);
  return plain
    ? { S3Bucket: localBucket, S3Key: path, S3ObjectVersion: version }
    : { Bucket: localBucket, Key: path, Version: version };
}

async function replace(
  local: LocalPath,
  resource: Dict,
  properties: Dict,
  outDir: string,
  sources: Set<string>,
): Promise<Dict | undefined> {
  const { logicalId, property, absolutePath } = local;
  if (!existsSync(absolutePath)) {
    throw new Error(`${logicalId}.${property}: there is no ${absolutePath}`);
  }
  switch (property) {
    case "CodeUri":
    case "Code":
    case "ContentUri":
    case "Content": {
      sources.add(absolutePath);
      const build = property === "CodeUri" ? buildProperties(resource) : undefined;
      const path =
        build === undefined ? absolutePath : await bundle(resource, absolutePath, join(outDir, logicalId));
      const plain = property === "Code" || property === "Content";
      return { [property]: await directoryCode(path, plain) };
    }
    case "DefinitionUri":
      sources.add(absolutePath);
      return inlineDefinition(resource, properties, absolutePath);
    case "TemplateURL":
    case "Location": {
      sources.add(absolutePath);
      const nested = await prepareLocalCode(absolutePath, { outDir: join(outDir, logicalId) });
      for (const source of nested.sources) sources.add(source);
      delete properties[property];
      if (property === "Location") resource["Type"] = "AWS::CloudFormation::Stack";
      return { TemplateBody: nested.templateBody };
    }
    default:
      return undefined;
  }
}

/** API and workflow definitions are small: they go into the template. */
function inlineDefinition(resource: Dict, properties: Dict, path: string): Dict {
  const text = readFileSync(path, "utf8");
  delete properties["DefinitionUri"];
  if (resource["Type"] === "AWS::Serverless::StateMachine") {
    return { Definition: parseTemplate(text) };
  }
  return { DefinitionBody: parseTemplate(text) };
}

function buildProperties(resource: Dict): Dict | undefined {
  const metadata = resource["Metadata"];
  if (!isDict(metadata) || metadata["BuildMethod"] !== "esbuild") return undefined;
  return isDict(metadata["BuildProperties"]) ? metadata["BuildProperties"] : {};
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const isTrue = (value: unknown): boolean => value === true || value === "true";

/** Bundles as `sam build` does; answers the directory the handler is found in. */
async function bundle(resource: Dict, source: string, outDir: string): Promise<string> {
  const { build } = await import("esbuild");
  const properties = buildProperties(resource) ?? {};
  const entries = texts(properties["EntryPoints"]);
  const extensions = texts(properties["OutExtension"]).map((pair) => pair.split("=") as [string, string]);
  const format = formatOf(properties["Format"], extensions);
  const target = properties["Target"];
  await mkdir(outDir, { recursive: true });
  await build({
    absWorkingDir: statSync(source).isDirectory() ? source : dirname(source),
    entryPoints:
      entries.length > 0 ? entries.map((entry) => `./${entry.replace(/^\.\//, "")}`) : ["./index.js"],
    outdir: outDir,
    bundle: true,
    platform: "node",
    format,
    minify: isTrue(properties["Minify"]),
    sourcemap: properties["Sourcemap"] === undefined ? true : isTrue(properties["Sourcemap"]),
    target: typeof target === "string" ? target.toLowerCase() : "es2022",
    external: [...texts(properties["External"])],
    loader: Object.fromEntries(
      texts(properties["Loader"]).map((pair) => pair.split("=") as [string, "file"]),
    ),
    mainFields:
      texts(properties["MainFields"]).length > 0 ? texts(properties["MainFields"]) : ["module", "main"],
    keepNames: isTrue(properties["KeepNames"]),
    banner: bannerOf(properties["Banner"], format),
    outExtension:
      extensions.length > 0 ? Object.fromEntries(extensions) : format === "esm" ? { ".js": ".mjs" } : {},
    logLevel: "silent",
    nodePaths: [join(process.cwd(), "node_modules")],
  });
  return outDir;
}

const formatOf = (format: unknown, extensions: readonly (readonly [string, string])[]): "esm" | "cjs" =>
  format === "esm" || extensions.some(([, to]) => extname(`x${to}`) === ".mjs") ? "esm" : "cjs";

/** CommonJS dependencies inside an ES module need a `require`. */
function bannerOf(banner: unknown, format: "esm" | "cjs"): { js: string } {
  const own = texts(banner)
    .filter((line) => line.startsWith("js="))
    .map((line) => line.slice(3));
  if (own.length > 0 || format === "cjs") return { js: own.join("\n") };
  return {
    js: 'import { createRequire as awanCreateRequire } from "node:module"; const require = awanCreateRequire(import.meta.url);',
  };
}
