/** Refuses what the specification does not know: properties of a SAM resource by name, and maps and lists by kind. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { resourceProperties } from "./resource-properties.ts";

const maps = new Set(
  "AccessLogSetting AccessLogSettings Auth CanarySetting DeadLetterQueue DefaultRouteSettings DefinitionBody DeploymentPreference Domain Environment EventInvokeConfig Events FunctionUrlConfig GatewayResponses Models PrimaryKey RouteSettings SSESpecification SnapStart StageVariables Tags Variables".split(
    " ",
  ),
);
const lists = new Set(["BinaryMediaTypes", "Layers", "MethodSettings"]);

/** @throws InvalidResource in the translator's words. */
export function checkProperties(id: string, type: string, properties: Dict): void {
  const known = resourceProperties[type];
  if (known === undefined) return;
  const unknown = Object.keys(properties).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InvalidResource(id, `property ${unknown} not defined for resource of type ${type}`);
  }
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || isIntrinsic(value)) continue;
    if ((maps.has(name) && !isDict(value)) || (lists.has(name) && !Array.isArray(value))) {
      throw new InvalidResource(id, `Type of property '${name}' is invalid.`);
    }
  }
}
