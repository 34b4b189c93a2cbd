/** The errors Kinesis answers with, worded as AWS words them. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";

export const invalidArgument = (message: string): AwsError =>
  new AwsError("InvalidArgumentException", message);

export const resourceNotFound = (message: string): AwsError =>
  new AwsError("ResourceNotFoundException", message);

export const resourceInUse = (message: string): AwsError => new AwsError("ResourceInUseException", message);

export const limitExceeded = (message: string): AwsError => new AwsError("LimitExceededException", message);

export const validationError = (message: string): AwsError => new AwsError("ValidationException", message);

/** One broken constraint in the words of AWS's framework. */
export const broken = (value: string, member: string, constraint: string): AwsError =>
  validationError(
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const streamNotFound = (call: Call, name: string): AwsError =>
  resourceNotFound(`Stream ${name} under account ${call.accountId} not found.`);

export const shardNotFound = (call: Call, name: string, shard: string): AwsError =>
  resourceNotFound(`Could not find shard ${shard} in stream ${name} under account ${call.accountId}.`);

export const shardDoesNotExist = (call: Call, name: string, shard: string): AwsError =>
  resourceNotFound(`Shard ${shard} in stream ${name} under account ${call.accountId} does not exist`);

export const dryRun = (): AwsError =>
  new AwsError("DryRunOperationException", "Request would have succeeded, but DryRun flag is set.");
