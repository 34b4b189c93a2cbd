/** Log groups: create, list, change, delete. */
import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { Call } from "../../../host/call.ts";
import { wildcard } from "../../../engines/filter-pattern/expression.ts";
import type { Input, Output } from "../client.ts";
import { alreadyExists, invalidParameter } from "../errors.ts";
import { findGroup, groupArn, groupNameOf, makeGroup, namedGroup, removeGroup } from "../group.ts";
import { type GroupRow, groups, metricFilters, streams } from "../keys.ts";
import { describeLimitMax, retentionDaysAllowed } from "../limits.ts";
import { cancelRetention, scheduleRetention } from "../retention.ts";
import { checkNewTags } from "../tags.ts";

export function createLogGroup(call: Call, input: Input<"CreateLogGroup">): void {
  const name = input.logGroupName;
  if (groups.has(call.tx, [name])) throw alreadyExists("log group");
  checkNewTags(input.tags ?? {});
  makeGroup(call, name, {
    kmsKeyId: input.kmsKeyId ?? null,
    logGroupClass: input.logGroupClass ?? "STANDARD",
    deletionProtected: input.deletionProtectionEnabled ?? false,
    tags: input.tags ?? {},
  });
}

export function deleteLogGroup(call: Call, input: Input<"DeleteLogGroup">): void {
  const row = findGroup(call, input.logGroupName);
  if (row.deletionProtected) {
    throw invalidParameter("The specified log group has deletion protection enabled and cannot be deleted.");
  }
  removeGroup(call, input.logGroupName);
}

function describe(call: Call, groupName: string, row: GroupRow): LogGroup {
  let storedBytes = 0;
  for (const { value: stream } of streams.scan(call.tx, [groupName])) storedBytes += stream.storedBytes;
  let metricFilterCount = 0;
  for (const _ of metricFilters.scan(call.tx, [groupName])) metricFilterCount += 1;
  return {
    logGroupName: groupName,
    creationTime: row.createdAtMs,
    ...(row.retentionDays === null ? {} : { retentionInDays: row.retentionDays }),
    metricFilterCount,
    arn: `${groupArn(call, groupName)}:*`,
    storedBytes,
    ...(row.kmsKeyId === null ? {} : { kmsKeyId: row.kmsKeyId }),
    logGroupClass: row.logGroupClass,
    logGroupArn: groupArn(call, groupName),
    deletionProtectionEnabled: row.deletionProtected,
  };
}

interface GroupQuery {
  readonly prefix?: string | undefined;
  readonly pattern?: string | undefined;
  readonly logGroupClass?: string | undefined;
  readonly nextToken?: string | undefined;
  readonly limit: number;
}

function findGroups(
  call: Call,
  query: GroupQuery,
): { readonly found: readonly (readonly [string, GroupRow])[]; readonly nextToken: string | undefined } {
  const prefix = query.prefix ?? "";
  const after =
    query.nextToken === undefined ? undefined : Buffer.from(query.nextToken, "base64url").toString();
  const found: [string, GroupRow][] = [];
  const start = after === undefined ? (prefix === "" ? {} : { from: [prefix] }) : { after: [after] };
  for (const { key, value } of groups.scan(call.tx, [], start)) {
    const [name] = key;
    if (!name.startsWith(prefix)) break;
    if (query.pattern !== undefined && !name.toLowerCase().includes(query.pattern.toLowerCase())) continue;
    if (query.logGroupClass !== undefined && value.logGroupClass !== query.logGroupClass) continue;
    if (found.length === query.limit) {
      return { found, nextToken: Buffer.from((found.at(-1) as [string, GroupRow])[0]).toString("base64url") };
    }
    found.push([name, value]);
  }
  return { found, nextToken: undefined };
}

export function describeLogGroups(
  call: Call,
  input: Input<"DescribeLogGroups">,
): Output<"DescribeLogGroups"> {
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
    throw invalidParameter(
      "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    );
  }
  if (input.logGroupIdentifiers !== undefined && input.logGroupIdentifiers.length > 0) {
    const named = input.logGroupIdentifiers.map(groupNameOf).filter((name) => groups.has(call.tx, [name]));
    return { logGroups: named.map((name) => describe(call, name, findGroup(call, name))) };
  }
  const { found, nextToken } = findGroups(call, {
    prefix: input.logGroupNamePrefix,
    pattern: input.logGroupNamePattern,
    logGroupClass: input.logGroupClass,
    nextToken: input.nextToken,
    limit: input.limit ?? describeLimitMax,
  });
  const logGroups = found.map(([name, row]) => describe(call, name, row));
  if (input.logGroupNamePattern === undefined) return { logGroups, nextToken };
  // Searches by pattern are answered from an index on AWS that has fewer members.
  return {
    logGroups: logGroups.map(withoutUsage),
    nextToken,
  };
}

function withoutUsage(group: LogGroup): LogGroup {
  const { storedBytes: _, deletionProtectionEnabled: _protected, ...rest } = group;
  return rest;
}

export function listLogGroups(call: Call, input: Input<"ListLogGroups">): Output<"ListLogGroups"> {
  const pattern = input.logGroupNamePattern;
  const { found, nextToken } = findGroups(call, {
    prefix: pattern?.startsWith("^") === true ? pattern.slice(1) : undefined,
    pattern: pattern?.startsWith("^") === true ? undefined : pattern,
    logGroupClass: input.logGroupClass,
    nextToken: input.nextToken,
    limit: input.limit ?? describeLimitMax,
  });
  const wanted = input.logGroupTags ?? [];
  const logGroups = found
    .filter(([, row]) =>
      wanted.every(({ key, values }) => {
        const value = row.tags[key ?? ""];
        return value !== undefined && (values === undefined || values.some((each) => wildcard(each, value)));
      }),
    )
    .map(([name, row]) => ({
      logGroupName: name,
      logGroupArn: groupArn(call, name),
      logGroupClass: row.logGroupClass,
    }));
  return { logGroups, nextToken };
}

export function putRetentionPolicy(call: Call, input: Input<"PutRetentionPolicy">): void {
  const days = input.retentionInDays;
  if (!retentionDaysAllowed.includes(days)) {
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDaysAllowed.join(", ")}]`,
    );
  }
  const row = { ...findGroup(call, input.logGroupName), retentionDays: days };
  groups.set(call.tx, [input.logGroupName], row);
  cancelRetention(call, input.logGroupName);
  let oldestAtMs = Infinity;
  for (const { value: stream } of streams.scan(call.tx, [input.logGroupName])) {
    oldestAtMs = Math.min(oldestAtMs, stream.firstEventAtMs ?? Infinity);
  }
  scheduleRetention(call, input.logGroupName, row, oldestAtMs);
}

export function deleteRetentionPolicy(call: Call, input: Input<"DeleteRetentionPolicy">): void {
  groups.set(call.tx, [input.logGroupName], { ...findGroup(call, input.logGroupName), retentionDays: null });
  cancelRetention(call, input.logGroupName);
}

export function associateKmsKey(call: Call, input: Input<"AssociateKmsKey">): void {
  const name = input.logGroupName ?? groupNameOf(input.resourceIdentifier ?? "");
  groups.set(call.tx, [name], { ...findGroup(call, name), kmsKeyId: input.kmsKeyId });
}

export function disassociateKmsKey(call: Call, input: Input<"DisassociateKmsKey">): void {
  const name = input.logGroupName ?? groupNameOf(input.resourceIdentifier ?? "");
  groups.set(call.tx, [name], { ...findGroup(call, name), kmsKeyId: null });
}

export function putLogGroupDeletionProtection(
  call: Call,
  input: Input<"PutLogGroupDeletionProtection">,
): void {
  const name = namedGroup(input);
  groups.set(call.tx, [name], {
    ...findGroup(call, name),
    deletionProtected: input.deletionProtectionEnabled,
  });
}
