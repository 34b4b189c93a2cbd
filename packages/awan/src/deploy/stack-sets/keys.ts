/** Stack sets: what is to be deployed where, what is, and the operations that brought it there. */
import { table } from "../../store/table.ts";

const service = "cloudformation";

type Parameters = Readonly<Record<string, string>>;

export interface StackSetRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly template: string;
  readonly parameters: Parameters;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly permissionModel: "SELF_MANAGED" | "SERVICE_MANAGED";
  readonly administrationRoleArn: string;
  readonly executionRoleName: string;
}

export interface StackInstanceRow {
  /** Empty until its stack was made. */
  readonly stackId: string;
  readonly status: "CURRENT" | "OUTDATED" | "INOPERABLE";
  readonly detailedStatus: "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly reason: string | null;
  readonly overrides: Parameters;
  readonly operationId: string;
}

export interface OperationResult {
  readonly accountId: string;
  readonly region: string;
  readonly status: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly reason: string | null;
}

export interface OperationRow {
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "STOPPING" | "STOPPED";
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly failuresMax: number;
  readonly retainStacks: boolean;
  readonly results: readonly OperationResult[];
}

export const stackSets = table<[name: string], StackSetRow>(service, "stack-set");
export const stackInstances = table<[setName: string, accountId: string, region: string], StackInstanceRow>(
  service,
  "stack-instance",
);
export const stackSetOperations = table<[setName: string, operationId: string], OperationRow>(
  service,
  "stack-set-operation",
);
