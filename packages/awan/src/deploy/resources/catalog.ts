/** Which types can be deployed: the services' providers, loaded when first asked for, and CloudFormation's own. */
import type { ResourceProvider } from "../../host/resource.ts";
import type { Template } from "../template/template.ts";
import { validationError } from "../template/value.ts";
import { cdkMetadata } from "../cdk/metadata.ts";
import { codeDeployResources } from "./code-deploy.ts";
import { customResource, isCustomType } from "./custom-resource.ts";
import { type Handler, type NativeResource, shapeOf } from "./native.ts";
import { nestedStack } from "./nested-stack.ts";
import { macroResource } from "./macro.ts";
import { waitCondition, waitConditionHandle } from "./wait-condition.ts";

export interface ProviderRegistry {
  provider(type: string): Promise<ResourceProvider | undefined>;
}

export interface Catalog {
  /** Makes `get` know these types. */
  load(types: Iterable<string>): Promise<void>;
  get(type: string): Handler | undefined;
}

const natives: readonly NativeResource[] = [
  customResource,
  nestedStack,
  macroResource,
  waitCondition,
  waitConditionHandle,
  cdkMetadata,
  ...codeDeployResources,
];

export function createCatalog(registry: ProviderRegistry): Catalog {
  const known = new Map<string, Handler>(natives.map((native) => [native.type, { kind: "native", native }]));
  return {
    async load(types) {
      await Promise.all(
        [...new Set(types)].map(async (type) => {
          if (known.has(type) || isCustomType(type)) return;
          const provider = await registry.provider(type);
          if (provider !== undefined) known.set(type, { kind: "provider", provider });
        }),
      );
    },
    get: (type) =>
      isCustomType(type) ? { kind: "native", native: { ...customResource, type } } : known.get(type),
  };
}

/**
 * Refuses what could only fail half-way: types and properties nobody provides, all of them named at once.
 * @throws AwsError ValidationError
 */
export function refuseUnsupported(catalog: Catalog, template: Template): void {
  const types = new Map<string, string[]>();
  const properties: string[] = [];
  for (const [logicalId, resource] of Object.entries(template.resources)) {
    const handler = catalog.get(resource.type);
    if (handler === undefined) {
      types.set(resource.type, [...(types.get(resource.type) ?? []), logicalId]);
      continue;
    }
    const shape = shapeOf(handler);
    if (shape.properties === "any") continue;
    for (const name of Object.keys(resource.properties)) {
      if (!Object.hasOwn(shape.properties, name)) properties.push(`${logicalId} (${resource.type}): ${name}`);
    }
  }
  const problems: string[] = [];
  if (types.size > 0) {
    const where = [...types].map(([type, ids]) => `${type} of ${ids.join(", ")}`).join("; ");
    problems.push(
      `Template format error: Unrecognized resource types: [${[...types.keys()].join(", ")}]. Awan has no provider for ${where}: remove these resources or put them under a condition that is false here`,
    );
  }
  if (properties.length > 0) {
    problems.push(
      `Encountered unsupported properties: [${properties.join("; ")}]. Awan refuses what it would ignore: correct the names or remove them`,
    );
  }
  if (problems.length > 0) throw validationError(problems.join(". "));
}
