/** CreateTable. Awan's tables are ACTIVE at once; the answer says CREATING, as AWS's does. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameter, resourceInUse } from "../errors.ts";
import { settings, tables } from "../keys.ts";
import { tableNameOf } from "../lookup.ts";
import type { TableRow } from "../schema.ts";
import { nextStorage, openStream } from "../stream.ts";
import { describeTable } from "../table-description.ts";
import {
  encryptionOf,
  indexOf,
  keyAttributes,
  onDemandOf,
  schemaOf,
  tableArn,
  throughputOf,
  warmOf,
} from "../table-rows.ts";
import { checkBillingMode, checkCreateConstraints, checkSchema } from "../table-validation.ts";
import { checkTagCount, checkTags, isEnforcing, isLagging } from "../tags.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function createTable(call: Call, input: Input<Client, "CreateTable">): Output<Client, "CreateTable"> {
  checkCreateConstraints(input);
  checkBillingMode(input);
  checkSchema(input);
  if (input.Tags !== undefined) {
    checkTags(input.Tags);
    checkTagCount(Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value ?? ""])));
  }
  const name = tableNameOf(input.TableName);
  if (tables.has(call.tx, [name])) throw resourceInUse(`Table already exists: ${name}`);
  const stream = input.StreamSpecification;
  if (stream?.StreamEnabled === true && stream.StreamViewType === undefined) {
    throw invalidParameter("StreamEnabled is true but StreamViewType is not specified");
  }
  let table = newTable(call, input, name);
  if (stream?.StreamEnabled === true) table = openStream(call, table, stream.StreamViewType ?? "KEYS_ONLY");
  tables.set(call.tx, [name], table);
  if (input.Tags !== undefined && input.Tags.length > 0) {
    settings.set(
      call.tx,
      [table.arn, "tags"],
      Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])),
    );
  }
  if (input.ResourcePolicy !== undefined) {
    settings.set(call.tx, [table.arn, "policy"], {
      document: input.ResourcePolicy,
      revision: String(call.nowMs),
    });
  }
  return { TableDescription: describeTable(call, table, { status: "CREATING", indexStatus: "CREATING" }) };
}

function newTable(call: Call, input: Input<Client, "CreateTable">, name: string): TableRow {
  const definitions = keyAttributes(input.AttributeDefinitions ?? []);
  const locals = input.LocalSecondaryIndexes ?? [];
  const globals = input.GlobalSecondaryIndexes ?? [];
  const onDemand = input.BillingMode === "PAY_PER_REQUEST";
  const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ""]));
  return {
    name,
    id: call.random.uuid(),
    arn: tableArn(call, name),
    storage: nextStorage(call),
    createdAtMs: call.nowMs,
    definitions,
    ...schemaOf(input.KeySchema ?? [], definitions),
    indexes: [
      ...locals.map((index, at) => indexOf(index, "local", at + 1, definitions)),
      ...globals.map((index, at) => indexOf(index, "global", locals.length + at + 1, definitions)),
    ],
    indexIdLast: locals.length + globals.length,
    billingMode: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
    ...(onDemand ? { onDemandSinceMs: call.nowMs } : {}),
    throughput: throughputOf(input.ProvisionedThroughput),
    onDemand: onDemandOf(input.OnDemandThroughput),
    warm: warmOf(input.WarmThroughput),
    stream: null,
    timeToLive: null,
    deletionProtection: input.DeletionProtectionEnabled === true,
    tableClass: input.TableClass,
    encryption: encryptionOf(call, input.SSESpecification),
    replicas: [],
    recovery: null,
    copies: 0,
    restoring: false,
    enforced: isEnforcing(tags),
    lagging: isLagging(tags),
    destinations: [],
  };
}
