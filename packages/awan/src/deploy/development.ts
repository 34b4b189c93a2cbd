/** An application while it is worked on: deployed once, then again whenever something it is made of changes. */
import { CdkDevelopment } from "./cloud-assembly/cdk-development.ts";
import { type ApplicationRequest, type ApplicationStack, deployApplication, linkSdk } from "./application.ts";
import type { DeployEvent, StackClient } from "./deploy-stack.ts";

export interface Development {
  /** Files and directories whose changes matter; complete after `start`. */
  watched(): readonly string[];
  start(client: StackClient, onEvent: (event: DeployEvent) => void): Promise<readonly ApplicationStack[]>;
  /** Deploys what a changed file changes; answers the stacks. */
  change(
    path: string,
    client: StackClient,
    onEvent: (event: DeployEvent) => void,
  ): Promise<readonly ApplicationStack[]>;
}

export function develop(request: ApplicationRequest): Development {
  return request.cdk === undefined ? developFiles(request) : developCdk(request, request.cdk);
}

function developCdk(request: ApplicationRequest, project: string): Development {
  const { context = {}, parameters = {}, buildDirectory, environment, endpoint } = request;
  const cdk = new CdkDevelopment({ project, context, parameters, buildDirectory, environment, endpoint });
  return {
    watched: () => [cdk.project],
    async start(client, onEvent) {
      await linkSdk(buildDirectory);
      return await cdk.start(client, onEvent);
    },
    change: async (path, client, onEvent) => (await cdk.change(path, client, onEvent)).stacks,
  };
}

function developFiles(request: ApplicationRequest): Development {
  const { template, serverless, cloudAssembly } = request;
  const files = [template, serverless, cloudAssembly].filter((file) => file !== undefined);
  let sources: readonly string[] = [];
  const deploy: Development["start"] = async (client, onEvent) => {
    const stacks = await deployApplication(client, request, onEvent);
    sources = stacks.flatMap((stack) => stack.sources);
    return stacks;
  };
  return {
    watched: () => [...files, ...sources],
    start: deploy,
    change: (_path, client, onEvent) => deploy(client, onEvent),
  };
}
