/**
 * Deploys a template file as a stack the way every tool does it: through CloudFormation's own API. The client is this
 * process's platform or a remote Awan.
 */
import type { Scope } from "../host/call.ts";
import { AwsError } from "../kernel/errors.ts";
import { prepareLocalCode } from "./local-code.ts";

export interface StackClient {
  /** An operation by name, in the client's own account and region unless told otherwise; refusals have AWS's `code`. */
  invoke(
    service: string,
    operation: string,
    input: object,
    scope?: Partial<Scope>,
  ): Promise<Record<string, unknown>>;
  /** Called between looks at the stack's state. */
  wait(): Promise<void>;
}

export interface DeployRequest {
  /** Path of the template. */
  readonly template: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where bundled functions are written. */
  readonly buildDirectory: string;
}

export interface DeployEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

export interface StackResult {
  readonly stackName: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids by logical id. */
  readonly resources: Readonly<Record<string, string>>;
  /** Directories and files the functions were built from. */
  readonly sources: readonly string[];
}

interface StackDescription {
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

interface StackEvent {
  readonly EventId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

const capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];

/** Creates the stack, or updates it; throws an error that says why when it does not succeed. */
export async function deployStack(
  client: StackClient,
  request: DeployRequest,
  onEvent: (event: DeployEvent) => void,
): Promise<StackResult> {
  const prepared = await prepareLocalCode(request.template, { outDir: request.buildDirectory });
  const result = await deployTemplateBody(
    client,
    { ...request, templateBody: prepared.templateBody },
    onEvent,
  );
  return { ...result, sources: prepared.sources };
}

export interface TemplateRequest {
  readonly stackName: string;
  readonly templateBody: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** As `deployStack`, for a template that names no local code. */
export async function deployTemplateBody(
  client: StackClient,
  request: TemplateRequest,
  onEvent: (event: DeployEvent) => void,
): Promise<Omit<StackResult, "sources">> {
  const { stackName, parameters, tags = {} } = request;
  const input = {
    StackName: stackName,
    TemplateBody: request.templateBody,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: capabilities,
  };
  let existing = await describe(client, stackName);
  // A stack whose creation was rolled back can only be deleted, as on AWS.
  if (existing?.StackStatus === "ROLLBACK_COMPLETE") {
    await deleteStack(client, stackName, onEvent);
    existing = undefined;
  }
  const seen = await eventIds(client, existing === undefined ? undefined : stackName);
  const changed = existing === undefined ? await create(client, input) : await update(client, input);
  if (changed) await follow(client, stackName, seen, onEvent);
  const stack = await describe(client, stackName);
  const status = stack?.StackStatus ?? "unknown";
  if (stack === undefined || !/^(CREATE|UPDATE)_COMPLETE$/.test(status)) {
    throw new Error(`${stackName} was not deployed: ${stack?.StackStatusReason ?? status}`);
  }
  return {
    stackName,
    status: changed ? status : `${status}, unchanged`,
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]),
    ),
    resources: await resourcesOf(client, stackName),
  };
}

/** Deletes the stack and waits for that. A stack that does not exist is an error, unlike in the API. */
export async function deleteStack(
  client: StackClient,
  stackName: string,
  onEvent: (event: DeployEvent) => void,
): Promise<void> {
  const stack = (await describe(client, stackName)) as
    | (StackDescription & { readonly StackId: string })
    | undefined;
  if (stack === undefined) throw new Error(`there is no stack named ${stackName}`);
  const seen = await eventIds(client, stack.StackId);
  await client.invoke("cloudformation", "DeleteStack", { StackName: stackName });
  await follow(client, stack.StackId, seen, onEvent);
  const after = await describe(client, stack.StackId);
  if (after !== undefined && after.StackStatus !== "DELETE_COMPLETE") {
    throw new Error(`${stackName} was not deleted: ${after.StackStatusReason ?? after.StackStatus}`);
  }
}

async function create(client: StackClient, input: object): Promise<boolean> {
  await client.invoke("cloudformation", "CreateStack", input);
  return true;
}

/** False when there was nothing to update. */
async function update(client: StackClient, input: object): Promise<boolean> {
  try {
    await client.invoke("cloudformation", "UpdateStack", input);
    return true;
  } catch (error) {
    if (
      codeOf(error) === "ValidationError" &&
      (error as Error).message.includes("No updates are to be performed")
    ) {
      return false;
    }
    throw error;
  }
}

/** Reports events until the stack is at rest. */
async function follow(
  client: StackClient,
  stackName: string,
  seen: Set<string>,
  onEvent: (event: DeployEvent) => void,
): Promise<void> {
  for (;;) {
    await client.wait();
    const stack = await describe(client, stackName);
    for (const event of (await events(client, stackName)).toReversed()) {
      if (seen.has(event.EventId)) continue;
      seen.add(event.EventId);
      onEvent({
        logicalId: event.LogicalResourceId,
        type: event.ResourceType,
        status: event.ResourceStatus,
        ...(event.ResourceStatusReason === undefined ? {} : { reason: event.ResourceStatusReason }),
      });
    }
    if (stack === undefined || !stack.StackStatus.endsWith("_IN_PROGRESS")) return;
  }
}

async function describe(client: StackClient, StackName: string): Promise<StackDescription | undefined> {
  try {
    const { Stacks } = await client.invoke("cloudformation", "DescribeStacks", { StackName });
    return (Stacks as readonly StackDescription[])[0];
  } catch (error) {
    if (codeOf(error) === "ValidationError") return undefined;
    throw error;
  }
}

async function events(client: StackClient, StackName: string): Promise<readonly StackEvent[]> {
  const { StackEvents } = await client.invoke("cloudformation", "DescribeStackEvents", { StackName });
  return (StackEvents ?? []) as readonly StackEvent[];
}

async function eventIds(client: StackClient, stackName: string | undefined): Promise<Set<string>> {
  return new Set(
    stackName === undefined ? [] : (await events(client, stackName)).map((event) => event.EventId),
  );
}

async function resourcesOf(client: StackClient, StackName: string): Promise<Record<string, string>> {
  const { StackResources } = await client.invoke("cloudformation", "DescribeStackResources", { StackName });
  const resources = (StackResources ?? []) as readonly {
    LogicalResourceId: string;
    PhysicalResourceId?: string;
  }[];
  return Object.fromEntries(resources.map((each) => [each.LogicalResourceId, each.PhysicalResourceId ?? ""]));
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof AwsError ? error.code : (error as { readonly code?: string }).code;

/** The same client with other defaults of account and region. */
export const clientIn = (client: StackClient, scope: Partial<Scope>): StackClient => ({
  invoke: (service, operation, input, own) => client.invoke(service, operation, input, { ...scope, ...own }),
  wait: () => client.wait(),
});
