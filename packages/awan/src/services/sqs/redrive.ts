/** Whether a queue may name another as its dead-letter queue: it must exist, be of the same kind, and allow it. */
import type { Call } from "../../host/call.ts";
import { parsedObject, redriveAllowPolicyOf } from "./attributes.ts";
import { queueByArn } from "./dead-letter.ts";
import { invalidParameter } from "./errors.ts";
import type { QueueRow } from "./keys.ts";
import { queueArn } from "./queue.ts";

export function checkRedrive(call: Call, source: QueueRow, policyText: string): void {
  const targetArn = String(parsedObject(policyText)?.["deadLetterTargetArn"]);
  const invalid = (reason: string): Error => invalidParameter("RedrivePolicy", policyText, reason);
  const target = queueByArn(call, targetArn);
  if (target === undefined) throw invalid("Dead letter target does not exist.");
  if (target.queue.fifo !== source.fifo) {
    throw invalid("Dead-letter queue must be same type of queue as the source.");
  }
  const allow = redriveAllowPolicyOf(target.queue.attributes["RedriveAllowPolicy"]);
  const allowed =
    allow.redrivePermission === "allowAll" ||
    (allow.redrivePermission === "byQueue" && allow.sourceQueueArns.includes(queueArn(call, source.name)));
  if (!allowed) throw invalid("Dead-letter queue does not allow redrive from this source queue.");
}
