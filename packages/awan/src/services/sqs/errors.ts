/**
 * The errors SQS answers with, worded as AWS words them. Codes are those of the JSON protocol; the wire knows the query
 * protocol's (`InvalidParameterValueException` is `InvalidParameterValue` there).
 */
import { AwsError } from "../../kernel/errors.ts";

export const queueDoesNotExist = (): AwsError =>
  new AwsError("QueueDoesNotExist", "The specified queue does not exist.");

export const invalidParameterValue = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", message);

export const invalidParameter = (name: string, value: unknown, reason: string): AwsError =>
  invalidParameterValue(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);

export const missingParameter = (name: string): AwsError =>
  new AwsError("MissingRequiredParameterException", `The request must contain the parameter ${name}.`);

export const receiptHandleIsInvalid = (handle: string): AwsError =>
  new AwsError(
    "ReceiptHandleIsInvalid",
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );

export const unknownAttribute = (name: string): AwsError =>
  new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);

export const invalidAttributeValue = (name: string, reason?: string): AwsError =>
  new AwsError(
    "InvalidAttributeValue",
    `Invalid value for the parameter ${name}.${reason === undefined ? "" : ` Reason: ${reason}`}`,
  );

export const resourceNotFound = (message: string): AwsError =>
  new AwsError("ResourceNotFoundException", message, { status: 404 });
