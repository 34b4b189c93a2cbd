/**
 * `AWS::Include` of files beside a template, which `aws cloudformation package` would put into a bucket first: they
 * become part of the template.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseTemplate } from "./template/parse.ts";
import { type Dict, isDict } from "./template/value.ts";

/** The value with local includes in it replaced; `sources` learns of the files. */
export function inlineIncludes(value: unknown, directory: string, sources: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineIncludes(item, directory, sources));
  if (!isDict(value)) return value;
  const result: Dict = {};
  for (const [key, member] of Object.entries(value)) result[key] = inlineIncludes(member, directory, sources);
  const path = includedFile(result["Fn::Transform"], directory);
  if (path === undefined) return result;
  sources.add(path);
  const { "Fn::Transform": _included, ...siblings } = result;
  return { ...siblings, ...parseTemplate(readFileSync(path, "utf8")) };
}

function includedFile(transform: unknown, directory: string): string | undefined {
  if (!isDict(transform) || transform["Name"] !== "AWS::Include") return undefined;
  const parameters = transform["Parameters"];
  const location = isDict(parameters) ? parameters["Location"] : undefined;
  if (typeof location !== "string" || location.startsWith("s3://")) return undefined;
  const path = resolve(directory, location);
  return existsSync(path) ? path : undefined;
}
