/** DetectStackDrift and its kin. A detection is complete when it is answered; what it found is kept for the stack. */
import type { Call } from "../../host/call.ts";
import { Perform } from "../../host/service.ts";
import { validationError } from "../errors.ts";
import { type DriftRow, driftDetections, drifts, resources, type StackRow } from "../keys.ts";
import type { DetectRequest } from "../drift/detect.ts";
import { liveStack } from "../stack/lookup.ts";
import type { In, Out } from "./client.ts";
import { page } from "./page.ts";

function need(call: Call, name: string | undefined): StackRow {
  const stack = liveStack(call, name ?? "");
  if (stack === undefined) throw validationError(`Stack [${name}] does not exist`);
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_(COMPLETE|FAILED)$/.test(stack.status)) {
    throw validationError(`Drift detection cannot be performed on stack in ${stack.status} state`);
  }
  return stack;
}

export function detectStackDrift(
  call: Call,
  input: In<"DetectStackDrift">,
): Perform<Out<"DetectStackDrift">> {
  const stack = need(call, input.StackName);
  const request: DetectRequest = { stackId: stack.id, logicalIds: input.LogicalResourceIds ?? [] };
  return new Perform("cloudformation.drift", request, (later: Call) => {
    const id = later.random.uuid();
    driftDetections.set(later.tx, [id], { stackId: stack.id, atMs: later.nowMs });
    return { StackDriftDetectionId: id };
  });
}

export function describeStackDriftDetectionStatus(
  call: Call,
  input: In<"DescribeStackDriftDetectionStatus">,
): Out<"DescribeStackDriftDetectionStatus"> {
  const id = input.StackDriftDetectionId ?? "";
  const row = driftDetections.get(call.tx, [id]);
  if (row === undefined) throw validationError(`Stack drift detection with id ${id} does not exist`);
  const { drifted, status } = stackDrift(call, row.stackId);
  return {
    StackId: row.stackId,
    StackDriftDetectionId: id,
    StackDriftStatus: status,
    DetectionStatus: "DETECTION_COMPLETE",
    DriftedStackResourceCount: drifted,
    Timestamp: new Date(row.atMs),
  };
}

/** What the last checks of the stack's resources come to. */
export function stackDrift(
  call: Call,
  stackId: string,
): {
  readonly status: "NOT_CHECKED" | "IN_SYNC" | "DRIFTED";
  readonly drifted: number;
  readonly checkedAtMs: number;
} {
  let [checked, drifted, checkedAtMs] = [0, 0, 0];
  for (const { value } of drifts.scan(call.tx, [stackId])) {
    checked += 1;
    if (value.status !== "IN_SYNC") drifted += 1;
    checkedAtMs = Math.max(checkedAtMs, value.checkedAtMs);
  }
  return {
    status: checked === 0 ? "NOT_CHECKED" : drifted > 0 ? "DRIFTED" : "IN_SYNC",
    drifted,
    checkedAtMs,
  };
}

const told = (stackId: string, logicalId: string, row: DriftRow) => ({
  StackId: stackId,
  LogicalResourceId: logicalId,
  PhysicalResourceId: row.physicalId,
  ResourceType: row.type,
  ExpectedProperties: JSON.stringify(row.expected),
  ...(row.status === "DELETED" ? {} : { ActualProperties: JSON.stringify(row.actual) }),
  PropertyDifferences: row.differences.map(({ path, expected, actual, type }) => ({
    PropertyPath: path,
    ExpectedValue: expected,
    ActualValue: actual,
    DifferenceType: type,
  })),
  StackResourceDriftStatus: row.status,
  Timestamp: new Date(row.checkedAtMs),
});

export function detectStackResourceDrift(
  call: Call,
  input: In<"DetectStackResourceDrift">,
): Perform<Out<"DetectStackResourceDrift">> {
  const stack = need(call, input.StackName);
  const logicalId = input.LogicalResourceId ?? "";
  const resource = resources.get(call.tx, [stack.id, logicalId]);
  if (resource === undefined) {
    throw validationError(`Resource ${logicalId} does not exist for stack ${input.StackName}`);
  }
  const request: DetectRequest = { stackId: stack.id, logicalIds: [logicalId] };
  return new Perform("cloudformation.drift", request, (later: Call) => {
    const row = drifts.get(later.tx, [stack.id, logicalId]);
    if (row === undefined) {
      throw validationError(`Resource type ${resource.type} does not support drift detection`);
    }
    return { StackResourceDrift: told(stack.id, logicalId, row) };
  });
}

export function describeStackResourceDrifts(
  call: Call,
  input: In<"DescribeStackResourceDrifts">,
): Out<"DescribeStackResourceDrifts"> {
  const stack = need(call, input.StackName);
  const wanted = new Set<string>(input.StackResourceDriftStatusFilters ?? []);
  const rows = [...drifts.scan(call.tx, [stack.id])].filter(
    ({ value }) => wanted.size === 0 || wanted.has(value.status),
  );
  const { items, next } = page(rows, input.NextToken, input.MaxResults ?? 100);
  return {
    StackResourceDrifts: items.map(({ key, value }) => told(stack.id, key[1], value)),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}
