/** The enumerations that the three single writes share. */
import type { Constraints } from "./constraints.ts";
import {
  capacityModes,
  comparisonOperators,
  conditionalOperators,
  failureValueModes,
  metricModes,
  returnValueModes,
  type WriteRequest,
} from "./requests.ts";

export function checkWriteModes(constraints: Constraints, request: WriteRequest): void {
  constraints
    .oneOf("returnConsumedCapacity", request.ReturnConsumedCapacity, capacityModes)
    .oneOf("conditionalOperator", request.ConditionalOperator, conditionalOperators)
    .oneOf("returnValues", request.ReturnValues, returnValueModes)
    .oneOf(
      "returnValuesOnConditionCheckFailure",
      request.ReturnValuesOnConditionCheckFailure,
      failureValueModes,
    )
    .oneOf("returnItemCollectionMetrics", request.ReturnItemCollectionMetrics, metricModes);
  if (request.Expected !== undefined) {
    for (const [name, { ComparisonOperator }] of Object.entries(request.Expected)) {
      constraints.oneOf(
        `expected.${name}.member.comparisonOperator`,
        ComparisonOperator,
        comparisonOperators,
      );
    }
  }
  constraints.check();
}
