/** DescribeStacks, ListStacks, DescribeStackEvents: stacks as they are and as they came to be. */
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import { events, type StackRow, stacks } from "../keys.ts";
import { liveStack, needStack } from "../stack/lookup.ts";
import { rollbackConfigurationOf } from "../stack/settings.ts";
import type { ParameterRow } from "../template/parameters.ts";
import type { In, Out } from "./client.ts";
import { stackDrift } from "./drift.ts";
import { inHashOrder } from "./hash-order.ts";
import { page } from "./page.ts";

type Stack = NonNullable<Out<"DescribeStacks">["Stacks"]>[number];
type Parameter = NonNullable<Stack["Parameters"]>[number];

export const tagList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const parameterList = (rows: readonly ParameterRow[]): Parameter[] =>
  inHashOrder(rows, ({ key }) => key).map((row) => ({
    ParameterKey: row.key,
    ParameterValue: row.noEcho ? "****" : row.value,
    ...(row.resolved === null ? {} : { ResolvedValue: row.resolved }),
  }));

export function describeStacks(call: Call, input: In<"DescribeStacks">): Out<"DescribeStacks"> {
  if (input.StackName !== undefined && input.StackName !== "") {
    return { Stacks: [describe(call, needStack(call, input.StackName))] };
  }
  const rows: StackRow[] = [];
  for (const { value } of stacks.scan(call.tx, [])) if (value.status !== "DELETE_COMPLETE") rows.push(value);
  rows.sort((a, b) => b.createdAtMs - a.createdAtMs);
  const { items, next } = page(rows, input.NextToken, 100);
  return {
    Stacks: items.map((row) => describe(call, row)),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

function driftOf(call: Call, row: StackRow) {
  const { status, checkedAtMs } = stackDrift(call, row.id);
  return {
    StackDriftStatus: status,
    ...(checkedAtMs === 0 ? {} : { LastCheckTimestamp: new Date(checkedAtMs) }),
  };
}

/** AWS keeps to itself why a stack is in a state, where its user asked for it and it has gone on from there. */
const shownReason = (row: StackRow): { StackStatusReason?: string } =>
  row.statusReason === null || (row.statusReason === "User Initiated" && row.status !== "REVIEW_IN_PROGRESS")
    ? {}
    : { StackStatusReason: row.statusReason };

function describe(call: Call, row: StackRow): Stack {
  return {
    StackId: row.id,
    StackName: row.name,
    ...(row.changeSetId === null || row.deletedAtMs !== null ? {} : { ChangeSetId: row.changeSetId }),
    ...(row.description === null ? {} : { Description: row.description }),
    ...(row.parameters.length === 0 ? {} : { Parameters: parameterList(row.parameters) }),
    CreationTime: new Date(row.createdAtMs),
    ...(row.deletedAtMs === null ? {} : { DeletionTime: new Date(row.deletedAtMs) }),
    ...(row.updatedAtMs === null ? {} : { LastUpdatedTime: new Date(row.updatedAtMs) }),
    RollbackConfiguration: rollbackConfigurationOf(row),
    StackStatus: row.status as "CREATE_COMPLETE",
    ...shownReason(row),
    DisableRollback: row.disableRollback,
    NotificationARNs: [...row.notificationArns],
    ...(row.timeoutMinutes === null ? {} : { TimeoutInMinutes: row.timeoutMinutes }),
    ...(row.capabilities.length === 0 ? {} : { Capabilities: [...row.capabilities] as "CAPABILITY_IAM"[] }),
    ...(row.outputs.length === 0
      ? {}
      : {
          Outputs: row.outputs.map((output) => ({
            OutputKey: output.key,
            OutputValue: output.value,
            ...(output.description === null ? {} : { Description: output.description }),
            ...(output.exportName === null ? {} : { ExportName: output.exportName }),
          })),
        }),
    ...(row.roleArn === null ? {} : { RoleARN: row.roleArn }),
    Tags: tagList(row.tags),
    ...(row.deletedAtMs === null ? { EnableTerminationProtection: row.terminationProtection } : {}),
    ...(row.parentId === null ? {} : { ParentId: row.parentId }),
    ...(row.rootId === null ? {} : { RootId: row.rootId }),
    DriftInformation: driftOf(call, row),
  };
}

export function listStacks(call: Call, input: In<"ListStacks">): Out<"ListStacks"> {
  const wanted = new Set<string>(input.StackStatusFilter ?? []);
  const rows: StackRow[] = [];
  for (const { value } of stacks.scan(call.tx, []))
    if (wanted.size === 0 || wanted.has(value.status)) rows.push(value);
  rows.sort((a, b) => b.createdAtMs - a.createdAtMs);
  const { items, next } = page(rows, input.NextToken, 100);
  return {
    StackSummaries: items.map((row) => ({
      StackId: row.id,
      StackName: row.name,
      ...(row.description === null ? {} : { TemplateDescription: row.description }),
      CreationTime: new Date(row.createdAtMs),
      ...(row.updatedAtMs === null ? {} : { LastUpdatedTime: new Date(row.updatedAtMs) }),
      ...(row.deletedAtMs === null ? {} : { DeletionTime: new Date(row.deletedAtMs) }),
      StackStatus: row.status as "CREATE_COMPLETE",
      ...shownReason(row),
      ...(row.parentId === null ? {} : { ParentId: row.parentId }),
      ...(row.rootId === null ? {} : { RootId: row.rootId }),
      DriftInformation: driftOf(call, row),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function describeStackEvents(
  call: Call,
  input: In<"DescribeStackEvents">,
): Out<"DescribeStackEvents"> {
  const name = input.StackName;
  if (name === undefined || name === "") {
    throw validationError(
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
    );
  }
  const stack = needStack(call, name, (missing) => `Stack [${missing}] does not exist`);
  const rows = [...events.scan(call.tx, [stack.id], { reverse: true })].map(({ value }) => value);
  const { items, next } = page(rows, input.NextToken, 100);
  return {
    StackEvents: items.map((row) => ({
      StackId: stack.id,
      EventId: row.id,
      StackName: stack.name,
      LogicalResourceId: row.logicalId,
      PhysicalResourceId: row.physicalId,
      ResourceType: row.type,
      Timestamp: new Date(row.atMs),
      ResourceStatus: row.status as "CREATE_COMPLETE",
      ...(row.reason === null ? {} : { ResourceStatusReason: row.reason }),
      ...(row.properties === null ? {} : { ResourceProperties: row.properties }),
      ...(row.clientRequestToken === null ? {} : { ClientRequestToken: row.clientRequestToken }),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function updateTerminationProtection(
  call: Call,
  input: In<"UpdateTerminationProtection">,
): Out<"UpdateTerminationProtection"> {
  const stack = liveStack(call, input.StackName ?? "");
  if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  stacks.set(call.tx, [stack.id], {
    ...stack,
    terminationProtection: input.EnableTerminationProtection ?? false,
  });
  return { StackId: stack.id };
}
