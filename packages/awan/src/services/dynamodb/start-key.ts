/** An ExclusiveStartKey's values, checked in the words AWS keeps for them. */
import { normalizeItem } from "../../engines/dynamo-expression/validate-value.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { AwsError } from "../../kernel/errors.ts";
import { validationError } from "./errors.ts";

/** AWS puts its prefix before most complaints about a value, but not before these. */
const unprefixed = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

export function normalizeStartKey(key: Item | undefined): Item | undefined {
  if (key === undefined) return undefined;
  try {
    return normalizeItem(key);
  } catch (error) {
    if (!(error instanceof AwsError) || unprefixed.test(error.message)) throw error;
    throw validationError(`The provided starting key is invalid: ${error.message}`);
  }
}
