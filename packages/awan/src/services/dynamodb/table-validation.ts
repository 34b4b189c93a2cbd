/** Checks of a table's definition, in AWS's order and words. */
import type {
  AttributeDefinition,
  CreateTableInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
} from "@aws-sdk/client-dynamodb";
import { checkControlTableName, Constraints } from "./constraints.ts";
import { invalidParameter, validationError } from "./errors.ts";
import { limits } from "./limits.ts";

export function checkCreateConstraints(input: CreateTableInput): void {
  checkControlTableName(input.TableName);
  const constraints = new Constraints();
  constraints.required("attributeDefinitions", input.AttributeDefinitions);
  checkDefinitions(constraints, input.AttributeDefinitions);
  constraints.required("keySchema", input.KeySchema);
  checkKeySchema(constraints, "keySchema", input.KeySchema);
  constraints.oneOf("billingMode", input.BillingMode, ["PROVISIONED", "PAY_PER_REQUEST"]);
  checkThroughput(constraints, "provisionedThroughput", input.ProvisionedThroughput);
  constraints.oneOf("tableClass", input.TableClass, ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]);
  constraints.oneOf(
    "streamSpecification.streamViewType",
    input.StreamSpecification?.StreamViewType,
    streamViewTypes,
  );
  for (const [at, index] of (input.LocalSecondaryIndexes ?? []).entries()) {
    checkIndex(constraints, `localSecondaryIndexes.${at + 1}.member`, index);
  }
  for (const [at, index] of (input.GlobalSecondaryIndexes ?? []).entries()) {
    const path = `globalSecondaryIndexes.${at + 1}.member`;
    checkIndex(constraints, path, index);
    checkThroughput(constraints, `${path}.provisionedThroughput`, index.ProvisionedThroughput);
  }
  constraints.check();
}

export const streamViewTypes = ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"];

export function checkDefinitions(
  constraints: Constraints,
  definitions: readonly AttributeDefinition[] | undefined,
): void {
  for (const [at, { AttributeName: name, AttributeType: type }] of (definitions ?? []).entries()) {
    const path = `attributeDefinitions.${at + 1}.member`;
    constraints
      .required(`${path}.attributeName`, name)
      .length(`${path}.attributeName`, name, 1, 255)
      .required(`${path}.attributeType`, type)
      .oneOf(`${path}.attributeType`, type, ["B", "N", "S"]);
  }
}

function checkKeySchema(
  constraints: Constraints,
  path: string,
  schema: readonly KeySchemaElement[] | undefined,
  lengthMax = 2,
): void {
  constraints.length(path, schema, 1, lengthMax);
  for (const [at, { AttributeName: name, KeyType: type }] of (schema ?? []).entries()) {
    const member = `${path}.${at + 1}.member`;
    constraints
      .required(`${member}.attributeName`, name)
      .length(`${member}.attributeName`, name, 1, 255)
      .required(`${member}.keyType`, type)
      .oneOf(`${member}.keyType`, type, ["HASH", "RANGE"]);
  }
}

export function checkThroughput(
  constraints: Constraints,
  path: string,
  throughput: ProvisionedThroughput | undefined,
): void {
  if (throughput === undefined) return;
  constraints
    .required(`${path}.writeCapacityUnits`, throughput.WriteCapacityUnits)
    .required(`${path}.readCapacityUnits`, throughput.ReadCapacityUnits)
    .range(`${path}.writeCapacityUnits`, throughput.WriteCapacityUnits, 1)
    .range(`${path}.readCapacityUnits`, throughput.ReadCapacityUnits, 1);
}

export function checkIndex(
  constraints: Constraints,
  path: string,
  index: LocalSecondaryIndex | GlobalSecondaryIndex,
): void {
  constraints
    .required(`${path}.indexName`, index.IndexName)
    .length(`${path}.indexName`, index.IndexName, 3, 255)
    .pattern(`${path}.indexName`, index.IndexName, "[a-zA-Z0-9_.-]+")
    .required(`${path}.keySchema`, index.KeySchema);
  const isLocal = path.startsWith("localSecondaryIndexes");
  checkKeySchema(
    constraints,
    `${path}.keySchema`,
    index.KeySchema,
    isLocal ? 2 : 2 * limits.indexKeyAttributesMax,
  );
  constraints
    .required(`${path}.projection`, index.Projection)
    .oneOf(`${path}.projection.projectionType`, index.Projection?.ProjectionType, [
      "ALL",
      "INCLUDE",
      "KEYS_ONLY",
    ])
    .length(`${path}.projection.nonKeyAttributes`, index.Projection?.NonKeyAttributes, 1, 100);
  for (const [at, name] of (index.Projection?.NonKeyAttributes ?? []).entries()) {
    constraints.length(`${path}.projection.nonKeyAttributes.${at + 1}.member`, name, 1, 255);
  }
}

export function checkBillingMode(input: CreateTableInput): void {
  const { ProvisionedThroughput: throughput } = input;
  if (input.BillingMode === "PAY_PER_REQUEST") {
    if (throughput !== undefined) {
      throw invalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    return;
  }
  if (throughput?.ReadCapacityUnits === undefined || throughput.WriteCapacityUnits === undefined) {
    throw invalidParameter(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  checkCapacityBounds(throughput);
}

export function checkCapacityBounds(throughput: ProvisionedThroughput): void {
  for (const name of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    const units = throughput[name] ?? 0;
    if (units > limits.capacityUnitsMax)
      throw validationError(`Given value ${units} for ${name} is out of bounds`);
  }
}

export function checkSchema(input: CreateTableInput): void {
  const definitions = (input.AttributeDefinitions ?? []).map(({ AttributeName }) => String(AttributeName));
  const keys = input.KeySchema ?? [];
  if (keys.length > definitions.length) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  const twice = definitions.find((name, at) => definitions.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalidParameter(`Duplicate attribute name in AttributeDefinitions: ${twice}`);
  checkKeys(keys, definitions);
  const hasIndexes = input.LocalSecondaryIndexes !== undefined || input.GlobalSecondaryIndexes !== undefined;
  if (!hasIndexes && keys.length !== definitions.length) {
    throw invalidParameter(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
  }
  const names = new Set<string>();
  if (input.LocalSecondaryIndexes !== undefined) checkLocalIndexes(input, definitions, names);
  if (input.GlobalSecondaryIndexes !== undefined) checkGlobalIndexes(input, definitions, names);
  checkAllUsed(input, definitions);
}

function checkKeys(
  keys: readonly KeySchemaElement[],
  definitions: readonly string[],
  attributesMax = 1,
): void {
  const names = keys.map(({ AttributeName }) => String(AttributeName));
  if (names.some((name) => !definitions.includes(name))) {
    throw invalidParameter(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(", ")}], AttributeDefinitions: [${definitions.join(", ")}]`,
    );
  }
  if (new Set(names).size < names.length) {
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (keys[0]?.KeyType !== "HASH") {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (attributesMax === 1 && keys[1] !== undefined && keys[1].KeyType !== "RANGE") {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const hashes = keys.filter(({ KeyType }) => KeyType === "HASH").length;
  if (keys.slice(0, hashes).some(({ KeyType }) => KeyType !== "HASH")) {
    throw validationError("Invalid KeySchema: All HASH key attributes must precede the RANGE key attributes");
  }
  for (const [kind, count] of [
    ["HASH", hashes],
    ["RANGE", keys.length - hashes],
  ] as const) {
    if (count > attributesMax) {
      throw validationError(
        `Invalid KeySchema: More than ${attributesMax} ${kind} key attributes are specified`,
      );
    }
  }
}

function checkLocalIndexes(
  input: CreateTableInput,
  definitions: readonly string[],
  names: Set<string>,
): void {
  const indexes = input.LocalSecondaryIndexes ?? [];
  if (indexes.length === 0) throw invalidParameter("List of LocalSecondaryIndexes is empty");
  if (input.KeySchema?.length !== 2) {
    throw invalidParameter(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  const tableHash = input.KeySchema[0]?.AttributeName;
  for (const index of indexes) {
    const keys = index.KeySchema ?? [];
    checkKeys(keys, definitions);
    if (keys.length !== 2) {
      throw invalidParameter(`Index KeySchema does not have a range key for index: ${index.IndexName}`);
    }
    if (keys[0]?.AttributeName !== tableHash) {
      throw invalidParameter(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.IndexName}. index hash key: ${keys[0]?.AttributeName}, table hash key: ${tableHash}`,
      );
    }
    checkProjectionAndName(index, names);
  }
  if (indexes.length > limits.localIndexesMax) {
    throw invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
}

function checkGlobalIndexes(
  input: CreateTableInput,
  definitions: readonly string[],
  names: Set<string>,
): void {
  const indexes = input.GlobalSecondaryIndexes ?? [];
  if (indexes.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  for (const index of indexes) checkGlobalIndex(index, input.BillingMode, definitions, names);
  if (indexes.length > limits.globalIndexesMax) {
    throw invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
}

export function checkGlobalIndex(
  index: GlobalSecondaryIndex,
  billingMode: string | undefined,
  definitions: readonly string[],
  names: Set<string>,
): void {
  checkKeys(index.KeySchema ?? [], definitions, limits.indexKeyAttributesMax);
  checkProjectionAndName(index, names, () => {
    const { ProvisionedThroughput: throughput } = index;
    if (billingMode === "PAY_PER_REQUEST") {
      if (throughput !== undefined) {
        throw invalidParameter(
          `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
        );
      }
    } else if (throughput === undefined) {
      throw invalidParameter(
        `ProvisionedThroughput must be specified for index: ${index.IndexName} when BillingMode is PROVISIONED`,
      );
    } else checkCapacityBounds(throughput);
  });
}

function checkProjectionAndName(index: LocalSecondaryIndex, names: Set<string>, between?: () => void): void {
  const { ProjectionType: type, NonKeyAttributes: attributes } = index.Projection ?? {};
  if (type === undefined) throw invalidParameter("Unknown ProjectionType: null");
  if (attributes !== undefined && type !== "INCLUDE") {
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  const twice = attributes?.find((name, at) => attributes.indexOf(name) !== at);
  if (twice !== undefined) throw invalidParameter(`Duplicate value in attribute name: ${twice}`);
  if (attributes === undefined && type === "INCLUDE") {
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is not specified`);
  }
  between?.();
  const name = String(index.IndexName);
  if (names.has(name)) throw invalidParameter(`Duplicate index name: ${name}`);
  names.add(name);
}

/** Every defined attribute is a key of something. */
function checkAllUsed(input: CreateTableInput, definitions: readonly string[]): void {
  const schemas = [input, ...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])];
  const used = new Set(
    schemas.flatMap(({ KeySchema }) => (KeySchema ?? []).map(({ AttributeName }) => AttributeName)),
  );
  if (definitions.every((name) => used.has(name))) return;
  throw invalidParameter(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${definitions.join(", ")}], keys used: [${[...used].join(", ")}]`,
  );
}
