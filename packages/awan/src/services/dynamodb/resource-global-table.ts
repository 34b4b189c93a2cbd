/** AWS::DynamoDB::GlobalTable: a table and its replicas in other regions of the same Awan. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider } from "../../host/resource.ts";
import {
  deleteIfThere,
  describe,
  type Json,
  pick,
  same,
  stateOf,
  syncBackups,
  syncTags,
  syncTimeToLive,
  tableName,
  type Tag,
  typed,
} from "./resource-properties.ts";

interface Replica extends Json {
  readonly Region: string;
}

const createNames = ["AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "WarmThroughput"];

export const globalTable: ResourceProvider = {
  type: "AWS::DynamoDB::GlobalTable",
  properties: {
    AttributeDefinitions: "mutable",
    BillingMode: "mutable",
    GlobalSecondaryIndexes: "replace",
    KeySchema: "replace",
    LocalSecondaryIndexes: "replace",
    MultiRegionConsistency: "mutable",
    Replicas: "mutable",
    SSESpecification: "mutable",
    StreamSpecification: "mutable",
    TableName: "replace",
    TimeToLiveSpecification: "mutable",
    WarmThroughput: "mutable",
    WriteOnDemandThroughputSettings: "mutable",
    WriteProvisionedThroughputSettings: "mutable",
  },
  required: ["AttributeDefinitions", "KeySchema", "Replicas"],
  create(call, { properties, stack, generateName }) {
    const name = tableName(properties) ?? generateName({ lengthMax: 255 });
    const own = ownReplica(call, properties);
    const stackTags = Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value }));
    const tags = [...stackTags, ...((own?.["Tags"] ?? []) as readonly Tag[])];
    call.invoke("dynamodb", "CreateTable", {
      ...pick(properties, createNames),
      TableName: name,
      ...billing(properties),
      ...globalIndexes(properties),
      StreamSpecification: {
        StreamEnabled: true,
        StreamViewType:
          (properties["StreamSpecification"] as Json | undefined)?.["StreamViewType"] ?? "NEW_AND_OLD_IMAGES",
      },
      ...(own === undefined ? {} : pick(own, ["TableClass", "DeletionProtectionEnabled"])),
      ...(tags.length === 0 ? {} : { Tags: tags }),
    });
    syncTimeToLive(call, name, undefined, properties["TimeToLiveSpecification"]);
    syncBackups(call, name, undefined, own?.["PointInTimeRecoverySpecification"]);
    changeReplicas(call, name, regions(call, properties), []);
    return stateOf(call, name);
  },
  update(call, { physicalId: name, properties, previousProperties }) {
    if (!same(properties["BillingMode"], previousProperties["BillingMode"])) {
      const { BillingMode, ProvisionedThroughput } = billing(properties);
      call.invoke("dynamodb", "UpdateTable", {
        TableName: name,
        BillingMode,
        ...(ProvisionedThroughput === undefined ? {} : { ProvisionedThroughput }),
      });
    }
    const own = ownReplica(call, properties);
    const before = ownReplica(call, previousProperties);
    if (!same(own?.["DeletionProtectionEnabled"], before?.["DeletionProtectionEnabled"])) {
      const enabled = typed(own?.["DeletionProtectionEnabled"]) === true;
      call.invoke("dynamodb", "UpdateTable", { TableName: name, DeletionProtectionEnabled: enabled });
    }
    syncTimeToLive(
      call,
      name,
      previousProperties["TimeToLiveSpecification"],
      properties["TimeToLiveSpecification"],
    );
    syncBackups(
      call,
      name,
      before?.["PointInTimeRecoverySpecification"],
      own?.["PointInTimeRecoverySpecification"],
    );
    const arn = String(describe(call, name).TableArn);
    syncTags(call, arn, (before?.["Tags"] ?? []) as readonly Tag[], (own?.["Tags"] ?? []) as readonly Tag[]);
    changeReplicas(call, name, regions(call, properties), regions(call, previousProperties));
    return stateOf(call, name);
  },
  delete(call, { physicalId: name }) {
    const { Replicas: replicas = [] } = describe(call, name);
    changeReplicas(
      call,
      name,
      [],
      replicas.map(({ RegionName }) => String(RegionName)),
    );
    deleteIfThere(call, name);
  },
};

const replicasOf = (properties: Properties): readonly Replica[] =>
  (properties["Replicas"] ?? []) as readonly Replica[];

const ownReplica = (call: Call, properties: Properties): Replica | undefined =>
  replicasOf(properties).find(({ Region }) => Region === call.region);

const regions = (call: Call, properties: Properties): readonly string[] =>
  replicasOf(properties)
    .map(({ Region }) => Region)
    .filter((region) => region !== call.region);

function changeReplicas(call: Call, name: string, wanted: readonly string[], had: readonly string[]): void {
  const updates = [
    ...wanted.filter((region) => !had.includes(region)).map((RegionName) => ({ Create: { RegionName } })),
    ...had.filter((region) => !wanted.includes(region)).map((RegionName) => ({ Delete: { RegionName } })),
  ];
  for (const update of updates) {
    call.invoke("dynamodb", "UpdateTable", { TableName: name, ReplicaUpdates: [update] });
  }
}

/** Auto scaling starts at its minimum. */
function billing(properties: Properties): {
  readonly BillingMode: string;
  readonly ProvisionedThroughput?: Json;
} {
  if (properties["BillingMode"] === "PAY_PER_REQUEST") return { BillingMode: "PAY_PER_REQUEST" };
  return { BillingMode: "PROVISIONED", ProvisionedThroughput: startingThroughput };
}

const startingThroughput: Json = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

function globalIndexes(properties: Properties): Json {
  const indexes = (properties["GlobalSecondaryIndexes"] ?? []) as readonly Json[];
  if (indexes.length === 0) return {};
  const provisioned = properties["BillingMode"] !== "PAY_PER_REQUEST";
  return {
    GlobalSecondaryIndexes: indexes.map((index) => ({
      ...pick(index, ["IndexName", "KeySchema", "Projection"]),
      ...(provisioned ? { ProvisionedThroughput: startingThroughput } : {}),
    })),
  };
}
