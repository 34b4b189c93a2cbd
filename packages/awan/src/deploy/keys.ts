/**
 * CloudFormation's rows. A stack's row says what it is now; `work` says what it is becoming and how far that has come,
 * so that an operation goes on after a crash; `progress` keeps, per resource, what a rollback has to restore.
 */
import { table } from "../store/table.ts";
import type { ParameterRow } from "./template/parameters.ts";
import type { Dict } from "./template/value.ts";

const service = "cloudformation";

export interface OutputRow {
  readonly key: string;
  readonly value: string;
  readonly description: string | null;
  readonly exportName: string | null;
}

/** What a caller asked a stack to be; shared by stacks, their operations and their change sets. */
export interface StackSettings {
  readonly parameters: readonly ParameterRow[];
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn: string | null;
  readonly description: string | null;
  readonly rollbackConfiguration: RollbackConfigurationRow | null;
}

/** Alarms that roll an operation back; kept as given. */
export interface RollbackConfigurationRow {
  readonly triggers: readonly { readonly arn: string; readonly type: string }[];
  readonly monitoringMinutes: number | null;
}

export interface StackRow extends StackSettings {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number | null;
  readonly deletedAtMs: number | null;
  readonly outputs: readonly OutputRow[];
  readonly disableRollback: boolean;
  readonly terminationProtection: boolean;
  readonly retainExceptOnCreate: boolean;
  readonly timeoutMinutes: number | null;
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly changeSetId: string | null;
  readonly policyBody: string | null;
  readonly clientRequestToken: string | null;
}

export interface TemplateRow {
  /** As the caller sent it. */
  readonly original: string;
  /** After all transforms. */
  readonly processed: Dict;
  readonly transforms: readonly string[];
}

export interface ResourceRow {
  readonly logicalId: string;
  readonly type: string;
  /** Empty until something exists. */
  readonly physicalId: string;
  readonly attributes: Dict;
  /** Functions resolved, dynamic references not: what an update is compared with. */
  readonly properties: Dict;
  readonly status: string;
  readonly statusReason: string | null;
  readonly updatedAtMs: number;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  readonly metadata: Dict | null;
}

export interface EventRow {
  readonly id: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | null;
  readonly properties: string | null;
  readonly atMs: number;
  readonly clientRequestToken: string | null;
}

export type OnFailure = "ROLLBACK" | "DELETE" | "DO_NOTHING";

/** What is being done to a stack, and which part of it. */
export interface WorkRow {
  readonly kind: "create" | "update" | "delete" | "import";
  readonly phase: "apply" | "rollback" | "cleanup" | "rollback-cleanup" | "delete";
  readonly settings: StackSettings;
  readonly onFailure: OnFailure;
  readonly retain: readonly string[];
  readonly forceDelete: boolean;
  readonly skip: readonly string[];
  readonly cancelled: boolean;
  readonly failed: readonly string[];
  /** Resources to import: logical id to physical id. */
  readonly imports: Readonly<Record<string, string>>;
  /** Stands in for the stack's policy while this operation lasts. */
  readonly policyDuring: string | null;
  /** Becomes the stack's policy when this operation succeeds. */
  readonly policyAfter: string | null;
  /** Epoch milliseconds at which a creation that has not ended fails; null for never. */
  readonly deadlineAtMs: number | null;
}

export interface ProgressRow {
  readonly action: "create" | "update" | "replace" | "keep" | "failed" | "remove" | "import";
  /** The resource as it was before this operation; null when there was none. */
  readonly before: ResourceRow | null;
}

export interface ExportRow {
  readonly value: string;
  readonly stackId: string;
  readonly stackName: string;
}

export interface ChangeDetail {
  readonly attribute: string;
  readonly name: string | null;
  readonly requiresRecreation: "Never" | "Always" | "Conditionally";
  readonly evaluation: "Static" | "Dynamic";
  readonly source: string;
  readonly causingEntity: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ChangeRow {
  readonly action: "Add" | "Modify" | "Remove" | "Import";
  readonly policyAction: string | null;
  readonly logicalId: string;
  readonly physicalId: string | null;
  readonly type: string;
  readonly replacement: "True" | "False" | "Conditional" | null;
  readonly scope: readonly string[];
  readonly details: readonly ChangeDetail[];
  /** Of a nested stack: the change set of it. */
  readonly changeSetId?: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ChangeSetRow extends StackSettings {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: "CREATE" | "UPDATE" | "IMPORT";
  readonly status: string;
  readonly statusReason: string | null;
  readonly executionStatus: string;
  readonly createdAtMs: number;
  readonly changeSetDescription: string | null;
  readonly onStackFailure: string | null;
  readonly includeNested: boolean;
  readonly importExisting: boolean;
  readonly changes: readonly ChangeRow[];
  /** Of a nested stack's: the change sets of the stack above it, and of the topmost. */
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly imports: Readonly<Record<string, string>>;
}

export interface PropertyDifference {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
  readonly type: "ADD" | "REMOVE" | "NOT_EQUAL";
}

/** How a resource was found to differ from its template when it was last checked. */
export interface DriftRow {
  readonly type: string;
  readonly physicalId: string;
  readonly checkedAtMs: number;
  readonly status: "IN_SYNC" | "MODIFIED" | "DELETED";
  readonly expected: Dict;
  readonly actual: Dict;
  readonly differences: readonly PropertyDifference[];
}

/** A place where somebody outside answers: a custom resource's response, a wait condition's signals. */
export interface ResponseRow {
  readonly stackId: string;
  readonly logicalId: string;
  readonly answers: readonly Dict[];
}

export const stacks = table<[stackId: string], StackRow>(service, "stack");
/** The live stack of a name; a deleted one is found by its id only. */
export const stackNames = table<[name: string], { readonly stackId: string }>(service, "stack-name");
/** `which` is `current`, `target` (an operation is under way) or a change set's id. */
export const templates = table<[stackId: string, which: string], TemplateRow>(service, "template");
export const resources = table<[stackId: string, logicalId: string], ResourceRow>(service, "resource");
/** Old physical resources to delete once an update has succeeded, and new ones once it has failed. */
export const leftovers = table<[stackId: string, logicalId: string, physicalId: string], ResourceRow>(
  service,
  "leftover",
);
export const progress = table<[stackId: string, phase: string, logicalId: string], ProgressRow>(
  service,
  "progress",
);
export const work = table<[stackId: string], WorkRow>(service, "work");
export const events = table<[stackId: string, number: number], EventRow>(service, "event");
export const changeSets = table<[stackId: string, changeSetId: string], ChangeSetRow>(service, "change-set");
export const changeSetIds = table<[changeSetId: string], { readonly stackId: string }>(
  service,
  "change-set-id",
);
export const stackExports = table<[name: string], ExportRow>(service, "export");
export const stackImports = table<[exportName: string, stackId: string], { readonly stackName: string }>(
  service,
  "import",
);
export const responses = table<[token: string], ResponseRow>(service, "response");
/** Where a response's token belongs; in the scope all accounts share, because a bare URL names none. */
export const responseScopes = table<[token: string], { readonly accountId: string; readonly region: string }>(
  service,
  "response-scope",
);
/** The name of a nested stack, chosen before it is made: a deployment that goes on after a crash finds it by that. */
export const nestedNames = table<[parentId: string, logicalId: string], { readonly name: string }>(
  service,
  "nested-name",
);
/** What has been reported about a resource that waits to be told. */
export const signals = table<
  [stackId: string, logicalId: string, uniqueId: string],
  { readonly status: string }
>(service, "signal");
export const drifts = table<[stackId: string, logicalId: string], DriftRow>(service, "drift");
export const driftDetections = table<[id: string], { readonly stackId: string; readonly atMs: number }>(
  service,
  "drift-detection",
);
export const macros = table<[name: string], { readonly functionArn: string }>(service, "macro");
