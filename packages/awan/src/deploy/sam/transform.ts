/**
 * The SAM transform, `AWS::Serverless-2016-10-31`: a template with serverless resources becomes one without. First the
 * template is prepared (shared APIs, globals, embedded connectors), then every SAM resource is transformed, functions
 * first, and last references to what became of them are resolved. Its yardstick is AWS's own translator: same output,
 * logical ids included, same refusals.
 */
import { clone, type Dict, isDict, validationError } from "../template/value.ts";
import { SharedUsagePlan } from "./api/shared-usage-plan.ts";
import { takeEmbeddedConnectors } from "./connector/embedded.ts";
import { DeploymentPreferences } from "./deployment-preferences.ts";
import { DuplicateLogicalId, invalidDocument, InvalidDocument, InvalidResource, Problem } from "./errors.ts";
import { expectMap } from "./expect.ts";
import { samKinds, type SamKind, successors } from "./kinds.ts";
import { partitionOf } from "./partition.ts";
import {
  type FindApplication,
  locateTemplate,
  noApplications,
  resolveLocations,
} from "./prepare/applications.ts";
import { markDecimals } from "./prepare/decimals.ts";
import { functionNamesOf } from "./prepare/function-names.ts";
import { applyGlobals } from "./prepare/globals.ts";
import { prepareImplicitApi } from "./prepare/implicit-api.ts";
import { addDefaultDocuments, implicitHttpApi, implicitRestApi } from "./prepare/implicit-kinds.ts";
import { expandPolicyTemplates } from "./prepare/policy-templates.ts";
import { rememberPython2 } from "./prepare/python2.ts";
import { byteString } from "./python/byte-string.ts";
import { copyOf, deepCopy, entriesOf, put, update, withoutMarks } from "./python/dictionary.ts";
import { given } from "./python/text.ts";
import { resolveDependsOn, resolveIds, resolveReferences } from "./resolver.ts";
import { checkLogicalId, ownAttributeNames, type Resource, sharedAttributes } from "./resource.ts";
import type { Sam, SamResource } from "./sam.ts";
import { checkKinds, checkNames } from "./shape.ts";

export interface SamInput {
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
  /** Where the templates of the Serverless Application Repository's applications are. */
  readonly applications?: FindApplication;
  /** The template's text, where a number's decimals are seen. */
  readonly text?: string;
  /** For APIs that are deployed every time. */
  readonly nowMs?: number;
}

const prefix = "Transform AWS::Serverless-2016-10-31 failed with: ";

/** @throws AwsError ValidationError that lists everything wrong, in the translator's words. */
export function transformServerless(input: Dict, options: SamInput): Dict {
  try {
    return transform(clone(input), options);
  } catch (error) {
    // Shapes nobody checks for: AWS's translator fails on them too, and this is how AWS reports it.
    if (error instanceof TypeError) throw validationError(`${prefix}Internal transform failure.`);
    const refused = error instanceof Problem ? new InvalidDocument([error]) : error;
    if (!(refused instanceof InvalidDocument)) throw error;
    throw validationError(prefix + refused.report);
  }
}

function transform(source: Dict, options: SamInput): Dict {
  checkTemplate(source);
  markDecimals(source, options.text);
  const problems: Problem[] = [];
  const sam = prepare(source, options, problems);
  const references = new Map<string, Map<string, string>>();
  const changedIds = new Map<string, string>();
  for (const [id, raw] of inOrder(sam.resources)) {
    const kind = samKinds[raw["Type"] as string] as SamKind;
    try {
      const resource = readResource(sam, id, { raw, kind });
      const made = kind.transform(sam, resource);
      addReferences(references, resource.id, { kind, made });
      if (resource.id !== id) changedIds.set(id, resource.id);
      delete sam.made[id];
      for (const each of made) addMade(sam, id, each, problems);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  addDeployments(sam, problems);
  if (problems.length > 0) throw new InvalidDocument(problems);
  const { Transform: _transform, ...output } = withoutMarks(sam.output) as Dict;
  resolveDependsOn(changedIds, output);
  return resolveReferences(references, resolveIds(changedIds, output)) as Dict;
}

const structured = new Set(Object.keys(samKinds));
structured.delete("AWS::Serverless::Connector");
structured.delete("AWS::Serverless::GraphQLApi");

function checkTemplate(template: Dict): void {
  const resources = template["Resources"];
  if (!isDict(resources) || Object.keys(resources).length === 0) {
    throw invalidDocument("'Resources' section is required");
  }
  if (!Object.values(resources).every(isDict)) {
    throw invalidDocument(
      "All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.",
    );
  }
  for (const [id, resource] of Object.entries(resources) as [string, Dict][]) {
    if (given(resource["Condition"]) && typeof resource["Condition"] !== "string") {
      throw invalidDocument("Every Condition member must be a string.");
    }
    if (typeof resource["Type"] !== "string" || !structured.has(resource["Type"])) continue;
    expectMap("Properties" in resource ? resource["Properties"] : {}, {
      id,
      path: "Properties",
      of: "attribute",
    });
  }
}

function prepare(
  source: Dict,
  { parameters, region, applications, nowMs = 0 }: SamInput,
  problems: Problem[],
): Sam {
  const resources = source["Resources"] as Record<string, Dict>;
  const values: Dict = { ...parameters };
  // CloudFormation hands over text, whatever the parameter's type.
  for (const [name, value] of Object.entries(values))
    if (typeof value === "number") values[name] = String(value);
  const isPython2 = rememberPython2(source, values);
  const partition = partitionOf(region);
  const text = (value: string): string => (isPython2 ? byteString(value) : value);
  const known = {
    "AWS::Region": text(region),
    "AWS::Partition": text(partition),
    ...defaultsOf(source["Parameters"]),
    ...values,
  };
  resolveLocations(source, known);
  addDefaultDocuments(resources);
  prepareImplicitApi(source, implicitRestApi);
  prepareImplicitApi(source, implicitHttpApi);
  applyGlobals(source);
  update(resources, takeEmbeddedConnectors(resources, problems));
  const output = deepCopy(source);
  return {
    source,
    resources,
    output,
    made: output["Resources"] as Record<string, Dict>,
    parameters: known,
    partition,
    deployments: new DeploymentPreferences(),
    usagePlan: new SharedUsagePlan(),
    recordSetGroups: new Map(),
    functionNames: new Map(),
    applications: applications ?? noApplications,
    nowSeconds: Math.floor(nowMs / 1000),
  };
}

function defaultsOf(parameters: unknown): Dict {
  if (!isDict(parameters)) return {};
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, definition]) =>
      isDict(definition) && "Default" in definition ? [[name, definition["Default"]]] : [],
    ),
  );
}

const rank = (raw: Dict): number => samKinds[raw["Type"] as string]?.rank ?? 0;

function inOrder(resources: Record<string, Dict>): [string, Dict][] {
  const own = (entriesOf(resources) as [string, Dict][]).filter(
    ([, raw]) => typeof raw["Type"] === "string" && Object.hasOwn(samKinds, raw["Type"]),
  );
  return own.toSorted(([, a], [, b]) => rank(a) - rank(b));
}

function readResource(sam: Sam, id: string, { raw, kind }: { raw: Dict; kind: SamKind }): SamResource {
  const type = raw["Type"] as string;
  checkLogicalId(id);
  const properties = "Properties" in raw ? raw["Properties"] : {};
  if (!isDict(properties)) throw new InvalidResource(id, "Properties of a resource must be an object.");
  if (type === "AWS::Serverless::Application") locateTemplate(id, properties, sam.applications);
  if (type === "AWS::Serverless::Function" || type === "AWS::Serverless::StateMachine") {
    expandPolicyTemplates(id, properties);
  }
  // The translator lets a GraphQL API have any property.
  if (type !== "AWS::Serverless::GraphQLApi") checkNames(id, type, { properties, of: kind.shape });
  checkKinds(id, properties, kind.shape);
  const attributes = Object.fromEntries(
    ownAttributeNames.flatMap((name) => (name in raw ? [[name, raw[name]]] : [])),
  );
  functionNamesOf(sam, type, properties);
  return {
    id,
    type,
    properties: copyOf(properties),
    attributes,
    shared: sharedAttributes(attributes),
    dependsOn: raw["DependsOn"],
  };
}

function addReferences(
  references: Map<string, Map<string, string>>,
  id: string,
  { kind, made }: { kind: SamKind; made: readonly Resource[] },
): void {
  const ids = new Map(made.map((each) => [each.type, each.id]));
  for (const [name, type] of Object.entries(kind.parts)) {
    const target = ids.get(type);
    if (target === undefined) continue;
    const own = references.get(id) ?? new Map<string, string>();
    references.set(id, own.set(name, target));
  }
}

function addMade(sam: Sam, ownerId: string, resource: Resource, problems: Problem[]): void {
  const there = Object.hasOwn(sam.resources, resource.id) ? sam.resources[resource.id] : undefined;
  if (there !== undefined && successors[resource.type]?.includes(there["Type"] as string) !== true) {
    problems.push(
      new DuplicateLogicalId({ logicalId: ownerId, duplicate: resource.id, type: resource.type }),
    );
    return;
  }
  put(sam.made, resource.id, resource.toDict());
}

/** What gradual deployments of functions have in common, and a group for each. */
function addDeployments({ deployments, made, output, partition }: Sam, problems: Problem[]): void {
  if (!deployments.anyEnabled) return;
  for (const each of deployments.sharedResources(partition)) put(made, each.id, each.toDict());
  if (isDict(output["Conditions"])) Object.assign(output["Conditions"], deployments.conditions);
  for (const id of deployments.functionIds) {
    try {
      const group = deployments.group(id);
      put(made, group.id, group.toDict());
    } catch (error) {
      if (!(error instanceof InvalidResource)) throw error;
      problems.push(error);
    }
  }
}
