/** TagResource, UntagResource and ListTagsOfResource. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { Constraints } from "../constraints.ts";
import { resourceNotFound, validationError } from "../errors.ts";
import { settings, tables } from "../keys.ts";
import { findTable, type Located } from "../lookup.ts";
import { checkTagCount, checkTags, isEnforcing, isLagging, type TagMap } from "../tags.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

/** Checked before the tags are looked at. */
function checkArnShape(arn: string | undefined): asserts arn is string {
  if (arn === undefined) throw validationError("Invalid TableArn");
  if (!/^.+:.+:.+:.+:.+:.+\/.+$/.test(arn)) throw validationError(`ARNs must start with 'arn:': ${arn}`);
}

function checkTableArn(arn: string): void {
  if (/^arn:[^:]+:dynamodb:[^:]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}$/.test(arn)) return;
  throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
}

function find(call: Call, operation: string, arn: string): Located {
  if (arn.split(":")[4] !== call.accountId) throw accessDenied(call, operation, arn);
  const found = findTable(call, arn);
  if (found !== undefined) return found;
  // Listing tells nobody whether the table exists.
  if (operation === "ListTagsOfResource") throw accessDenied(call, operation, arn);
  throw resourceNotFound(operation === "TagResource" ? `ResourcArn: ${arn} not found` : undefined);
}

function accessDenied(call: Call, operation: string, arn: string): AwsError {
  return new AwsError(
    "AccessDeniedException",
    `User: ${call.principal.arn} is not authorized to perform: dynamodb:${operation} on resource: ${arn} because no resource-based policy allows the dynamodb:${operation} action`,
    { status: 400 },
  );
}

function tagsOf({ call, table }: Located): TagMap {
  return (settings.get(call.tx, [table.arn, "tags"]) ?? {}) as TagMap;
}

function keepTags({ call, table }: Located, tags: TagMap): void {
  settings.set(call.tx, [table.arn, "tags"], tags);
  const enforced = isEnforcing(tags);
  const lagging = isLagging(tags);
  if (enforced === table.enforced && lagging === (table.lagging ?? false)) return;
  tables.set(call.tx, [table.name], { ...table, enforced, lagging });
}

export function tagResource(call: Call, input: Input<Client, "TagResource">): void {
  checkArnShape(input.ResourceArn);
  new Constraints().required("tags", input.Tags).check();
  checkTableArn(input.ResourceArn);
  const added = input.Tags;
  if (added.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  checkTags(added);
  const located = find(call, "TagResource", input.ResourceArn);
  const tags = {
    ...tagsOf(located),
    ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value ?? ""])),
  };
  checkTagCount(tags);
  keepTags(located, tags);
}

export function untagResource(call: Call, input: Input<Client, "UntagResource">): void {
  checkArnShape(input.ResourceArn);
  new Constraints().required("tagKeys", input.TagKeys).check();
  checkTableArn(input.ResourceArn);
  if (input.TagKeys.length === 0) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  const located = find(call, "UntagResource", input.ResourceArn);
  const gone = new Set(input.TagKeys);
  const left = Object.entries(tagsOf(located)).filter(([key]) => !gone.has(key));
  keepTags(located, Object.fromEntries(left));
}

export function listTagsOfResource(
  call: Call,
  input: Input<Client, "ListTagsOfResource">,
): Output<Client, "ListTagsOfResource"> {
  checkArnShape(input.ResourceArn);
  checkTableArn(input.ResourceArn);
  const tags = tagsOf(find(call, "ListTagsOfResource", input.ResourceArn));
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}
