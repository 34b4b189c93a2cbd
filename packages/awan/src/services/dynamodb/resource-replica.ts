/** What AWS::DynamoDB::GlobalTable says of each region: throughput, and the settings a replica has for itself. */
import type { Call } from "../../host/call.ts";
import type { Properties } from "../../host/resource.ts";
import {
  describe,
  type Json,
  same,
  syncBackups,
  syncInsights,
  syncKinesis,
  syncPolicy,
  syncTags,
  type Tag,
  typed,
} from "./resource-properties.ts";

export interface Replica extends Json {
  readonly Region: string;
}

export const replicasOf = (properties: Properties): readonly Replica[] =>
  (properties["Replicas"] ?? []) as readonly Replica[];

/** The table with what one region says of it: templates and replicas name the two halves of throughput apart. */
export interface Part {
  readonly properties: Properties;
  readonly replica: Json | undefined;
}

const member = (value: unknown, ...path: readonly string[]): unknown => {
  let at: unknown = value;
  for (const name of path) at = (at as Json | undefined)?.[name];
  return at;
};

/** Auto scaling starts at its seed, or at its minimum. */
function scaled(settings: unknown): number | undefined {
  const units = member(settings, "SeedCapacity") ?? member(settings, "MinCapacity");
  return units === undefined ? undefined : Number(units);
}

const unitsWithout = 5;

function provisioned(write: unknown, read: unknown): Json {
  const readUnits = member(read, "ReadCapacityUnits");
  return {
    ReadCapacityUnits:
      readUnits === undefined
        ? (scaled(member(read, "ReadCapacityAutoScalingSettings")) ?? unitsWithout)
        : Number(readUnits),
    WriteCapacityUnits: scaled(member(write, "WriteCapacityAutoScalingSettings")) ?? unitsWithout,
  };
}

function onDemand(write: unknown, read: unknown): Json | undefined {
  const limits = {
    ...(typed(read) as Json | undefined),
    ...(typed(write) as Json | undefined),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function throughputOf(isProvisioned: boolean, of: Json | undefined, replica: Json | undefined): Json {
  if (isProvisioned) {
    const { WriteProvisionedThroughputSettings: write } = of ?? {};
    const { ReadProvisionedThroughputSettings: read } = replica ?? {};
    return { ProvisionedThroughput: provisioned(write, read) };
  }
  const limits = onDemand(
    of?.["WriteOnDemandThroughputSettings"],
    replica?.["ReadOnDemandThroughputSettings"],
  );
  return limits === undefined ? {} : { OnDemandThroughput: limits };
}

const isProvisioned = (properties: Properties): boolean => properties["BillingMode"] !== "PAY_PER_REQUEST";

/** `BillingMode` and throughput, as CreateTable and UpdateTable take them. */
export function billingOf({ properties, replica }: Part): Json {
  return {
    BillingMode: isProvisioned(properties) ? "PROVISIONED" : "PAY_PER_REQUEST",
    ...throughputOf(isProvisioned(properties), properties, replica),
  };
}

const named = (list: unknown, name: unknown): Json | undefined =>
  ((list ?? []) as readonly Json[]).find(({ IndexName }) => IndexName === name);

/** A global index as CreateTable and UpdateTable take it. */
export function indexOf(index: Json, { properties, replica }: Part): Json {
  const { IndexName, KeySchema, Projection } = index;
  const own = named(replica?.["GlobalSecondaryIndexes"], IndexName);
  return { IndexName, KeySchema, Projection, ...throughputOf(isProvisioned(properties), index, own) };
}

export interface ReplicaChange {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  readonly stackTags: readonly Tag[];
}

const defaults = { DeletionProtectionEnabled: false, TableClass: "STANDARD" };

/** Brings one region's table to what its replica says; `there` is in that region. */
export function syncReplica(there: Call, { name, before, after, stackTags }: ReplicaChange): void {
  for (const [property, byDefault] of Object.entries(defaults)) {
    if (same(before[property] ?? byDefault, after[property] ?? byDefault)) continue;
    const value = typed(after[property]) ?? byDefault;
    there.invoke("dynamodb", "UpdateTable", { TableName: name, [property]: value });
  }
  const { TableArn: arn = "", LatestStreamArn: stream } = describe(there, name);
  const setting = "PointInTimeRecoverySpecification";
  syncBackups(there, name, before[setting], after[setting]);
  const insights = "ContributorInsightsSpecification";
  syncInsights(there, name, { before: before[insights], after: after[insights] });
  for (const index of (after["GlobalSecondaryIndexes"] ?? []) as readonly Json[]) {
    const { IndexName } = index;
    const old = named(before["GlobalSecondaryIndexes"], IndexName);
    syncInsights(there, name, {
      before: old?.[insights],
      after: index[insights],
      index: String(IndexName),
    });
  }
  syncKinesis(there, name, before["KinesisStreamSpecification"], after["KinesisStreamSpecification"]);
  syncPolicy(there, arn, before["ResourcePolicy"], after["ResourcePolicy"]);
  if (stream !== undefined) {
    const policy = (of: Json): unknown => member(of, "ReplicaStreamSpecification", "ResourcePolicy");
    syncPolicy(there, stream, policy(before), policy(after));
  }
  const tagsOf = (of: Json): readonly Tag[] => [...stackTags, ...((of["Tags"] ?? []) as readonly Tag[])];
  syncTags(there, arn, before === nothing ? [] : tagsOf(before), tagsOf(after));
}

/** Of a replica that is new. */
export const nothing: Json = {};
