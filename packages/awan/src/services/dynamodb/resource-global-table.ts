/** AWS::DynamoDB::GlobalTable: a table and its replicas in other regions of the same Awan. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider } from "../../host/resource.ts";
import { validationError } from "./errors.ts";
import {
  deleteIfThere,
  describe,
  type Json,
  pick,
  same,
  stateOf,
  syncTimeToLive,
  tableName,
  typed,
} from "./resource-properties.ts";
import {
  billingOf,
  indexOf,
  nothing,
  type Part,
  type Replica,
  replicasOf,
  syncReplica,
} from "./resource-replica.ts";

const createNames = ["AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "WarmThroughput"];

export const globalTable: ResourceProvider = {
  type: "AWS::DynamoDB::GlobalTable",
  properties: {
    AttributeDefinitions: "mutable",
    BillingMode: "mutable",
    GlobalSecondaryIndexes: "mutable",
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
    const part = { properties, replica: replicaIn(properties, call.region) };
    const indexes = indexesOf(properties).map((index) => indexOf(index, part));
    call.invoke("dynamodb", "CreateTable", {
      ...pick(properties, createNames),
      TableName: name,
      ...billingOf(part),
      ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
      ...encryptionOf(part),
      StreamSpecification: {
        StreamEnabled: true,
        StreamViewType:
          (properties["StreamSpecification"] as Json | undefined)?.["StreamViewType"] ?? "NEW_AND_OLD_IMAGES",
      },
    });
    syncTimeToLive(call, name, undefined, properties["TimeToLiveSpecification"]);
    changeReplicas(call, name, otherRegions(call, properties), []);
    for (const region of otherRegions(call, properties)) {
      const there = billingOf({ properties, replica: replicaIn(properties, region) });
      if (!same(there, billingOf(part)))
        call.in({ region }).invoke("dynamodb", "UpdateTable", { TableName: name, ...there });
    }
    syncReplicas(call, { name, now: properties, before: {}, stackTags: stack.tags });
    return stateOf(call, name);
  },
  update(call, { physicalId: name, properties, previousProperties, stack }) {
    const change = { name, now: properties, before: previousProperties, stackTags: stack.tags };
    const [wanted, had] = [otherRegions(call, properties), otherRegions(call, previousProperties)];
    changeReplicas(call, name, wanted, had);
    const standing = [call.region, ...wanted.filter((region) => had.includes(region))];
    for (const region of standing) updateTable(call.in({ region }), change);
    syncTimeToLive(
      call,
      name,
      previousProperties["TimeToLiveSpecification"],
      properties["TimeToLiveSpecification"],
    );
    syncReplicas(call, change);
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

interface Change {
  readonly name: string;
  readonly now: Properties;
  readonly before: Properties;
  readonly stackTags: Readonly<Record<string, string>>;
}

const replicaIn = (properties: Properties, region: string): Replica | undefined =>
  replicasOf(properties).find(({ Region }) => Region === region);

const otherRegions = (call: Call, properties: Properties): readonly string[] =>
  replicasOf(properties)
    .map(({ Region }) => Region)
    .filter((region) => region !== call.region);

const indexesOf = (properties: Properties): readonly Json[] =>
  (properties["GlobalSecondaryIndexes"] ?? []) as readonly Json[];

/** The table says that it is encrypted, each replica with which key. */
function encryptionOf({ properties, replica }: Part): Json {
  const table = typed(properties["SSESpecification"]) as Json | undefined;
  if (table === undefined) return {};
  const { SSEEnabled: enabled, SSEType: type } = table;
  const key = (replica?.["SSESpecification"] as Json | undefined)?.["KMSMasterKeyId"];
  return {
    SSESpecification: {
      Enabled: enabled,
      ...(type === undefined ? {} : { SSEType: type }),
      ...(key === undefined ? {} : { KMSMasterKeyId: key }),
    },
  };
}

/** What the table as a whole says, in one region. */
function updateTable(there: Call, { name, now, before }: Change): void {
  const part = { properties: now, replica: replicaIn(now, there.region) };
  const old = { properties: before, replica: replicaIn(before, there.region) };
  const update = (members: Json): void => {
    there.invoke("dynamodb", "UpdateTable", { TableName: name, ...members });
  };
  const structural = indexChanges(part, old);
  const rates = indexesOf(now).flatMap((index) => {
    const { KeySchema: _keys, Projection: _projection, ...rate } = indexOf(index, part);
    const earlier = indexesOf(before).find(({ IndexName }) => IndexName === index["IndexName"]);
    if (earlier === undefined || same(indexOf(earlier, old), indexOf(index, part))) return [];
    return [{ Update: rate }];
  });
  if (!same(billingOf(part), billingOf(old)) || rates.length > 0) {
    update({ ...billingOf(part), ...(rates.length === 0 ? {} : { GlobalSecondaryIndexUpdates: rates }) });
  }
  if (!same(encryptionOf(part), encryptionOf(old))) {
    update({ SSESpecification: { Enabled: false }, ...encryptionOf(part) });
  }
  if (!same(now["WarmThroughput"], before["WarmThroughput"])) update(pick(now, ["WarmThroughput"]));
  if (structural.length > 0) {
    update({
      AttributeDefinitions: now["AttributeDefinitions"],
      GlobalSecondaryIndexUpdates: structural,
    });
  }
}

const shape = ({ IndexName, KeySchema, Projection }: Json): string =>
  JSON.stringify(typed([IndexName, KeySchema, Projection]));

function indexChanges(part: Part, old: Part): readonly Json[] {
  const [wanted, had] = [indexesOf(part.properties), indexesOf(old.properties)];
  const shapes = { wanted: new Set(wanted.map(shape)), had: new Set(had.map(shape)) };
  const changes = [
    ...had
      .filter((index) => !shapes.wanted.has(shape(index)))
      .map(({ IndexName }) => ({ Delete: { IndexName } })),
    ...wanted
      .filter((index) => !shapes.had.has(shape(index)))
      .map((index) => ({ Create: indexOf(index, part) })),
  ];
  if (changes.length > 1) {
    throw validationError("Cannot perform more than one GSI creation or deletion in a single update");
  }
  return changes;
}

/** What each replica says for itself; one that is new starts from nothing. */
function syncReplicas(call: Call, { name, now, before, stackTags }: Change): void {
  const tags = Object.entries(stackTags).map(([Key, Value]) => ({ Key, Value }));
  for (const replica of replicasOf(now)) {
    syncReplica(call.in({ region: replica.Region }), {
      name,
      before: replicaIn(before, replica.Region) ?? nothing,
      after: replica,
      stackTags: tags,
    });
  }
}

function changeReplicas(call: Call, name: string, wanted: readonly string[], had: readonly string[]): void {
  const updates = [
    ...wanted.filter((region) => !had.includes(region)).map((RegionName) => ({ Create: { RegionName } })),
    ...had.filter((region) => !wanted.includes(region)).map((RegionName) => ({ Delete: { RegionName } })),
  ];
  for (const update of updates) {
    call.invoke("dynamodb", "UpdateTable", { TableName: name, ReplicaUpdates: [update] });
  }
}
