/** What the two resource types share: templates give numbers and booleans as text at times, operations want them typed. */
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";

export type Json = Readonly<Record<string, unknown>>;

const numbers = new Set([
  "ReadCapacityUnits",
  "WriteCapacityUnits",
  "MaxReadRequestUnits",
  "MaxWriteRequestUnits",
  "ReadUnitsPerSecond",
  "WriteUnitsPerSecond",
  "RecoveryPeriodInDays",
]);

/** A copy with number members as numbers and `"true"`/`"false"` as booleans. */
export function typed(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((element) => typed(element));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typed(member, key)]));
  }
  if (numbers.has(name)) return Number(value);
  if (value === "true") return true;
  return value === "false" ? false : value;
}

/** The named properties that are given, typed. */
export function pick(properties: Properties, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    if (properties[name] !== undefined) picked[name] = typed(properties[name], name);
  }
  return picked;
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(typed(a)) === JSON.stringify(typed(b));
}

export function tableName(properties: Properties): string | undefined {
  const name = properties["TableName"];
  return typeof name === "string" ? name : undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export function tagsOf(properties: Properties, stackTags: Readonly<Record<string, string>>): readonly Tag[] {
  const own = (properties["Tags"] ?? []) as readonly Tag[];
  const all = { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

export function describe(call: Call, name: string): TableDescription {
  const { Table: table } = call.invoke("dynamodb", "DescribeTable", { TableName: name });
  return table as TableDescription;
}

export function stateOf(call: Call, name: string): ResourceState {
  const { TableArn, TableId, LatestStreamArn } = describe(call, name);
  return {
    physicalId: name,
    attributes: {
      Arn: TableArn,
      TableId,
      ...(LatestStreamArn === undefined ? {} : { StreamArn: LatestStreamArn }),
    },
  };
}

export function syncTags(call: Call, arn: string, before: readonly Tag[], after: readonly Tag[]): void {
  const gone = before.filter(({ Key }) => !after.some((tag) => tag.Key === Key)).map(({ Key }) => Key);
  if (gone.length > 0) call.invoke("dynamodb", "UntagResource", { ResourceArn: arn, TagKeys: gone });
  if (after.length > 0) call.invoke("dynamodb", "TagResource", { ResourceArn: arn, Tags: after });
}

export function syncTimeToLive(call: Call, name: string, before: unknown, after: unknown): void {
  const old = typed(before) as Json | undefined;
  const now = typed(after) as Json | undefined;
  const wasOn = old?.["Enabled"] === true;
  const isOn = now?.["Enabled"] === true;
  if (wasOn && (!isOn || old["AttributeName"] !== now["AttributeName"])) {
    update(call, "UpdateTimeToLive", name, { TimeToLiveSpecification: { ...old, Enabled: false } });
  }
  if (isOn && (!wasOn || old["AttributeName"] !== now["AttributeName"])) {
    update(call, "UpdateTimeToLive", name, { TimeToLiveSpecification: now });
  }
}

export function syncBackups(call: Call, name: string, before: unknown, after: unknown): void {
  if (same(before, after)) return;
  const specification = (typed(after) ?? { PointInTimeRecoveryEnabled: false }) as Json;
  update(call, "UpdateContinuousBackups", name, { PointInTimeRecoverySpecification: specification });
}

/** Of the table, or of one of its indexes. */
export function syncInsights(
  call: Call,
  name: string,
  specifications: { readonly before: unknown; readonly after: unknown; readonly index?: string },
): void {
  const { before, after, index } = specifications;
  if (same(before, after)) return;
  const { Enabled: enabled, Mode: mode } = (typed(after) as Json | undefined) ?? {};
  update(call, "UpdateContributorInsights", name, {
    ContributorInsightsAction: enabled === true ? "ENABLE" : "DISABLE",
    ...(index === undefined ? {} : { IndexName: index }),
    ...(mode === undefined || enabled !== true ? {} : { ContributorInsightsMode: mode }),
  });
}

export function syncPolicy(call: Call, arn: string, before: unknown, after: unknown): void {
  if (same(before, after)) return;
  const document = (after as Json | undefined)?.["PolicyDocument"];
  if (document === undefined) call.invoke("dynamodb", "DeleteResourcePolicy", { ResourceArn: arn });
  else {
    const Policy = typeof document === "string" ? document : JSON.stringify(document);
    call.invoke("dynamodb", "PutResourcePolicy", { ResourceArn: arn, Policy });
  }
}

export function syncKinesis(call: Call, name: string, before: unknown, after: unknown): void {
  if (same(before, after)) return;
  const arnOf = (value: unknown): unknown => (value as Json | undefined)?.["StreamArn"];
  if (arnOf(before) !== undefined) {
    update(call, "DisableKinesisStreamingDestination", name, { StreamArn: arnOf(before) });
  }
  if (arnOf(after) === undefined) return;
  const precision = (after as Json)["ApproximateCreationDateTimePrecision"];
  update(call, "EnableKinesisStreamingDestination", name, {
    StreamArn: arnOf(after),
    ...(precision === undefined
      ? {}
      : { EnableKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision } }),
  });
}

function update(call: Call, operation: string, name: string, members: object): void {
  call.invoke("dynamodb", operation, { TableName: name, ...members });
}

/** Deleting what is gone succeeds. */
export function deleteIfThere(call: Call, name: string): void {
  try {
    call.invoke("dynamodb", "DeleteTable", { TableName: name });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}
