/** `awan types`: a template's names as TypeScript types, so that a test that misspells a queue does not compile. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { constructsIn } from "../deploy/cloud-assembly/deploy-assembly.ts";
import { readAssembly } from "../deploy/cloud-assembly/manifest.ts";
import { parseTemplate } from "../deploy/template/parse.ts";
import { isDict } from "../deploy/template/value.ts";
import { UserError } from "./output.ts";

const kinds: Readonly<Record<string, RegExp>> = {
  functions: /^AWS::(?:Serverless|Lambda)::Function$/,
  queues: /^AWS::SQS::Queue$/,
  tables: /^AWS::(?:DynamoDB::(?:Global)?Table|Serverless::SimpleTable)$/,
  topics: /^AWS::SNS::Topic$/,
};

const union = (names: readonly string[]): string =>
  names.length === 0 ? "never" : names.map((name) => JSON.stringify(name)).join(" | ");

/** A template's names: its own, and those of the constructs CDK made them by. */
interface Named {
  readonly typeOf: ReadonlyMap<string, string>;
  readonly outputs: readonly string[];
}

function namesIn(text: string): Named {
  const { Resources, Outputs } = parseTemplate(text);
  const resources = isDict(Resources) ? Resources : {};
  const typeOf = new Map<string, string>();
  const typeAt = (logicalId: string): string => {
    const resource = resources[logicalId];
    return isDict(resource) ? String(resource["Type"]) : "";
  };
  for (const [path, logicalId] of Object.entries(constructsIn(text))) typeOf.set(path, typeAt(logicalId));
  for (const logicalId of Object.keys(resources)) typeOf.set(logicalId, typeAt(logicalId));
  return { typeOf, outputs: isDict(Outputs) ? Object.keys(Outputs) : [] };
}

/** The module's text for an application of these templates. */
export function typesOf(templates: readonly string[], interfaceName: string): string {
  const named = templates.map(namesIn);
  const namesOf = (pattern: RegExp): string[] => [
    ...new Set(
      named.flatMap(({ typeOf }) =>
        [...typeOf].flatMap(([name, type]) => (pattern.test(type) ? [name] : [])),
      ),
    ),
  ];
  return [
    "// Written by `awan types`.",
    `export interface ${interfaceName} {`,
    ...Object.entries(kinds).map(([kind, pattern]) => `  ${kind}: ${union(namesOf(pattern))};`),
    `  outputs: ${union([...new Set(named.flatMap(({ outputs }) => outputs))])};`,
    "}",
    "",
  ].join("\n");
}

/** `application` is a template or a cloud assembly. */
export async function types(application: string, out: string | undefined): Promise<void> {
  const path = resolve(application);
  const isAssembly = existsSync(join(path, "manifest.json"));
  const files = isAssembly ? readAssembly(path).map((stack) => stack.templatePath) : [path];
  const templates: string[] = [];
  for (const file of files) {
    if (!existsSync(file)) throw new UserError(`there is no template ${file}`);
    templates.push(await readFile(file, "utf8"));
  }
  const words = basename(dirname(path))
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const written = typesOf(templates, /^[A-Z]/.test(name) ? name : "Application");
  if (out === undefined) process.stdout.write(written);
  else await writeFile(out, written);
}
