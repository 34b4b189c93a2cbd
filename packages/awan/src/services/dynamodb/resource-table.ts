/** AWS::DynamoDB::Table. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, UpdateRequest } from "../../host/resource.ts";
import { validationError } from "./errors.ts";
import {
  deleteIfThere,
  type Json,
  pick,
  same,
  stateOf,
  syncBackups,
  syncInsights,
  syncKinesis,
  syncPolicy,
  syncTags,
  syncTimeToLive,
  tableName,
  tagsOf,
  typed,
} from "./resource-properties.ts";

const createNames = [
  "AttributeDefinitions",
  "BillingMode",
  "DeletionProtectionEnabled",
  "KeySchema",
  "LocalSecondaryIndexes",
  "OnDemandThroughput",
  "ProvisionedThroughput",
  "TableClass",
  "WarmThroughput",
];

export const table: ResourceProvider = {
  type: "AWS::DynamoDB::Table",
  properties: {
    AttributeDefinitions: "mutable",
    BillingMode: "mutable",
    ContributorInsightsSpecification: "mutable",
    DeletionProtectionEnabled: "mutable",
    GlobalSecondaryIndexes: "mutable",
    KeySchema: "replace",
    KinesisStreamSpecification: "mutable",
    LocalSecondaryIndexes: "replace",
    OnDemandThroughput: "mutable",
    PointInTimeRecoverySpecification: "mutable",
    ProvisionedThroughput: "mutable",
    ResourcePolicy: "mutable",
    SSESpecification: "mutable",
    StreamSpecification: "mutable",
    TableClass: "mutable",
    TableName: "replace",
    Tags: "mutable",
    TimeToLiveSpecification: "mutable",
    WarmThroughput: "mutable",
  },
  required: ["KeySchema"],
  create(call, { properties, stack, generateName }) {
    const name = tableName(properties) ?? generateName({ lengthMax: 255 });
    const tags = tagsOf(properties, stack.tags);
    call.invoke("dynamodb", "CreateTable", {
      ...pick(properties, createNames),
      TableName: name,
      ...globalIndexes(properties),
      ...streamOf(properties),
      ...encryptionOf(properties),
      ...(tags.length === 0 ? {} : { Tags: tags }),
    });
    syncSettings(call, name, properties, {});
    return stateOf(call, name);
  },
  update(call, request) {
    const { physicalId: name, properties, previousProperties, stack } = request;
    updateTable(call, request);
    syncSettings(call, name, properties, previousProperties);
    const { attributes } = stateOf(call, name);
    syncTags(call, String(attributes["Arn"]), tagsOf(previousProperties, {}), tagsOf(properties, stack.tags));
    return stateOf(call, name);
  },
  delete: (call, { physicalId }) => deleteIfThere(call, physicalId),
};

function globalIndexes(properties: Properties): Json {
  const indexes = properties["GlobalSecondaryIndexes"] as readonly Json[] | undefined;
  if (indexes === undefined || indexes.length === 0) return {};
  return { GlobalSecondaryIndexes: indexes.map(wireIndex) };
}

/** Contributor insights are a setting of their own in the API. */
function wireIndex(index: Json): Json {
  const { ContributorInsightsSpecification: _insights, ...rest } = index;
  return typed(rest) as Json;
}

function streamOf(properties: Properties): Json {
  const stream = properties["StreamSpecification"] as Json | undefined;
  if (stream === undefined) return {};
  return { StreamSpecification: { StreamEnabled: true, StreamViewType: stream["StreamViewType"] } };
}

function encryptionOf(properties: Properties): Json {
  const encryption = typed(properties["SSESpecification"]) as Json | undefined;
  if (encryption === undefined) return {};
  const { SSEEnabled: enabled, ...rest } = encryption;
  return { SSESpecification: { ...rest, Enabled: enabled } };
}

function syncSettings(call: Call, name: string, now: Properties, before: Properties): void {
  syncTimeToLive(call, name, before["TimeToLiveSpecification"], now["TimeToLiveSpecification"]);
  syncBackups(
    call,
    name,
    before["PointInTimeRecoverySpecification"],
    now["PointInTimeRecoverySpecification"],
  );
  syncAllInsights(call, name, now, before);
  syncKinesis(call, name, before["KinesisStreamSpecification"], now["KinesisStreamSpecification"]);
  const { Arn: arn, StreamArn: stream } = stateOf(call, name).attributes;
  syncPolicy(call, String(arn), before["ResourcePolicy"], now["ResourcePolicy"]);
  if (typeof stream === "string") syncPolicy(call, stream, streamPolicy(before), streamPolicy(now));
}

const streamPolicy = (properties: Properties): unknown =>
  (properties["StreamSpecification"] as Json | undefined)?.["ResourcePolicy"];

const insightsOf = (part: Json | undefined): unknown => part?.["ContributorInsightsSpecification"];
const indexesOf = (properties: Properties): readonly Json[] =>
  (properties["GlobalSecondaryIndexes"] ?? []) as readonly Json[];

function syncAllInsights(call: Call, name: string, now: Properties, before: Properties): void {
  syncInsights(call, name, { before: insightsOf(before), after: insightsOf(now) });
  for (const each of indexesOf(now)) {
    const index = String(each["IndexName"]);
    const old = indexesOf(before).find(({ IndexName }) => IndexName === index);
    syncInsights(call, name, { before: insightsOf(old), after: insightsOf(each), index });
  }
}

/** One UpdateTable for what changed of the table itself, then one for a created or deleted index. */
function updateTable(call: Call, { physicalId: name, properties, previousProperties }: UpdateRequest): void {
  const changes: Record<string, unknown> = {};
  const mutable = [
    "BillingMode",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "TableClass",
    "WarmThroughput",
  ];
  for (const property of mutable) {
    if (!same(properties[property], previousProperties[property])) {
      changes[property] = typed(properties[property], property) ?? defaults[property];
    }
  }
  if (properties["BillingMode"] === "PAY_PER_REQUEST") delete changes["ProvisionedThroughput"];
  else if (changes["BillingMode"] !== undefined) {
    changes["ProvisionedThroughput"] = typed(properties["ProvisionedThroughput"]);
  }
  if (!same(properties["SSESpecification"], previousProperties["SSESpecification"])) {
    Object.assign(
      changes,
      encryptionOf(properties),
      properties["SSESpecification"] === undefined ? { SSESpecification: { Enabled: false } } : {},
    );
  }
  const { structural, throughput } = indexChanges(properties, previousProperties);
  if (throughput.length > 0) changes["GlobalSecondaryIndexUpdates"] = throughput;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) call.invoke("dynamodb", "UpdateTable", { TableName: name, ...given });
  changeStream(call, name, properties, previousProperties);
  if (structural.length === 0) return;
  call.invoke("dynamodb", "UpdateTable", {
    TableName: name,
    AttributeDefinitions: properties["AttributeDefinitions"],
    GlobalSecondaryIndexUpdates: structural,
  });
}

/** What a property removed from a template goes back to. */
const defaults: Json = {
  BillingMode: "PROVISIONED",
  DeletionProtectionEnabled: false,
  TableClass: "STANDARD",
};

function changeStream(call: Call, name: string, now: Properties, before: Properties): void {
  if (same(streamOf(now), streamOf(before))) return;
  const update = (members: object): void =>
    void call.invoke("dynamodb", "UpdateTable", { TableName: name, ...members });
  if (before["StreamSpecification"] !== undefined) update({ StreamSpecification: { StreamEnabled: false } });
  if (now["StreamSpecification"] !== undefined) update(streamOf(now));
}

interface IndexChanges {
  readonly structural: readonly Json[];
  readonly throughput: readonly Json[];
}

function indexesByName(properties: Properties): ReadonlyMap<string, Json> {
  const indexes = (properties["GlobalSecondaryIndexes"] ?? []) as readonly Json[];
  return new Map(indexes.map((index) => [String(index["IndexName"]), wireIndex(index)]));
}

function indexChanges(now: Properties, before: Properties): IndexChanges {
  const wanted = indexesByName(now);
  const had = indexesByName(before);
  const structural: Json[] = [];
  const throughput: Json[] = [];
  for (const [name, index] of had) {
    const next = wanted.get(name);
    if (next === undefined) structural.push({ Delete: { IndexName: name } });
    else if (!same(pickShape(index), pickShape(next))) {
      structural.push({ Delete: { IndexName: name } }, { Create: next });
    } else if (!same(index, next)) {
      const { KeySchema: _keys, Projection: _projection, ...rest } = next;
      throughput.push({ Update: rest });
    }
  }
  for (const [name, index] of wanted) if (!had.has(name)) structural.push({ Create: index });
  if (structural.length > 1) {
    throw validationError("Cannot perform more than one GSI creation or deletion in a single update");
  }
  return { structural, throughput };
}

const pickShape = (index: Json): Json => ({ keys: index["KeySchema"], projection: index["Projection"] });
