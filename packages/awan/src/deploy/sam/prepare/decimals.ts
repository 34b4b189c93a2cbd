/**
 * Versions written as numbers: `swagger: 2.0` is read as two, but its decimal counts, both for what is a version and for the
 * hash of a deployment. Where the template's text is at hand it decides, otherwise versions are taken for decimals.
 */
import { type Dict, isDict } from "../../template/value.ts";
import { decimal } from "../python/byte-string.ts";

export function markDecimals(template: Dict, text: string | undefined): void {
  const mark = (owner: unknown, name: string): void => {
    if (!isDict(owner)) return;
    const value = owner[name];
    if (typeof value !== "number" || !Number.isInteger(value)) return;
    const written = new RegExp(`${name}["']?:\\s*${value}\\.0\\s`);
    if (text === undefined || written.test(text)) owner[name] = decimal(value);
  };
  const globals = template["Globals"];
  if (isDict(globals)) mark(globals["Api"], "OpenApiVersion");
  for (const resource of Object.values(template["Resources"] as Dict)) {
    const type = isDict(resource) ? resource["Type"] : undefined;
    if (type !== "AWS::Serverless::Api" && type !== "AWS::Serverless::HttpApi") continue;
    const properties = (resource as Dict)["Properties"];
    if (!isDict(properties)) continue;
    mark(properties, "OpenApiVersion");
    for (const name of ["swagger", "openapi"]) mark(properties["DefinitionBody"], name);
  }
}
