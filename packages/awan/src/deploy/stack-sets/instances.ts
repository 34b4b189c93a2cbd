/** Instances of stack sets, and the operations on them. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { validationError } from "../errors.ts";
import type { In, Out } from "../operations/client.ts";
import { page } from "../operations/page.ts";
import { type OperationRow, stackInstances, type StackInstanceRow, stackSetOperations } from "./keys.ts";
import { needSet, parametersOf } from "./sets.ts";
import { startOperation } from "./start.ts";

interface Places {
  readonly Accounts?: readonly string[] | undefined;
  readonly DeploymentTargets?: { readonly Accounts?: readonly string[] | undefined } | undefined;
  readonly Regions?: readonly string[] | undefined;
}

function placesOf(input: Places): { readonly accountId: string; readonly region: string }[] {
  const accounts = input.Accounts ?? input.DeploymentTargets?.Accounts ?? [];
  if (accounts.length === 0) throw validationError("Accounts or DeploymentTargets must be specified");
  return accounts.flatMap((accountId) => (input.Regions ?? []).map((region) => ({ accountId, region })));
}

export function createStackInstances(
  call: Call,
  input: In<"CreateStackInstances">,
): Out<"CreateStackInstances"> {
  const { name } = needSet(call, input.StackSetName);
  const targets = placesOf(input);
  const OperationId = startOperation(call, name, { action: "CREATE", targets, input });
  for (const { accountId, region } of targets) {
    const old = stackInstances.get(call.tx, [name, accountId, region]);
    const row: StackInstanceRow = {
      stackId: old?.stackId ?? "",
      status: "OUTDATED",
      detailedStatus: "PENDING",
      reason: null,
      overrides: parametersOf(input.ParameterOverrides),
      operationId: OperationId,
    };
    stackInstances.set(call.tx, [name, accountId, region], row);
  }
  return { OperationId };
}

export function updateStackInstances(
  call: Call,
  input: In<"UpdateStackInstances">,
): Out<"UpdateStackInstances"> {
  const { name } = needSet(call, input.StackSetName);
  const targets = placesOf(input);
  for (const { accountId, region } of targets) {
    const old = needInstance(call, name, accountId, region);
    const overrides =
      input.ParameterOverrides === undefined
        ? old.overrides
        : parametersOf(input.ParameterOverrides, old.overrides);
    stackInstances.set(call.tx, [name, accountId, region], { ...old, overrides });
  }
  return { OperationId: startOperation(call, name, { action: "UPDATE", targets, input }) };
}

export function deleteStackInstances(
  call: Call,
  input: In<"DeleteStackInstances">,
): Out<"DeleteStackInstances"> {
  const { name } = needSet(call, input.StackSetName);
  const targets = placesOf(input).filter(({ accountId, region }) =>
    stackInstances.has(call.tx, [name, accountId, region]),
  );
  const retainStacks = input.RetainStacks ?? false;
  return { OperationId: startOperation(call, name, { action: "DELETE", targets, input, retainStacks }) };
}

function needInstance(call: Call, name: string, accountId: string, region: string): StackInstanceRow {
  const row = stackInstances.get(call.tx, [name, accountId, region]);
  if (row === undefined) {
    throw new AwsError(
      "StackInstanceNotFoundException",
      `Stack instance not found for StackSet ${name} in account ${accountId} and region ${region}`,
    );
  }
  return row;
}

const told = (setId: string, accountId: string, region: string, row: StackInstanceRow) => ({
  StackSetId: setId,
  Region: region,
  Account: accountId,
  ...(row.stackId === "" ? {} : { StackId: row.stackId }),
  Status: row.status,
  ...(row.reason === null ? {} : { StatusReason: row.reason }),
  StackInstanceStatus: { DetailedStatus: row.detailedStatus },
  OrganizationalUnitId: "",
  DriftStatus: "NOT_CHECKED" as const,
  LastOperationId: row.operationId,
});

export function describeStackInstance(
  call: Call,
  input: In<"DescribeStackInstance">,
): Out<"DescribeStackInstance"> {
  const { id, name } = needSet(call, input.StackSetName);
  const [accountId, region] = [input.StackInstanceAccount ?? "", input.StackInstanceRegion ?? ""];
  const row = needInstance(call, name, accountId, region);
  const ParameterOverrides = Object.entries(row.overrides).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  return { StackInstance: { ...told(id, accountId, region, row), ParameterOverrides } };
}

export function listStackInstances(call: Call, input: In<"ListStackInstances">): Out<"ListStackInstances"> {
  const { id, name } = needSet(call, input.StackSetName);
  const rows = [...stackInstances.scan(call.tx, [name])].filter(
    ({ key }) =>
      (input.StackInstanceAccount === undefined || input.StackInstanceAccount === key[1]) &&
      (input.StackInstanceRegion === undefined || input.StackInstanceRegion === key[2]),
  );
  const { items, next } = page(rows, input.NextToken, input.MaxResults ?? 100);
  return {
    Summaries: items.map(({ key, value }) => told(id, key[1], key[2], value)),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

function needOperation(call: Call, name: string, operationId: string): OperationRow {
  const row = stackSetOperations.get(call.tx, [name, operationId]);
  if (row === undefined)
    throw new AwsError("OperationNotFoundException", `Operation ${operationId} not found`);
  return row;
}

const summary = (operationId: string, row: OperationRow) => ({
  OperationId: operationId,
  Action: row.action,
  Status: row.status,
  CreationTimestamp: new Date(row.createdAtMs),
  ...(row.endedAtMs === null ? {} : { EndTimestamp: new Date(row.endedAtMs) }),
});

export function describeStackSetOperation(
  call: Call,
  input: In<"DescribeStackSetOperation">,
): Out<"DescribeStackSetOperation"> {
  const set = needSet(call, input.StackSetName);
  const operationId = input.OperationId ?? "";
  const row = needOperation(call, set.name, operationId);
  return {
    StackSetOperation: {
      ...summary(operationId, row),
      StackSetId: set.id,
      OperationPreferences: {
        FailureToleranceCount: row.failuresMax,
        MaxConcurrentCount: 1,
        RegionOrder: [],
      },
      ...(row.action === "DELETE" ? { RetainStacks: row.retainStacks } : {}),
      AdministrationRoleARN: set.administrationRoleArn,
      ExecutionRoleName: set.executionRoleName,
      StatusDetails: {
        FailedStackInstancesCount: row.results.filter(({ status }) => status === "FAILED").length,
      },
    },
  };
}

export function listStackSetOperations(
  call: Call,
  input: In<"ListStackSetOperations">,
): Out<"ListStackSetOperations"> {
  const { name } = needSet(call, input.StackSetName);
  const rows = [...stackSetOperations.scan(call.tx, [name])].toSorted(
    (a, b) => b.value.createdAtMs - a.value.createdAtMs,
  );
  const { items, next } = page(rows, input.NextToken, input.MaxResults ?? 100);
  return {
    Summaries: items.map(({ key, value }) => summary(key[1], value)),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function listStackSetOperationResults(
  call: Call,
  input: In<"ListStackSetOperationResults">,
): Out<"ListStackSetOperationResults"> {
  const { name } = needSet(call, input.StackSetName);
  const row = needOperation(call, name, input.OperationId ?? "");
  const { items, next } = page(row.results, input.NextToken, input.MaxResults ?? 100);
  return {
    Summaries: items.map(({ accountId, region, status, reason }) => ({
      Account: accountId,
      Region: region,
      Status: status,
      ...(reason === null ? {} : { StatusReason: reason }),
      AccountGateResult: {
        Status: "SKIPPED" as const,
        StatusReason: `Function not found: arn:aws:lambda:${region}:${accountId}:function:AWSCloudFormationStackSetAccountGate`,
      },
      OrganizationalUnitId: "",
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}

export function stopStackSetOperation(call: Call, input: In<"StopStackSetOperation">): Record<string, never> {
  const { name } = needSet(call, input.StackSetName);
  const operationId = input.OperationId ?? "";
  const row = needOperation(call, name, operationId);
  if (row.endedAtMs !== null) {
    throw new AwsError(
      "InvalidOperationException",
      `Operation ${operationId} is in status ${row.status} and cannot be stopped`,
    );
  }
  stackSetOperations.set(call.tx, [name, operationId], { ...row, status: "STOPPING" });
  return {};
}
