/** The errors Firehose answers with, worded as AWS words them. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";

export const invalidArgument = (message: string): AwsError =>
  new AwsError("InvalidArgumentException", message);

export const streamNotFound = (call: Call, name: string): AwsError =>
  new AwsError("ResourceNotFoundException", `Firehose ${name} under account ${call.accountId} not found.`);

export const resourceInUse = (message: string): AwsError => new AwsError("ResourceInUseException", message);

export const limitExceeded = (message: string): AwsError => new AwsError("LimitExceededException", message);
