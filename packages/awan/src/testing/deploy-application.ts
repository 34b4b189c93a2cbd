/** Deploys an application into this process's platform, through CloudFormation's own operations. */
import { type ApplicationSource, type ApplicationStack, deployApplication } from "../deploy/application.ts";
import type { Scope } from "../host/call.ts";
import type { Platform } from "../host/platform.ts";
import type { Deployed } from "./deployed.ts";

export async function deployInto(platform: Platform, source: ApplicationSource): Promise<Deployed> {
  const { accountId, region } = platform;
  const stacks = await deployApplication(
    {
      invoke: (service, operation, input, scope) => platform.invoke(service, operation, input, scope),
      wait: () => platform.idle(),
    },
    {
      ...source,
      buildDirectory: `${platform.scratchDir()}/build`,
      environment: { accountId, region },
      endpoint: platform.endpoint,
    },
    () => {},
  );
  const outputs: Record<string, string> = {};
  const resources: Record<string, string> = {};
  const elsewhere = new Map<string, Scope>();
  let apiBase: string | undefined;
  for (const stack of stacks) {
    const { environment } = stack;
    const isElsewhere = environment.accountId !== accountId || environment.region !== region;
    for (const [name, value] of Object.entries(stack.outputs)) outputs[name] ??= value;
    for (const [name, physical] of namesOf(stack)) {
      resources[name] ??= physical;
      if (isElsewhere) elsewhere.set(name, environment);
    }
    apiBase ??= await apiBaseOf(platform, stack);
  }
  return { outputs, resources, elsewhere, apiBase };
}

function* namesOf({ resources, constructs = {} }: ApplicationStack): Generator<readonly [string, string]> {
  yield* Object.entries(resources);
  for (const [path, logicalId] of Object.entries(constructs)) yield [path, resources[logicalId] ?? ""];
}

async function apiBaseOf(platform: Platform, stack: ApplicationStack): Promise<string | undefined> {
  const { StackResources } = await platform.invoke(
    "cloudformation",
    "DescribeStackResources",
    { StackName: stack.stackName },
    stack.environment,
  );
  const api = (StackResources as readonly { ResourceType: string; PhysicalResourceId: string }[]).find(
    (resource) => resource.ResourceType === "AWS::ApiGatewayV2::Api",
  );
  if (api === undefined) return undefined;
  const { ApiEndpoint } = await platform.invoke(
    "apigatewayv2",
    "GetApi",
    { ApiId: api.PhysicalResourceId },
    stack.environment,
  );
  return ApiEndpoint as string;
}
