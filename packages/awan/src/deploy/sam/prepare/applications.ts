/** Applications of the Serverless Application Repository: where each template is, asked once per id and version. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectString, expectValue } from "../expect.ts";
import { deepCopy, entriesOf } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { resolveMappings, resolveParameters, type Values } from "../resolver.ts";

/** Where an application's template is, or why it cannot be had. */
export type FindApplication = (id: string, version: string) => string | { readonly refusal: string };

/** Awan has no Serverless Application Repository. */
export const noApplications: FindApplication = (id) => ({
  refusal: `'${id}' is an application of the Serverless Application Repository, which Awan does not have. Use a template's URL as Location.`,
});

const members = ["ApplicationId", "SemanticVersion"] as const;

/** Parameters and mappings in the applications' ids and versions are resolved before anything else is. */
export function resolveLocations(template: Dict, parameters: Values): void {
  resolveMappings("Mappings" in template ? template["Mappings"] : {}, undefined);
  for (const [, resource] of entriesOf(template["Resources"] as Dict) as [string, Dict][]) {
    if (resource["Type"] !== "AWS::Serverless::Application") continue;
    const location = isDict(resource["Properties"]) ? resource["Properties"]["Location"] : undefined;
    if (!isDict(location) || members.some((name) => (location[name] ?? undefined) === undefined)) continue;
    for (const name of members) {
      const value = resolveParameters(parameters, deepCopy(location[name]));
      location[name] = resolveMappings("Mappings" in template ? template["Mappings"] : {}, value);
    }
  }
}

/** Sets `TemplateUrl`, which the nested stack is made of. */
export function locateTemplate(logicalId: string, properties: Dict, find: FindApplication): void {
  const needs = (from: Dict, name: string): void => {
    if (!(name in from))
      throw new InvalidResource(logicalId, `Resource is missing the required [${name}] property.`);
  };
  needs(properties, "Location");
  const location = properties["Location"];
  if (!isDict(location)) {
    properties["TemplateUrl"] = location;
    return;
  }
  for (const name of members) needs(location, name);
  const unresolved = (name: string): InvalidResource =>
    new InvalidResource(
      logicalId,
      `Property '${name}' cannot be resolved. Only FindInMap and Ref intrinsic functions are supported.`,
    );
  const { ApplicationId: id, SemanticVersion: version } = location;
  expectValue(id, { id: logicalId, path: "ApplicationId" });
  if (isDict(id)) throw unresolved("ApplicationId");
  if (!given(version)) throw new InvalidResource(logicalId, "Property 'SemanticVersion' cannot be blank.");
  if (isDict(version)) throw unresolved("SemanticVersion");
  expectString(id, { id: logicalId, path: "Location.ApplicationId" });
  expectString(version, { id: logicalId, path: "Location.SemanticVersion" });
  if (/{{resolve:ssm:[a-zA-Z0-9_.\-/]+(:\d+)?}}/.test(id)) {
    throw new InvalidResource(
      logicalId,
      "Serverless Application Repostiory does not support dynamic reference in 'ApplicationId' property.",
    );
  }
  const found = find(id, version);
  if (typeof found !== "string") throw new InvalidResource(logicalId, found.refusal);
  properties["TemplateUrl"] = found;
}
