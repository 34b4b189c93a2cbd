/**
 * The logical id of a REST API's deployment: CloudFormation deploys an API again only for a new deployment, so the id ends
 * in a hash of everything that asks for one. It is the hash of the document as Python 2.7 printed it (see `python/`), with
 * the OpenAPI version, the custom domain and the names of the functions behind it; templates refer to such ids.
 */
import { type Dict, isDict } from "../../template/value.ts";
import { jsonString, sha1 } from "../logical-id.ts";
import { entriesOf } from "../python/dictionary.ts";
import { withoutMark } from "../python/byte-string.ts";
import { given, printed, shown } from "../python/text.ts";

export interface DeploymentInput {
  /** The API's document, or where in S3 it is. */
  readonly document: Dict;
  readonly openApiVersion: unknown;
  readonly domain: unknown;
  readonly functionNames: string | undefined;
  /** The time, when there is to be a deployment every time. */
  readonly always?: string;
}

export function deploymentHash({
  document,
  openApiVersion,
  domain,
  functionNames,
  always,
}: DeploymentInput): string {
  if (always !== undefined) return sha1(always);
  const parts = [printed(document)];
  if (given(openApiVersion)) parts.push(shown(openApiVersion));
  if (given(domain)) parts.push(spacedJson(domain));
  if (functionNames !== undefined && functionNames !== "") parts.push(functionNames);
  return sha1(parts.join("||"));
}

/** As `json.dumps` writes it: in the dictionary's order, spaces after commas and colons. */
function spacedJson(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return jsonString(withoutMark(value));
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (!isDict(value)) return JSON.stringify(value);
  const members = entriesOf(value).map(
    ([key, member]) => `${jsonString(withoutMark(key))}: ${spacedJson(member)}`,
  );
  return `{${members.join(", ")}}`;
}
