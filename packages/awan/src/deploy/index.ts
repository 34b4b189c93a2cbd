/**
 * CloudFormation as a service: its operations, the effects that prepare and carry out stack operations, and the URL at
 * which custom resources answer. What can be deployed is decided by the providers the registry knows.
 */
import type { EffectContext, Service } from "../host/service.ts";
import type { Operations } from "../model/operations.ts";
import type { Scope } from "../host/call.ts";
import { seedCdkBootstrap } from "./cdk-bootstrap.ts";
import { createCatalog, type ProviderRegistry } from "./resources/catalog.ts";
import { receiveResponse } from "./resources/receive-response.ts";
import { createNestedChangeSets } from "./stack/nested-change-sets.ts";
import { sendNotification } from "./stack/notify.ts";
import { stackSetOperations } from "./stack-sets/operations.ts";
import { runStackSetOperation } from "./stack-sets/run.ts";
import { prepare, type PrepareRequest } from "./stack/prepare.ts";
import { runStack } from "./stack/run.ts";
import { readTemplateUrl } from "./stack/template-url.ts";
import {
  deleteChangeSet,
  describeChangeSet,
  executeChangeSet,
  listChangeSets,
} from "./operations/change-sets.ts";
import { createChangeSet } from "./operations/create-change-set.ts";
import { createStack } from "./operations/create-stack.ts";
import { detectDrift } from "./drift/detect.ts";
import * as drift from "./operations/drift.ts";
import { deleteStack } from "./operations/delete-stack.ts";
import {
  describeStackResource,
  describeStackResources,
  listExports,
  listImports,
  listStackResources,
} from "./operations/describe-resources.ts";
import {
  describeStackEvents,
  describeStacks,
  listStacks,
  updateTerminationProtection,
} from "./operations/describe-stacks.ts";
import {
  cancelUpdateStack,
  continueUpdateRollback,
  describeAccountLimits,
  rollbackStack,
} from "./operations/recover.ts";
import { signalResource } from "./operations/signal-resource.ts";
import { getStackPolicy, setStackPolicy } from "./operations/stack-policy.ts";
import { getTemplate, getTemplateSummary, validateTemplate } from "./operations/templates.ts";
import { updateStack } from "./operations/update-stack.ts";
import type { Client } from "./operations/client.ts";

export function createCloudFormation(registry: ProviderRegistry): Service {
  const catalog = createCatalog(registry);
  /** One operation per stack at a time in this process; a second run finds what the first has left. */
  const running = new Map<string, Promise<void>>();
  return {
    name: "cloudformation",
    operations: {
      CancelUpdateStack: cancelUpdateStack,
      ContinueUpdateRollback: continueUpdateRollback,
      CreateChangeSet: createChangeSet(catalog),
      CreateStack: createStack,
      DeleteChangeSet: deleteChangeSet,
      DeleteStack: deleteStack,
      DescribeAccountLimits: describeAccountLimits,
      DescribeStackDriftDetectionStatus: drift.describeStackDriftDetectionStatus,
      DescribeStackResourceDrifts: drift.describeStackResourceDrifts,
      DetectStackDrift: drift.detectStackDrift,
      DetectStackResourceDrift: drift.detectStackResourceDrift,
      DescribeChangeSet: describeChangeSet,
      DescribeStackEvents: describeStackEvents,
      DescribeStackResource: describeStackResource,
      DescribeStackResources: describeStackResources,
      DescribeStacks: describeStacks,
      ExecuteChangeSet: executeChangeSet,
      GetStackPolicy: getStackPolicy,
      GetTemplate: getTemplate,
      GetTemplateSummary: getTemplateSummary,
      ListChangeSets: listChangeSets,
      ListExports: listExports,
      ListImports: listImports,
      ListStackResources: listStackResources,
      ListStacks: listStacks,
      RollbackStack: rollbackStack,
      SetStackPolicy: setStackPolicy,
      SignalResource: signalResource,
      UpdateStack: updateStack(catalog),
      UpdateTerminationProtection: updateTerminationProtection,
      ValidateTemplate: validateTemplate,
      ...stackSetOperations,
    } satisfies Operations<Client>,
    effects: {
      prepare: (context, request: PrepareRequest) => prepare(context, catalog, request),
      drift: detectDrift,
      "stack-set": runStackSetOperation,
      "nested-change-sets": createNestedChangeSets,
      notify: sendNotification,
      read: ({ shell, scope }, { url }: { readonly url: string }) => readTemplateUrl(shell, scope, url),
      "seed-cdk": async ({ shell }, scope: Scope) => {
        await Promise.all([shell.load("ssm"), shell.load("s3")]);
        await shell.run({ name: "cloudformation.SeedCdk", ...scope }, seedCdkBootstrap);
      },
      run: async (context: EffectContext, { stackId }: { readonly stackId: string }) => {
        await running.get(stackId);
        const run = runStack(context, catalog, stackId).finally(() => running.delete(stackId));
        running.set(stackId, run);
        await run;
      },
    },
    front: receiveResponse,
  };
}
