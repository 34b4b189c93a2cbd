/** Checks that several operations share: required members, names, and what makes a batch a batch. */
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameterValue, missingParameter } from "./errors.ts";
import { batchEntriesMax } from "./limits.ts";

/** The member's value, or MissingParameter: nothing checked it before us. */
export function required<Value>(name: string, value: Value | undefined): Value {
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function checkQueueName(name: string, fifo: boolean): void {
  if (fifo) {
    if (/^[\w-]{1,75}\.fifo$/.test(name)) return;
    throw invalidParameterValue(
      "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
    );
  }
  if (/^[\w-]{1,80}$/.test(name)) return;
  throw invalidParameterValue(
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  );
}

interface Entry {
  readonly Id?: string | undefined;
}

/** The entries of a batch, counted and told apart as AWS does before it looks at any. */
export function checkedBatch<Given extends Entry>(
  given: readonly Given[] | undefined,
  entryName: string,
): readonly (Given & { readonly Id: string })[] {
  const entries = given ?? [];
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", `There should be at least one ${entryName} in the request.`);
  }
  if (entries.length > batchEntriesMax) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${batchEntriesMax}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id: id } of entries) {
    if (id === undefined || !/^[\w-]{1,80}$/.test(id)) {
      throw new AwsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
    if (ids.has(id)) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries as readonly (Given & { readonly Id: string })[];
}

export interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

const batchCodes: Readonly<Record<string, string>> = {
  InvalidParameterValueException: "InvalidParameterValue",
  MissingRequiredParameterException: "MissingParameter",
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
};

export function batchFailure(id: string, error: AwsError): BatchFailure {
  return {
    Id: id,
    SenderFault: error.fault !== "server",
    Code: batchCodes[error.code] ?? error.code,
    Message: error.message,
  };
}
