/** AddPermission and RemovePermission: statements in the queue's policy, found by their label. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input } from "../../../model/operations.ts";
import { parsedObject } from "../attributes.ts";
import { invalidParameter, missingParameter } from "../errors.ts";
import { type QueueRow, queues } from "../keys.ts";
import { permissionActionsMax, policyStatementsMax } from "../limits.ts";
import { queueArn, queueAt } from "../queue.ts";
import type { Sqs } from "../sdk.ts";
import { required } from "../validation.ts";

interface Statement {
  readonly Sid?: string;
}

const actions = new Set([
  "*",
  "SendMessage",
  "ReceiveMessage",
  "DeleteMessage",
  "ChangeMessageVisibility",
  "GetQueueAttributes",
  "GetQueueUrl",
  "ListDeadLetterSourceQueues",
  "PurgeQueue",
]);

export function addPermission(caller: Call, input: Input<Sqs, "AddPermission">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const label = checkedLabel(input.Label);
  const names = (input.Actions as readonly string[] | undefined) ?? [];
  const accounts = (input.AWSAccountIds as readonly string[] | undefined) ?? [];
  if (names.length === 0) throw missingParameter("Actions");
  if (input.AWSAccountIds === undefined) throw missingParameter("AWSAccountIds");
  if (accounts.length === 0) throw invalidParameter("PrincipalId", "[]", "Unable to verify.");
  if (names.length > permissionActionsMax) {
    throw overLimit(`${names.length} Actions were found, maximum allowed is ${permissionActionsMax}.`);
  }
  for (const name of names) {
    if (!actions.has(name)) {
      throw invalidParameter(
        "ActionName",
        `SQS:${name}`,
        `Only the queue owner is allowed to invoke this action.`,
      );
    }
  }
  for (const account of accounts) {
    if (!/^\d{12}$/.test(account)) {
      throw invalidParameter("PrincipalId", JSON.stringify([account]), "Unable to verify.");
    }
  }
  const { policy, statements } = policyOf(call, queue);
  if (statements.some(({ Sid }) => Sid === label)) throw invalidParameter("Label", label, "Already exists.");
  if (statements.length >= policyStatementsMax) {
    throw overLimit(
      `${statements.length + 1} statements were found, maximum allowed is ${policyStatementsMax}.`,
    );
  }
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: oneOrMany(accounts.map((account) => `arn:${call.partition}:iam::${account}:root`)) },
    Action: oneOrMany(names.map((name) => `SQS:${name}`)),
    Resource: queueArn(call, queue.name),
  };
  save(call, queue, { ...policy, Statement: [...statements, statement] });
}

export function removePermission(caller: Call, input: Input<Sqs, "RemovePermission">): void {
  const { call, queue } = queueAt(caller, required("QueueUrl", input.QueueUrl as string | undefined));
  const label = checkedLabel(input.Label);
  if (queue.attributes["Policy"] === undefined)
    throw invalidParameter("Label", label, "can't find label on existing policy.");
  const { policy, statements } = policyOf(call, queue);
  const kept = statements.filter(({ Sid }) => Sid !== label);
  if (kept.length === statements.length) throw invalidParameter("Label", label, "can't find label.");
  save(call, queue, kept.length === 0 ? undefined : { ...policy, Statement: kept });
}

function checkedLabel(label: string | undefined): string {
  const given = required("Label", label);
  if (/^[\w-]{1,80}$/.test(given)) return given;
  throw invalidParameter(
    "Label",
    given,
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  );
}

function policyOf(
  call: Call,
  queue: QueueRow,
): { readonly policy: Readonly<Record<string, unknown>>; readonly statements: readonly Statement[] } {
  const policy = parsedObject(queue.attributes["Policy"] ?? "") ?? {
    Version: "2008-10-17",
    Id: `${queueArn(call, queue.name)}/SQSDefaultPolicy`,
  };
  const statements = policy["Statement"] ?? [];
  return {
    policy,
    statements: (Array.isArray(statements) ? statements : [statements]) as readonly Statement[],
  };
}

function save(call: Call, queue: QueueRow, policy: object | undefined): void {
  const { Policy: _before, ...attributes } = queue.attributes;
  queues.set(call.tx, [queue.name], {
    ...queue,
    attributes: policy === undefined ? attributes : { ...attributes, Policy: JSON.stringify(policy) },
    modifiedAtMs: call.nowMs,
  });
}

const overLimit = (message: string): AwsError => new AwsError("OverLimit", message);

const oneOrMany = (items: readonly string[]): string | readonly string[] =>
  items.length === 1 ? (items[0] as string) : items;
