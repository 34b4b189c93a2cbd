/**
 * SQS as IAM sees it: each operation's action on the queue's ARN, decided together with the queue's policy. Batches need
 * the action of their single form; what AWS never grants across accounts no queue's policy can grant.
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { servicePrincipal } from "../../host/live-call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";
import { queueByArn } from "./dead-letter.ts";
import { queues } from "./keys.ts";
import type { OnBehalf } from "./port.ts";
import { addressOf, type Found, queueArn } from "./queue.ts";

/** SQS Developer Guide, "Limitations of Amazon SQS custom policies": cross-account permissions don't apply to these. */
const ownersOnly: ReadonlySet<string> = new Set([
  "AddPermission",
  "CancelMessageMoveTask",
  "CreateQueue",
  "DeleteQueue",
  "ListMessageMoveTasks",
  "ListQueues",
  "ListQueueTags",
  "RemovePermission",
  "SetQueueAttributes",
  "StartMessageMoveTask",
  "TagQueue",
  "UntagQueue",
]);

function accessTo(call: Call, action: string, arn: string, policy: string | undefined): Access {
  const isForeign = parseArn(arn)?.accountId !== call.principal.accountId;
  const resourcePolicy = isForeign && ownersOnly.has(action) ? undefined : policy;
  return { action: `sqs:${action}`, resource: arn, resourcePolicy };
}

function accessByName(caller: Call, call: Call, action: string, name: string): Access {
  return accessTo(caller, action, queueArn(call, name), queues.get(call.tx, [name])?.attributes["Policy"]);
}

const onUrl =
  (action: string) =>
  (caller: Call, { QueueUrl }: { readonly QueueUrl?: string }): Access => {
    if (typeof QueueUrl !== "string") return { action: `sqs:${action}`, resource: "*" };
    const { call, name } = addressOf(caller, QueueUrl);
    return accessByName(caller, call, action, name);
  };

const onName =
  (action: string) =>
  (
    caller: Call,
    input: { readonly QueueName?: string; readonly QueueOwnerAWSAccountId?: string },
  ): Access => {
    const { QueueName, QueueOwnerAWSAccountId: accountId } = input;
    if (typeof QueueName !== "string") return { action: `sqs:${action}`, resource: "*" };
    const call = accountId === undefined ? caller : caller.in({ accountId });
    return accessByName(caller, call, action, QueueName);
  };

function onArn(caller: Call, action: string, arn: string | undefined): Access {
  if (arn === undefined) return { action: `sqs:${action}`, resource: "*" };
  return accessTo(caller, action, arn, queueByArn(caller, arn)?.queue.attributes["Policy"]);
}

/** The source of a move task whose handle is given. */
function sourceOfHandle(handle: unknown): string | undefined {
  const text = Buffer.from(typeof handle === "string" ? handle : "", "base64").toString("utf8");
  return /"sourceArn":"([^"]+)"/.exec(text)?.[1];
}

export const authorization: Authorization = {
  accesses: {
    ...Object.fromEntries(
      [
        "AddPermission",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "DeleteQueue",
        "GetQueueAttributes",
        "ListDeadLetterSourceQueues",
        "ListQueueTags",
        "PurgeQueue",
        "ReceiveMessage",
        "RemovePermission",
        "SendMessage",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
      ].map((action) => [action, onUrl(action)]),
    ),
    ChangeMessageVisibilityBatch: onUrl("ChangeMessageVisibility"),
    DeleteMessageBatch: onUrl("DeleteMessage"),
    SendMessageBatch: onUrl("SendMessage"),
    CreateQueue: onName("CreateQueue"),
    GetQueueUrl: onName("GetQueueUrl"),
    // SQS Developer Guide, "Configuring queue permissions for dead-letter queue redrive".
    StartMessageMoveTask: (
      call,
      input: { readonly SourceArn?: string; readonly DestinationArn?: string },
    ) => [
      ...["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((action) =>
        onArn(call, action, input.SourceArn),
      ),
      ...(input.DestinationArn === undefined ? [] : [onArn(call, "SendMessage", input.DestinationArn)]),
    ],
    CancelMessageMoveTask: (call, { TaskHandle }: { readonly TaskHandle?: string }) =>
      onArn(call, "CancelMessageMoveTask", sourceOfHandle(TaskHandle)),
    ListMessageMoveTasks: (call, { SourceArn }: { readonly SourceArn?: string }) =>
      onArn(call, "ListMessageMoveTasks", SourceArn),
  },
  // SQS writes its actions in lower case.
  denied: ({ action }, why) =>
    new AwsError("AccessDeniedException", why.replaceAll(action, action.toLowerCase()), { status: 403 }),
};

/** Throws unless the queue's policy lets the service send for its resource, when IAM is enforced. */
export function checkSender({ call, queue }: Found, { service, sourceArn, ...source }: OnBehalf): void {
  const sourceAccount = source.sourceAccount ?? parseArn(sourceArn)?.accountId ?? call.accountId;
  call.as(servicePrincipal(service, sourceAccount)).authorize({
    action: "sqs:SendMessage",
    resource: queueArn(call, queue.name),
    resourcePolicy: queue.attributes["Policy"],
    context: { "aws:SourceArn": sourceArn, "aws:SourceAccount": sourceAccount },
  });
}
