/** `awan types`: a template's names as TypeScript types, so that a test that misspells a queue does not compile. */
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
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

/** The module's text. `text` is the template's. */
export function typesOf(text: string, interfaceName: string): string {
  const { Resources, Outputs } = parseTemplate(text);
  const resources = isDict(Resources) ? Resources : {};
  const namesOf = (pattern: RegExp): string[] =>
    Object.entries(resources).flatMap(([name, resource]) =>
      isDict(resource) && pattern.test(String(resource["Type"])) ? [name] : [],
    );
  return [
    "// Written by `awan types`.",
    `export interface ${interfaceName} {`,
    ...Object.entries(kinds).map(([kind, pattern]) => `  ${kind}: ${union(namesOf(pattern))};`),
    `  outputs: ${union(isDict(Outputs) ? Object.keys(Outputs) : [])};`,
    "}",
    "",
  ].join("\n");
}

export async function types(template: string, out: string | undefined): Promise<void> {
  let text: string;
  try {
    text = await readFile(template, "utf8");
  } catch {
    throw new UserError(`there is no template ${template}`);
  }
  const directory = basename(dirname(resolve(template)));
  const words = directory.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const written = typesOf(text, /^[A-Z]/.test(name) ? name : "Application");
  if (out === undefined) process.stdout.write(written);
  else await writeFile(out, written);
}
