/** GetQueueUrl, ListQueues and ListDeadLetterSourceQueues. */
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameter, invalidParameterValue, queueDoesNotExist } from "../errors.ts";
import { deadLetterSources, queues } from "../keys.ts";
import { listPageMax } from "../limits.ts";
import { queueArn, queueAt, queueUrl } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { required } from "../validation.ts";

export function getQueueUrl(caller: Call, input: Input<Sqs, "GetQueueUrl">): Output<Sqs, "GetQueueUrl"> {
  const name = required("QueueName", input.QueueName as string | undefined);
  const owner = input.QueueOwnerAWSAccountId;
  const call = owner === undefined ? caller : caller.in({ accountId: owner });
  if (!queues.has(call.tx, [name])) throw queueDoesNotExist();
  return { QueueUrl: queueUrl(call, name) };
}

export function listQueues(call: Call, input: Input<Sqs, "ListQueues">): Output<Sqs, "ListQueues"> {
  const prefix = input.QueueNamePrefix ?? "";
  const { limit, after } = page(input);
  const names: string[] = [];
  let more = false;
  for (const { value } of queues.scan(
    call.tx,
    [],
    after === undefined ? { from: [prefix] } : { after: [after] },
  )) {
    if (!value.name.startsWith(prefix)) break;
    more = names.length === limit;
    if (more) break;
    names.push(value.name);
  }
  return {
    QueueUrls: names.length === 0 ? undefined : names.map((name) => queueUrl(call, name)),
    NextToken: more && input.MaxResults !== undefined ? token(names.at(-1) as string) : undefined,
  };
}

export function listDeadLetterSourceQueues(
  caller: Call,
  input: Input<Sqs, "ListDeadLetterSourceQueues">,
): Output<Sqs, "ListDeadLetterSourceQueues"> {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const { limit, after } = page(input);
  const arns: string[] = [];
  let more = false;
  const target = queueArn(call, queue.name);
  for (const { key } of deadLetterSources.scan(
    call.tx,
    [target],
    after === undefined ? {} : { after: [after] },
  )) {
    more = arns.length === limit;
    if (more) break;
    arns.push(key[1]);
  }
  const url = (arn: string): string => {
    const parts = parseArn(arn);
    return queueUrl(call.in({ accountId: parts?.accountId ?? call.accountId }), parts?.resource ?? "");
  };
  return {
    queueUrls: arns.map(url),
    NextToken: more && input.MaxResults !== undefined ? token(arns.at(-1) as string) : undefined,
  };
}

interface Page {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

function page(input: Page): { readonly limit: number; readonly after: string | undefined } {
  const limit = input.MaxResults;
  if (limit !== undefined && (limit < 1 || limit > listPageMax)) {
    throw invalidParameter("MaxResults", limit, "MaxResults must be an integer between 1 and 1000.");
  }
  if (input.NextToken === undefined) return { limit: limit ?? listPageMax, after: undefined };
  const after = Buffer.from(input.NextToken, "base64").toString("utf8");
  if (after === "" || token(after) !== input.NextToken)
    throw invalidParameterValue("Invalid or expired next token.");
  return { limit: limit ?? listPageMax, after };
}

const token = (last: string): string => Buffer.from(last).toString("base64");
