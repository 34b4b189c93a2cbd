/** One row per documented or recorded refusal: an operation, its input, AWS's words. */
export interface Refusal {
  readonly operation: string;
  readonly input: object;
  readonly message: string | RegExp;
  readonly code: string;
}

export const refusal = (
  operation: string,
  input: object,
  message: string | RegExp,
  code = "ValidationException",
): Refusal => ({ operation, input, message, code });

export const invalid = "One or more parameter values were invalid: ";
export const key = { pk: { S: "a" }, sk: { S: "b" } };
export const id = { id: { S: "a" } };
export const put = (attribute: object): object => ({ TableName: "plain", Item: { ...id, attribute } });
export const update = (members: object): object => ({ TableName: "plain", Key: id, ...members });
export const query = (members: object): object => ({
  TableName: "items",
  KeyConditionExpression: "pk = :p",
  ExpressionAttributeValues: { ":p": { S: "a" } },
  ...members,
});
export const schema = {
  TableName: "fresh",
  AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
