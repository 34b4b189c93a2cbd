/** The members of data requests in the engine's own value types, so that each operation converts once. */
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";

export interface ExpressionParameters {
  readonly ConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

export interface ExpectedAttribute {
  readonly Value?: AttributeValue;
  readonly Exists?: boolean;
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly AttributeValue[];
}

export interface LegacyCondition {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly AttributeValue[];
}

export interface AttributeUpdate {
  readonly Value?: AttributeValue;
  readonly Action?: string;
}

export interface WriteRequest extends ExpressionParameters {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly Expected?: Readonly<Record<string, ExpectedAttribute>>;
  readonly AttributeUpdates?: Readonly<Record<string, AttributeUpdate>>;
  readonly ConditionalOperator?: string;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

export interface ReadRequest extends ExpressionParameters {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly AttributesToGet?: readonly string[];
  readonly ConsistentRead?: boolean;
  readonly ReturnConsumedCapacity?: string;
  readonly Select?: string;
  readonly Limit?: number;
  readonly ScanIndexForward?: boolean;
  readonly ExclusiveStartKey?: Item;
  readonly KeyConditions?: Readonly<Record<string, LegacyCondition>>;
  readonly QueryFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly ScanFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly ConditionalOperator?: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

export const capacityModes = ["INDEXES", "TOTAL", "NONE"];
export const metricModes = ["SIZE", "NONE"];
export const returnValueModes = ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"];
export const failureValueModes = ["ALL_OLD", "NONE"];
export const conditionalOperators = ["OR", "AND"];
export const comparisonOperators = [
  "IN",
  "NULL",
  "BETWEEN",
  "LT",
  "NOT_CONTAINS",
  "EQ",
  "GT",
  "NOT_NULL",
  "NE",
  "LE",
  "BEGINS_WITH",
  "GE",
  "CONTAINS",
];
