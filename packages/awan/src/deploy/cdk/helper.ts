/**
 * Helpers of CDK: functions that its constructs put into a stack beside what they are for, to do what CloudFormation
 * cannot. Awan does the same without running them (they want runtimes, an AWS CLI and a port 443 that are not here), when
 * the resource's function is known to be CDK's by the name CDK gives it.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { ResourceState } from "../../host/resource.ts";
import { resources } from "../keys.ts";
import { resourceFailure } from "../errors.ts";
import type { NativeRequest } from "../resources/native.ts";
import { type Dict, textOf } from "../template/value.ts";

export interface HelperEvent extends NativeRequest {
  readonly requestType: "Create" | "Update" | "Delete";
  readonly physicalId?: string;
  readonly previous?: Dict;
}

/** Undefined when the call needs the function after all. */
export type Helper = (event: HelperEvent) => Promise<ResourceState | undefined>;

/** The helpers by the logical id of their functions: names with a UUID or hash that no other function has. */
const helpers: readonly (readonly [logicalId: RegExp, load: () => Promise<Helper>])[] = [
  [
    /^CustomS3AutoDeleteObjectsCustomResourceProviderHandler[0-9A-F]{8}$/,
    async () => (await import("./auto-delete-objects.ts")).autoDeleteObjects,
  ],
  [
    /^BucketNotificationsHandler050a0587b7544547bf325f094a3db834/,
    async () => (await import("./bucket-notifications.ts")).bucketNotifications,
  ],
  [
    /^CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/,
    async () => (await import("./bucket-deployment.ts")).bucketDeployment,
  ],
  [/^AWS679f53fac002430cb0da5b7982bd2287/, async () => (await import("./sdk-call.ts")).sdkCall],
  [
    /^LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/,
    async () => (await import("./log-retention.ts")).logRetention,
  ],
];

/** What CDK's helper would answer, or undefined when the custom resource is none of CDK's. */
export async function helped(event: HelperEvent): Promise<ResourceState | undefined> {
  const logicalId = await functionsLogicalId(event);
  const load = helpers.find(([pattern]) => logicalId !== undefined && pattern.test(logicalId))?.[1];
  if (load === undefined) return undefined;
  const helper = await load();
  try {
    return await helper(event);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw resourceFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${error.name}: ${error.message}`,
    );
  }
}

async function functionsLogicalId({
  shell,
  scope,
  stack,
  properties,
}: HelperEvent): Promise<string | undefined> {
  const name = textOf(properties["ServiceToken"]).split(":function:")[1];
  if (name === undefined) return undefined;
  return await shell.run({ name: "cloudformation.find-helper", ...scope }, (call) => {
    for (const { value } of resources.scan(call.tx, [stack.id]))
      if (value.type === "AWS::Lambda::Function" && value.physicalId === name) return value.logicalId;
    return undefined;
  });
}

/** An operation whose refusal with one of these codes is no failure: answers undefined then. */
export async function unless(
  codes: RegExp,
  running: Promise<Record<string, unknown>>,
): Promise<Record<string, unknown> | undefined> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof AwsError && codes.test(error.code)) return undefined;
    throw error;
  }
}
