/**
 * What the query protocol of SQS says otherwise than the model: two errors without a shape have other codes there, a
 * missing queue another text, and every error an empty Detail (recorded on AWS; batch deletes and visibility changes
 * have none).
 */
const codes: Readonly<Record<string, string>> = {
  InvalidParameterValueException: "InvalidParameterValue",
  MissingRequiredParameterException: "MissingParameter",
};
const withoutDetail = new Set(["DeleteMessageBatch", "ChangeMessageVisibilityBatch"]);

/** The query code of an error SQS's model does not have. */
export const sqsQueryCode = (code: string): string | undefined => codes[code];

export function sqsQueryMessage(code: string, message: string): string {
  return code === "QueueDoesNotExist" ? message.replace(/\.$/, " for this wsdl version.") : message;
}

export const sqsDetail = (operationName: string | undefined): string =>
  operationName !== undefined && withoutDetail.has(operationName) ? "" : "<Detail/>";
