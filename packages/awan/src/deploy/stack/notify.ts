/** Events told to the topics a stack names: a message of lines, as AWS writes it, sent after the commit. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { EffectContext } from "../../host/service.ts";
import type { EventRow, StackRow } from "../keys.ts";

export interface Notification {
  readonly topics: readonly string[];
  readonly message: string;
}

export function notify(call: Call, stack: StackRow, event: EventRow): void {
  if (stack.notificationArns.length === 0) return;
  const fields: Readonly<Record<string, string>> = {
    StackId: stack.id,
    Timestamp: new Date(event.atMs).toISOString(),
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    Namespace: call.accountId,
    PhysicalResourceId: event.physicalId,
    PrincipalId: call.accountId,
    ResourceProperties: event.properties ?? "null",
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason ?? "",
    ResourceType: event.type,
    StackName: stack.name,
    ClientRequestToken: event.clientRequestToken ?? "null",
  };
  const message = Object.entries(fields)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
  const request: Notification = { topics: stack.notificationArns, message };
  call.dispatch({ effect: "cloudformation.notify", request });
}

export async function sendNotification(
  { shell, scope }: EffectContext,
  { topics, message }: Notification,
): Promise<void> {
  for (const TopicArn of topics) {
    try {
      await shell.invoke(
        "sns",
        "Publish",
        { TopicArn, Subject: "AWS CloudFormation Notification", Message: message },
        scope,
      );
    } catch (error) {
      // A topic that is gone hears nothing; the stack goes on.
      if (!(error instanceof AwsError)) throw error;
    }
  }
}
