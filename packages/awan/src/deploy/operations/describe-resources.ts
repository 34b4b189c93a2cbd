/** A stack's resources, its exports, and who imports them. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import {
  drifts,
  type ResourceRow,
  resources,
  stackExports,
  stackImports,
  type StackRow,
  stacks,
} from "../keys.ts";
import { needStack } from "../stack/lookup.ts";
import type { In, Out } from "./client.ts";
import { page } from "./page.ts";

function driftOf(call: Call, stack: StackRow, row: ResourceRow) {
  const drift = drifts.get(call.tx, [stack.id, row.logicalId]);
  return drift === undefined
    ? { StackResourceDriftStatus: "NOT_CHECKED" as const }
    : { StackResourceDriftStatus: drift.status, LastCheckTimestamp: new Date(drift.checkedAtMs) };
}

const common = (call: Call, stack: StackRow, row: ResourceRow) => ({
  LogicalResourceId: row.logicalId,
  ...(row.physicalId === "" ? {} : { PhysicalResourceId: row.physicalId }),
  ResourceType: row.type,
  ResourceStatus: row.status as "CREATE_COMPLETE",
  ...(row.statusReason === null ? {} : { ResourceStatusReason: row.statusReason }),
  DriftInformation: driftOf(call, stack, row),
});

const rowsOf = (call: Call, stack: StackRow): ResourceRow[] =>
  [...resources.scan(call.tx, [stack.id])].map(({ value }) => value);

export function describeStackResource(
  call: Call,
  input: In<"DescribeStackResource">,
): Out<"DescribeStackResource"> {
  const stack = needStack(call, input.StackName, (name) => `Stack '${name}' does not exist`);
  const row = resources.get(call.tx, [stack.id, input.LogicalResourceId ?? ""]);
  if (row === undefined) {
    throw validationError(
      `Resource ${input.LogicalResourceId} does not exist for stack ${input.StackName ?? stack.id}`,
    );
  }
  return {
    StackResourceDetail: {
      StackName: stack.name,
      StackId: stack.id,
      ...common(call, stack, row),
      LastUpdatedTimestamp: new Date(row.updatedAtMs),
      Metadata: JSON.stringify(row.metadata ?? {}),
    },
  };
}

export function describeStackResources(
  call: Call,
  input: In<"DescribeStackResources">,
): Out<"DescribeStackResources"> {
  if (input.StackName !== undefined && input.PhysicalResourceId !== undefined) {
    throw validationError("Cannot specify both StackName and PhysicalResourceId");
  }
  const stack =
    input.StackName === undefined
      ? ownerOf(call, input.PhysicalResourceId ?? "")
      : needStack(call, input.StackName);
  const rows = rowsOf(call, stack).filter(
    ({ logicalId }) => input.LogicalResourceId === undefined || logicalId === input.LogicalResourceId,
  );
  if (rows.length === 0 && input.LogicalResourceId !== undefined) {
    throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
  }
  return {
    StackResources: rows.slice(0, 100).map((row) => ({
      StackName: stack.name,
      StackId: stack.id,
      ...common(call, stack, row),
      Timestamp: new Date(row.updatedAtMs),
    })),
  };
}

function ownerOf(call: Call, physicalId: string): StackRow {
  for (const { key, value } of resources.scan(call.tx, [])) {
    if (value.physicalId !== physicalId) continue;
    const stack = stacks.get(call.tx, [key[0]]);
    if (stack !== undefined && stack.status !== "DELETE_COMPLETE") return stack;
  }
  throw validationError(`Stack for ${physicalId} does not exist`);
}

export function listStackResources(call: Call, input: In<"ListStackResources">): Out<"ListStackResources"> {
  const stack = needStack(call, input.StackName);
  const { items, next } = page(rowsOf(call, stack), input.NextToken, 100);
  return {
    StackResourceSummaries: items.map((row) => ({
      ...common(call, stack, row),
      LastUpdatedTimestamp: new Date(row.updatedAtMs),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function listExports(call: Call, input: In<"ListExports">): Out<"ListExports"> {
  const rows = [...stackExports.scan(call.tx, [])];
  const { items, next } = page(rows, input.NextToken, 100);
  return {
    Exports: items.map(({ key, value }) => ({
      ExportingStackId: value.stackId,
      Name: key[0],
      Value: value.value,
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function listImports(call: Call, input: In<"ListImports">): Out<"ListImports"> {
  const name = input.ExportName ?? "";
  const rows = [...stackImports.scan(call.tx, [name])].map(({ value }) => value.stackName);
  if (rows.length === 0) throw validationError(`Export '${name}' is not imported by any stack.`);
  const { items, next } = page(rows, input.NextToken, 100);
  return { Imports: [...items], ...(next === undefined ? {} : { NextToken: next }) };
}
