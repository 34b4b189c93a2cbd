/** From CreateTable's and UpdateTable's members to rows. */
import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  OnDemandThroughput,
  ProvisionedThroughput,
  SSESpecification,
  WarmThroughput as WireWarmThroughput,
} from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type {
  IndexRow,
  KeyAttribute,
  KeySchema,
  KeyType,
  OnDemandLimits,
  TableRow,
  Throughput,
  WarmThroughput,
} from "./schema.ts";

export function keyAttributes(definitions: readonly AttributeDefinition[]): readonly KeyAttribute[] {
  return definitions.map(({ AttributeName, AttributeType }) => ({
    name: String(AttributeName),
    type: AttributeType as KeyType,
  }));
}

export function schemaOf(
  elements: readonly KeySchemaElement[],
  definitions: readonly KeyAttribute[],
): KeySchema {
  const find = (type: string): readonly KeyAttribute[] =>
    elements
      .filter(({ KeyType }) => KeyType === type)
      .flatMap(({ AttributeName }) => definitions.filter(({ name }) => name === AttributeName));
  const [hash, ...moreHash] = find("HASH");
  const [range = null, ...moreRange] = find("RANGE");
  return {
    hash: hash as KeyAttribute,
    range,
    ...(moreHash.length === 0 ? {} : { moreHash }),
    ...(moreRange.length === 0 ? {} : { moreRange }),
  };
}

export const noThroughput: Throughput = { readUnits: 0, writeUnits: 0, decreases: 0 };

export function throughputOf(throughput: ProvisionedThroughput | undefined): Throughput {
  if (throughput === undefined) return noThroughput;
  return {
    readUnits: throughput.ReadCapacityUnits ?? 0,
    writeUnits: throughput.WriteCapacityUnits ?? 0,
    decreases: 0,
  };
}

export function onDemandOf(throughput: OnDemandThroughput | undefined): OnDemandLimits | undefined {
  if (throughput === undefined) return undefined;
  const { MaxReadRequestUnits: read, MaxWriteRequestUnits: write } = throughput;
  return {
    ...(read === undefined ? {} : { readUnitsMax: read }),
    ...(write === undefined ? {} : { writeUnitsMax: write }),
  };
}

export function warmOf(throughput: WireWarmThroughput | undefined): WarmThroughput | undefined {
  if (throughput === undefined) return undefined;
  return {
    readUnits: throughput.ReadUnitsPerSecond ?? 12_000,
    writeUnits: throughput.WriteUnitsPerSecond ?? 4_000,
  };
}

export function indexOf(
  index: LocalSecondaryIndex & GlobalSecondaryIndex,
  kind: IndexRow["kind"],
  id: number,
  definitions: readonly KeyAttribute[],
): IndexRow {
  return {
    id,
    kind,
    name: String(index.IndexName),
    ...schemaOf(index.KeySchema ?? [], definitions),
    projection: index.Projection?.ProjectionType ?? "ALL",
    nonKeyAttributes: index.Projection?.NonKeyAttributes ?? [],
    status: "ACTIVE",
    throughput: throughputOf(index.ProvisionedThroughput),
    onDemand: onDemandOf(index.OnDemandThroughput),
    warm: warmOf(index.WarmThroughput),
  };
}

export function tableArn(call: Call, name: string): string {
  return formatArn({
    partition: call.partition,
    service: "dynamodb",
    region: call.region,
    accountId: call.accountId,
    resource: `table/${name}`,
  });
}

/** Only KMS encryption is shown; DynamoDB's own key is the silent default. */
export function encryptionOf(
  call: Call,
  specification: SSESpecification | undefined,
): TableRow["encryption"] {
  if (specification?.Enabled !== true) return undefined;
  const key = specification.KMSMasterKeyId ?? "alias/aws/dynamodb";
  return { keyArn: key.startsWith("arn:") ? key : describedKey(call, key) };
}

function describedKey(call: Call, key: string): string {
  try {
    const { KeyMetadata: metadata } = call.invoke("kms", "DescribeKey", { KeyId: key });
    return (metadata as { readonly Arn: string }).Arn;
  } catch (error) {
    // A key nobody has made is taken at its word.
    if (!(error instanceof AwsError)) throw error;
    return formatArn({
      partition: call.partition,
      service: "kms",
      region: call.region,
      accountId: call.accountId,
      resource: key.startsWith("alias/") ? key : `key/${key}`,
    });
  }
}
