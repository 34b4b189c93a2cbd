/** Deploys a template file into this process's platform, through CloudFormation's own operations. */
import { basename, dirname, resolve } from "node:path";
import { deployStack, type StackResult } from "../deploy/deploy-stack.ts";
import type { Platform } from "../host/platform.ts";

export interface Deployed {
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
  /** Base URL of the stack's first HTTP API, if it has one. */
  readonly apiBase: string | undefined;
}

export async function deployTemplate(
  platform: Platform,
  options: { readonly template: string; readonly parameters: Readonly<Record<string, string>> },
): Promise<Deployed> {
  const template = resolve(options.template);
  const result = await deployStack(
    {
      invoke: (service, operation, input) => platform.invoke(service, operation, input),
      wait: () => platform.idle(),
    },
    {
      template,
      stackName: basename(dirname(template)).replaceAll(/[^A-Za-z0-9-]/g, "-"),
      parameters: options.parameters,
      buildDirectory: `${platform.scratchDir()}/build`,
    },
    () => {},
  );
  return { outputs: result.outputs, resources: result.resources, apiBase: await apiBase(platform, result) };
}

async function apiBase(platform: Platform, result: StackResult): Promise<string | undefined> {
  const { StackResources } = await platform.invoke("cloudformation", "DescribeStackResources", {
    StackName: result.stackName,
  });
  const api = (StackResources as readonly { ResourceType: string; PhysicalResourceId: string }[]).find(
    (resource) => resource.ResourceType === "AWS::ApiGatewayV2::Api",
  );
  if (api === undefined) return undefined;
  const { ApiEndpoint } = await platform.invoke("apigatewayv2", "GetApi", { ApiId: api.PhysicalResourceId });
  return ApiEndpoint as string;
}
