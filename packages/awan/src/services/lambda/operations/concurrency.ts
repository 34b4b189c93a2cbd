/** Reserved and provisioned concurrency, and the account's limits. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { aliasNotFound, conflict, functionNotFound, invalidParameter, invalidUntyped } from "../errors.ts";
import { qualifierExists, requireFunction, reservedTotal } from "../function.ts";
import {
  aliases,
  functions,
  latest,
  layers,
  provisioned,
  type ProvisionedRow,
  reservations,
  versions,
} from "../keys.ts";
import { limits } from "../limits.ts";
import { functionArn, type FunctionReference, isVersion, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

export function putFunctionConcurrency(
  call: Call,
  input: In<"PutFunctionConcurrency">,
): Out<"PutFunctionConcurrency"> {
  const { name, qualifier } = parseFunctionName(call, input.FunctionName);
  if (qualifier !== undefined) {
    throw invalidParameter(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    );
  }
  const row = functions.get(call.tx, [name]);
  if (row === undefined) throw functionNotFound(functionArn(call, name, "$LATEST"));
  const wanted = input.ReservedConcurrentExecutions;
  if (
    limits.concurrentExecutions - reservedTotal(call, name) - wanted < limits.unreservedConcurrencyMin &&
    wanted > 0
  ) {
    throw invalidUntyped(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${limits.unreservedConcurrencyMin}].`,
    );
  }
  let ahead = 0;
  for (const { value } of provisioned.scan(call.tx, [name])) ahead += value.requested;
  if (wanted < ahead) {
    throw invalidUntyped(
      ` ReservedConcurrentExecutions  ${wanted} should not be lower than function's total provisioned concurrency [${ahead}].`,
    );
  }
  functions.set(call.tx, [name], { ...row, reservedConcurrency: wanted });
  reservations.set(call.tx, [name], wanted);
  return { ReservedConcurrentExecutions: wanted };
}

export function getFunctionConcurrency(
  call: Call,
  input: In<"GetFunctionConcurrency">,
): Out<"GetFunctionConcurrency"> {
  const { row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  return row.reservedConcurrency === null ? {} : { ReservedConcurrentExecutions: row.reservedConcurrency };
}

export function deleteFunctionConcurrency(call: Call, input: In<"DeleteFunctionConcurrency">): void {
  const { name, row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  functions.set(call.tx, [name], { ...row, reservedConcurrency: null });
  reservations.delete(call.tx, [name]);
}

export function getAccountSettings(call: Call): Out<"GetAccountSettings"> {
  let count = 0;
  let codeBytes = 0;
  for (const { value } of versions.scan(call.tx, [])) codeBytes += value.code.sizeBytes;
  for (const { value } of layers.scan(call.tx, [])) codeBytes += value.code.sizeBytes;
  for (const _ of functions.scan(call.tx, [])) count += 1;
  return {
    AccountLimit: {
      TotalCodeSize: limits.codeStorageBytesMax,
      CodeSizeUnzipped: limits.unzippedBytesMax,
      CodeSizeZipped: limits.zippedBytesMax,
      ConcurrentExecutions: limits.concurrentExecutions,
      UnreservedConcurrentExecutions: limits.concurrentExecutions - reservedTotal(call),
    },
    AccountUsage: { TotalCodeSize: codeBytes, FunctionCount: count },
  };
}

function requireQualified(call: Call, reference: FunctionReference, onLatest: string): string {
  const { name, qualifier } = reference;
  if (qualifier === undefined || qualifier === "$LATEST") throw invalidParameter(onLatest);
  if (!qualifierExists(call, reference)) {
    const arn = functionArn(call, name, qualifier);
    throw isVersion(qualifier) ? functionNotFound(arn) : aliasNotFound(arn);
  }
  return qualifier;
}

const notPublished = "The function resource provided must be an alias or a published version.";

export function putProvisionedConcurrencyConfig(
  call: Call,
  input: In<"PutProvisionedConcurrencyConfig">,
): Out<"PutProvisionedConcurrencyConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const qualifier = requireQualified(
    call,
    reference,
    "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
  );
  const requested = input.ProvisionedConcurrentExecutions;
  const available = limits.concurrentExecutions - reservedTotal(call);
  if (requested > available) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${available}].`,
    );
  }
  if (available - requested < limits.unreservedConcurrencyMin) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${limits.unreservedConcurrencyMin}].`,
    );
  }
  checkPointing(call, reference.name, qualifier);
  const row = { requested, lastModifiedMs: call.nowMs };
  provisioned.set(call.tx, [reference.name, qualifier], row);
  call.dispatch({
    effect: "lambda.provision",
    request: { name: reference.name, qualifier, count: requested },
  });
  const LastModified = isoDate(row);
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AllocatedProvisionedConcurrentExecutions: 0,
    AvailableProvisionedConcurrentExecutions: 0,
    Status: "IN_PROGRESS",
    LastModified,
  };
}

/** A version is provisioned by itself or through an alias, not both. */
function checkPointing(call: Call, name: string, qualifier: string): void {
  if (!isVersion(qualifier)) {
    const alias = aliases.get(call.tx, [name, qualifier]);
    if (alias !== undefined && provisioned.has(call.tx, [name, alias.version])) {
      throw conflict(
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      );
    }
    return;
  }
  for (const { key, value } of aliases.scan(call.tx, [name])) {
    if (value.version === qualifier && provisioned.has(call.tx, [name, key[1]])) {
      throw conflict("Version is pointed by a Provisioned Concurrency alias");
    }
  }
}

const isoDate = (row: ProvisionedRow): string =>
  new Date(row.lastModifiedMs).toISOString().replace("Z", "+0000");

const ready = (row: ProvisionedRow) =>
  ({
    RequestedProvisionedConcurrentExecutions: row.requested,
    AllocatedProvisionedConcurrentExecutions: row.requested,
    AvailableProvisionedConcurrentExecutions: row.requested,
    Status: "READY",
    LastModified: isoDate(row),
  }) as const;

export function getProvisionedConcurrencyConfig(
  call: Call,
  input: In<"GetProvisionedConcurrencyConfig">,
): Out<"GetProvisionedConcurrencyConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const qualifier = requireQualified(call, reference, notPublished);
  const row = provisioned.get(call.tx, [reference.name, qualifier]);
  if (row === undefined) {
    throw new AwsError(
      "ProvisionedConcurrencyConfigNotFoundException",
      "No Provisioned Concurrency Config found for this function",
      { members: { Type: "User" } },
    );
  }
  return ready(row);
}

export function deleteProvisionedConcurrencyConfig(
  call: Call,
  input: In<"DeleteProvisionedConcurrencyConfig">,
): void {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const qualifier = requireQualified(call, reference, notPublished);
  provisioned.delete(call.tx, [reference.name, qualifier]);
}

export function listProvisionedConcurrencyConfigs(
  call: Call,
  input: In<"ListProvisionedConcurrencyConfigs">,
): Out<"ListProvisionedConcurrencyConfigs"> {
  const { name } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  const { items, next } = pageOf(provisioned.scan(call.tx, [name]), ({ key }) => key[1], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    ProvisionedConcurrencyConfigs: items.map(({ key, value }) => ({
      FunctionArn: functionArn(call, name, key[1]),
      ...ready(value),
    })),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

/** What `$LATEST` runs on; kept for tools that ask. */
export function putRuntimeManagementConfig(
  call: Call,
  input: In<"PutRuntimeManagementConfig">,
): Out<"PutRuntimeManagementConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const { name, row } = requireFunction(call, reference);
  if (input.UpdateRuntimeOn === "Manual" && input.RuntimeVersionArn === undefined) {
    throw invalidParameter(
      "RuntimeVersionArn is required when using Manual runtime update mode. Please specify a RuntimeVersionArn and try again.",
    );
  }
  const runtimeManagement = {
    UpdateRuntimeOn: input.UpdateRuntimeOn,
    ...(input.RuntimeVersionArn === undefined ? {} : { RuntimeVersionArn: input.RuntimeVersionArn }),
  };
  functions.set(call.tx, [name], { ...row, runtimeManagement });
  const version = versions.get(call.tx, [name, latest]);
  if (version !== undefined)
    versions.set(call.tx, [name, latest], { ...version, revisionId: call.random.uuid() });
  return {
    ...runtimeManagement,
    FunctionArn: functionArn(call, name, reference.qualifier ?? "$LATEST"),
  };
}

export function getRuntimeManagementConfig(
  call: Call,
  input: In<"GetRuntimeManagementConfig">,
): Out<"GetRuntimeManagementConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const { name, row } = requireFunction(call, reference);
  return {
    ...row.runtimeManagement,
    FunctionArn: functionArn(call, name, reference.qualifier ?? "$LATEST"),
  };
}

export function putFunctionRecursionConfig(
  call: Call,
  input: In<"PutFunctionRecursionConfig">,
): Out<"PutFunctionRecursionConfig"> {
  const { name, row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  functions.set(call.tx, [name], { ...row, recursiveLoop: input.RecursiveLoop });
  return { RecursiveLoop: input.RecursiveLoop };
}

export function getFunctionRecursionConfig(
  call: Call,
  input: In<"GetFunctionRecursionConfig">,
): Out<"GetFunctionRecursionConfig"> {
  const { row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  return { RecursiveLoop: row.recursiveLoop as "Allow" };
}
