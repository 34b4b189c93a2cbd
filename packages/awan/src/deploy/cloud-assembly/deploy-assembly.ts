/** Deploys a cloud assembly: for each stack its assets, then the stack, in the order of their dependencies. */
import { readFileSync } from "node:fs";
import {
  clientIn,
  type DeployEvent,
  deployTemplateBody,
  type StackClient,
  type StackResult,
} from "../deploy-stack.ts";
import { type Dict, isDict } from "../template/value.ts";
import { parseTemplate } from "../template/parse.ts";
import { readAssembly } from "./manifest.ts";
import { type Environment, publish } from "./publish.ts";

export interface DeployedStack extends StackResult {
  readonly environment: Environment;
  /** Logical ids by the paths of the constructs they were made by: `Shop/Queue`, and `Queue` within its stack. */
  readonly constructs: Readonly<Record<string, string>>;
}

/** `parameters` are `name` or `Stack:name`, as `cdk deploy --parameters` takes them. */
export async function deployAssembly(
  client: StackClient,
  options: {
    readonly directory: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly environment: Environment;
    /** Where an asset's directory comes from, for functions to run from there. */
    readonly sourceOf?: (asset: string) => string;
  },
  onEvent: (event: DeployEvent) => void,
): Promise<readonly DeployedStack[]> {
  const deployed: DeployedStack[] = [];
  for (const stack of readAssembly(options.directory)) {
    const { stackName, tags } = stack;
    const environment = {
      accountId: stack.accountId ?? options.environment.accountId,
      region: stack.region ?? options.environment.region,
    };
    const there = clientIn(client, environment);
    const { templateBody, directories } = await publish(there, stack, {
      environment,
      sourceOf: options.sourceOf ?? ((asset) => asset),
    });
    const template = JSON.parse(templateBody) as Dict;
    const parameters = { ...stack.parameters, ...parametersFor(stackName, template, options.parameters) };
    const result = await deployTemplateBody(there, { stackName, templateBody, parameters, tags }, onEvent);
    const constructs = constructsIn(readFileSync(stack.templatePath, "utf8"));
    deployed.push({ ...result, environment, sources: directories, constructs });
  }
  return deployed;
}

function parametersFor(
  stackName: string,
  template: Dict,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared = isDict(template["Parameters"]) ? template["Parameters"] : {};
  return Object.fromEntries(
    Object.keys(declared).flatMap((name) => {
      const value = given[`${stackName}:${name}`] ?? given[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** `{ "Shop/Queue": "Queue4A7E3555", "Queue": "Queue4A7E3555" }`. The resource itself is its construct's `Resource`. */
export function constructsIn(templateText: string): Record<string, string> {
  const template = parseTemplate(templateText);
  const resources = isDict(template["Resources"]) ? template["Resources"] : {};
  const found: Record<string, string> = {};
  for (const [logicalId, resource] of Object.entries(resources)) {
    const metadata = isDict(resource) ? resource["Metadata"] : undefined;
    const path = isDict(metadata) ? metadata["aws:cdk:path"] : undefined;
    if (typeof path !== "string") continue;
    const construct = path.replace(/\/(?:Resource|Default)$/, "");
    found[construct] ??= logicalId;
    found[construct.split("/").slice(1).join("/")] ??= logicalId;
  }
  return found;
}
