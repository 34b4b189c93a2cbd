/**
 * A template's sections, checked as AWS checks them before it does anything: shape, unknown sections and attributes,
 * references to nothing, circles. Texts are AWS's.
 */
import {
  descriptionBytesMax,
  mappingsPerTemplateMax,
  outputsPerTemplateMax,
  parametersPerTemplateMax,
  resourcesPerTemplateMax,
} from "../limits.ts";
import { checkMappings } from "./mappings.ts";
import { isPseudoParameter } from "./pseudo.ts";
import { references } from "./references.ts";
import { type Dict, isDict, validationError, textOf } from "./value.ts";

export interface ResourceDefinition {
  readonly type: string;
  readonly properties: Dict;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly deletionPolicy: unknown;
  readonly updateReplacePolicy: unknown;
  readonly creationPolicy: Dict | undefined;
  readonly updatePolicy: Dict | undefined;
  readonly metadata: Dict | undefined;
}

export interface OutputDefinition {
  readonly value: unknown;
  readonly description: string | undefined;
  readonly condition: string | undefined;
  readonly exportName: unknown;
}

export interface Template {
  readonly description: string | undefined;
  readonly metadata: Dict | undefined;
  readonly parameters: Readonly<Record<string, Dict>>;
  readonly mappings: Dict;
  readonly conditions: Dict;
  readonly rules: Readonly<Record<string, Dict>>;
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
}

const sections = new Set([
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Rules",
  "Mappings",
  "Conditions",
  "Transform",
  "Resources",
  "Outputs",
  "Hooks",
]);

const resourceAttributes = new Set([
  "Type",
  "Properties",
  "DependsOn",
  "Condition",
  "DeletionPolicy",
  "UpdateReplacePolicy",
  "CreationPolicy",
  "UpdatePolicy",
  "Metadata",
  "Description",
  "Version",
]);

/** @throws AwsError ValidationError with AWS's text for the first thing wrong. */
export function readTemplate(raw: Dict): Template {
  const unknown = Object.keys(raw).filter((key) => !sections.has(key));
  if (unknown.length > 0)
    throw validationError(`Invalid template property or properties [${unknown.join(", ")}]`);
  const version = raw["AWSTemplateFormatVersion"];
  if (version !== undefined && textOf(version) !== "2010-09-09") {
    throw validationError("Template format error: Template format version not supported.");
  }
  const description = raw["Description"];
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw validationError("Template format error: Description member must be a string.");
  }
  const template: Template = {
    description: typeof description === "string" ? description : undefined,
    metadata: isDict(raw["Metadata"]) ? raw["Metadata"] : undefined,
    parameters: section(raw, "Parameters") as Record<string, Dict>,
    mappings: section(raw, "Mappings"),
    conditions: section(raw, "Conditions"),
    rules: section(raw, "Rules") as Record<string, Dict>,
    resources: readResources(raw),
    outputs: readOutputs(raw),
  };
  checkCounts(template);
  checkMappings(template.mappings);
  checkReferences(template);
  return template;
}

function checkCounts(template: Template): void {
  const counts: readonly [what: string, count: number, max: number][] = [
    ["resources", Object.keys(template.resources).length, resourcesPerTemplateMax],
    ["outputs", Object.keys(template.outputs).length, outputsPerTemplateMax],
    ["parameters", Object.keys(template.parameters).length, parametersPerTemplateMax],
    ["mappings", Object.keys(template.mappings).length, mappingsPerTemplateMax],
  ];
  for (const [what, count, max] of counts) {
    if (count > max) {
      throw validationError(
        `Template format error: Number of ${what}, ${count}, is greater than maximum allowed, ${max}`,
      );
    }
  }
  if (Buffer.byteLength(template.description ?? "") > descriptionBytesMax) {
    throw validationError(
      `Template format error: Description is longer than the ${descriptionBytesMax} bytes it may be.`,
    );
  }
}

/** @throws AwsError ValidationError naming the first place with nothing in it. */
export function refuseNulls(value: unknown, path = ""): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== "object") return;
  for (const [key, member] of Object.entries(value)) refuseNulls(member, `${path}/${key}`);
}

function section(raw: Dict, name: string): Dict {
  const value = raw[name];
  if (value === undefined || value === null) return {};
  if (!isDict(value)) throw validationError(`Template format error: ${name} must be an object.`);
  for (const [key, member] of Object.entries(value)) {
    if (!isDict(member)) {
      throw validationError(
        `Template format error: Every ${name} member must be an object. [/${name}/${key}]`,
      );
    }
  }
  return value;
}

function readResources(raw: Dict): Record<string, ResourceDefinition> {
  const value = raw["Resources"];
  if (value !== undefined && value !== null && !isDict(value)) {
    throw validationError("Template format error: Any Resources member must be an object.");
  }
  if (!isDict(value) || Object.keys(value).length === 0) {
    throw validationError("Template format error: At least one Resources member must be defined.");
  }
  const resources: Record<string, ResourceDefinition> = {};
  for (const [logicalId, resource] of Object.entries(value)) {
    if (!isDict(resource)) {
      throw validationError(
        `Template format error: Every Resources object must be a JSON object. [/Resources/${logicalId}]`,
      );
    }
    if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
      throw validationError(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
    }
    const unknown = Object.keys(resource).find((key) => !resourceAttributes.has(key));
    if (unknown !== undefined) throw validationError(`Invalid template resource property '${unknown}'`);
    if (typeof resource["Type"] !== "string") {
      throw validationError(
        `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
      );
    }
    resources[logicalId] = readResource(logicalId, resource["Type"], resource);
  }
  return resources;
}

function readResource(logicalId: string, type: string, resource: Dict): ResourceDefinition {
  const properties = resource["Properties"];
  if (properties !== undefined && properties !== null && !isDict(properties)) {
    throw validationError(`Template format error: [/Resources/${logicalId}] Properties must be an object.`);
  }
  const dependsOn = resource["DependsOn"];
  const list =
    dependsOn === undefined || dependsOn === null ? [] : Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  if (!list.every((item) => typeof item === "string")) {
    throw validationError("Template format error: DependsOn must be a string or list of strings.");
  }
  const condition = resource["Condition"];
  return {
    type,
    properties: isDict(properties) ? properties : {},
    dependsOn: list,
    condition: typeof condition === "string" ? condition : undefined,
    deletionPolicy: resource["DeletionPolicy"],
    updateReplacePolicy: resource["UpdateReplacePolicy"],
    creationPolicy: isDict(resource["CreationPolicy"]) ? resource["CreationPolicy"] : undefined,
    updatePolicy: isDict(resource["UpdatePolicy"]) ? resource["UpdatePolicy"] : undefined,
    metadata: isDict(resource["Metadata"]) ? resource["Metadata"] : undefined,
  };
}

function readOutputs(raw: Dict): Record<string, OutputDefinition> {
  const outputs: Record<string, OutputDefinition> = {};
  for (const [name, output] of Object.entries(section(raw, "Outputs")) as [string, Dict][]) {
    if (!("Value" in output)) {
      throw validationError("Template format error: Every Outputs member must contain a Value object");
    }
    const exported = output["Export"];
    const condition = output["Condition"];
    outputs[name] = {
      value: output["Value"],
      description: typeof output["Description"] === "string" ? output["Description"] : undefined,
      condition: typeof condition === "string" ? condition : undefined,
      exportName: isDict(exported) ? exported["Name"] : undefined,
    };
  }
  return outputs;
}

function checkReferences(template: Template): void {
  const defined = (name: string): boolean =>
    Object.hasOwn(template.resources, name) ||
    Object.hasOwn(template.parameters, name) ||
    isPseudoParameter(name);
  const inConditions = new Set<string>();
  for (const reference of references(template.conditions)) {
    if (reference.kind === "Condition") {
      if (!Object.hasOwn(template.conditions, reference.name)) {
        throw validationError(
          `Template format error: Unresolved condition dependency ${reference.name} in the Conditions block of the template`,
        );
      }
    } else if (!Object.hasOwn(template.parameters, reference.name) && !isPseudoParameter(reference.name)) {
      inConditions.add(reference.name);
    }
  }
  if (inConditions.size > 0) {
    throw validationError(
      `Template error: Unresolved dependencies [${[...inConditions].join(", ")}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
  const missing = new Set<string>();
  for (const resource of Object.values(template.resources)) {
    for (const name of resource.dependsOn) if (!Object.hasOwn(template.resources, name)) missing.add(name);
    checkCondition(template, resource.condition, "Resources");
    for (const { kind, name } of references(resource.properties)) {
      if (kind === "Condition") continue;
      if (kind === "Ref" ? !defined(name) : !Object.hasOwn(template.resources, name)) {
        if (kind === "Fn::GetAtt") {
          throw validationError(
            `Template error: instance of Fn::GetAtt references undefined resource ${name}`,
          );
        }
        missing.add(name);
      }
    }
  }
  if (missing.size > 0) throw unresolvedIn(missing, "Resources");
  checkOutputs(template, defined);
}

function checkOutputs(template: Template, defined: (name: string) => boolean): void {
  const missing = new Set<string>();
  for (const output of Object.values(template.outputs)) {
    checkCondition(template, output.condition, "Outputs");
    for (const { kind, name } of references([output.value, output.exportName])) {
      if (kind === "Condition") continue;
      if (kind === "Fn::GetAtt" && !Object.hasOwn(template.resources, name)) {
        throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
      }
      if (!defined(name)) missing.add(name);
    }
  }
  if (missing.size > 0) throw unresolvedIn(missing, "Outputs");
}

const unresolvedIn = (names: ReadonlySet<string>, block: string): Error =>
  validationError(
    `Template format error: Unresolved resource dependencies [${[...names].join(", ")}] in the ${block} block of the template`,
  );

function checkCondition(template: Template, name: string | undefined, block: string): void {
  if (name !== undefined && !Object.hasOwn(template.conditions, name)) {
    throw validationError(
      `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
    );
  }
}
