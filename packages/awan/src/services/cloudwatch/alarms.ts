/** Alarms as records: put, described, set by hand, deleted. Nothing evaluates them yet. */
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Input, Output } from "../../model/operations.ts";
import { type AlarmRow, alarms } from "./keys.ts";

export type Client = typeof import("@aws-sdk/client-cloudwatch");
type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;
type TagList = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

export const arnOf = (call: Call, resource: string, region = call.region): string =>
  formatArn({
    partition: call.partition,
    service: "cloudwatch",
    region,
    accountId: call.accountId,
    resource,
  });

const tagsOf = (list: TagList | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

interface AlarmInput {
  readonly AlarmName?: string | undefined;
  readonly Tags?: TagList | undefined;
}

function put(call: Call, kind: AlarmRow["kind"], input: AlarmInput): void {
  const { Tags, ...settings } = input;
  const name = input.AlarmName ?? "";
  const old = alarms.get(call.tx, [name]);
  const row: AlarmRow = {
    kind,
    settings,
    arn: arnOf(call, `alarm:${name}`),
    state: old?.state ?? "INSUFFICIENT_DATA",
    stateReason: old?.stateReason ?? "Unchecked: Initial alarm creation",
    stateReasonData: old?.stateReasonData ?? null,
    stateUpdatedAtMs: old?.stateUpdatedAtMs ?? call.nowMs,
    configuredAtMs: call.nowMs,
    // Tags of an alarm that exists are left alone.
    tags: old?.tags ?? tagsOf(Tags),
  };
  alarms.set(call.tx, [name], row);
}

export const putMetricAlarm = (call: Call, input: In<"PutMetricAlarm">): void =>
  put(call, "MetricAlarm", input);
export const putCompositeAlarm = (call: Call, input: In<"PutCompositeAlarm">): void =>
  put(call, "CompositeAlarm", input);

const told = (row: AlarmRow) => ({
  ActionsEnabled: true,
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  ...(row.kind === "MetricAlarm" ? { Dimensions: [] } : {}),
  ...row.settings,
  AlarmArn: row.arn,
  AlarmConfigurationUpdatedTimestamp: new Date(row.configuredAtMs),
  StateValue: row.state,
  StateReason: row.stateReason,
  ...(row.stateReasonData === null ? {} : { StateReasonData: row.stateReasonData }),
  StateUpdatedTimestamp: new Date(row.stateUpdatedAtMs),
  StateTransitionedTimestamp: new Date(row.stateUpdatedAtMs),
});

export function describeAlarms(call: Call, input: In<"DescribeAlarms">): Out<"DescribeAlarms"> {
  const types = input.AlarmTypes ?? ["MetricAlarm"];
  const names = input.AlarmNames ?? [];
  const fitting = [...alarms.scan(call.tx, [])].filter(
    ({ key: [name], value }) =>
      types.includes(value.kind) &&
      (names.length === 0 || names.includes(name)) &&
      name.startsWith(input.AlarmNamePrefix ?? "") &&
      (input.StateValue === undefined || value.state === input.StateValue),
  );
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxRecords ?? 50);
  const rows = fitting.slice(start, end).map(({ value }) => value);
  return {
    MetricAlarms: rows.filter(({ kind }) => kind === "MetricAlarm").map(told),
    CompositeAlarms: rows.filter(({ kind }) => kind === "CompositeAlarm").map(told),
    ...(end < fitting.length ? { NextToken: String(end) } : {}),
  };
}

export function deleteAlarms(call: Call, input: In<"DeleteAlarms">): void {
  for (const name of input.AlarmNames ?? []) alarms.delete(call.tx, [name]);
}

function need(call: Call, name: string): AlarmRow {
  const row = alarms.get(call.tx, [name]);
  if (row === undefined) throw new AwsError("ResourceNotFound", "");
  return row;
}

export function setAlarmState(call: Call, input: In<"SetAlarmState">): void {
  const name = input.AlarmName ?? "";
  alarms.set(call.tx, [name], {
    ...need(call, name),
    state: input.StateValue ?? "OK",
    stateReason: input.StateReason ?? "",
    stateReasonData: input.StateReasonData ?? null,
    stateUpdatedAtMs: call.nowMs,
  });
}

const actions =
  (enabled: boolean) =>
  (call: Call, input: { readonly AlarmNames?: readonly string[] | undefined }): void => {
    for (const name of input.AlarmNames ?? []) {
      const row = alarms.get(call.tx, [name]);
      if (row === undefined) continue;
      alarms.set(call.tx, [name], { ...row, settings: { ...row.settings, ActionsEnabled: enabled } });
    }
  };

export const enableAlarmActions = actions(true);
export const disableAlarmActions = actions(false);

function byArn(call: Call, arn: string | undefined): { readonly name: string; readonly row: AlarmRow } {
  const name = (arn ?? "").split(":alarm:")[1] ?? "";
  const row = alarms.get(call.tx, [name]);
  if (row === undefined) throw new AwsError("ResourceNotFoundException", `Unknown resource ${arn}`);
  return { name, row };
}

export function tagResource(call: Call, input: In<"TagResource">): void {
  const { name, row } = byArn(call, input.ResourceARN);
  alarms.set(call.tx, [name], { ...row, tags: { ...row.tags, ...tagsOf(input.Tags) } });
}

export function untagResource(call: Call, input: In<"UntagResource">): void {
  const { name, row } = byArn(call, input.ResourceARN);
  const gone = input.TagKeys ?? [];
  const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !gone.includes(key)));
  alarms.set(call.tx, [name], { ...row, tags });
}

export function listTagsForResource(
  call: Call,
  input: In<"ListTagsForResource">,
): Out<"ListTagsForResource"> {
  const { tags } = byArn(call, input.ResourceARN).row;
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}
