/** Deleting with a recovery window, deleting at once, restoring. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter, markedForDeletion } from "../errors.ts";
import { secrets } from "../keys.ts";
import { findSecret, removeSecret } from "../secret.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function deleteSecret(call: Call, input: Input<"DeleteSecret">): Output<"DeleteSecret"> {
  const force = input.ForceDeleteWithoutRecovery === true;
  if (force && input.RecoveryWindowInDays !== undefined) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const days = input.RecoveryWindowInDays ?? 30;
  if (days < 7 || days > 30) {
    throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const found = call.tx.draft.attempt(() => findSecret(call, input.SecretId));
  if (found instanceof AwsError) {
    if (force && found.code === "ResourceNotFoundException")
      return { ARN: input.SecretId, Name: input.SecretId, DeletionDate: new Date(call.nowMs) };
    throw found;
  }
  const { name, row } = found;
  if (force) {
    removeSecret(call, name);
    return { ARN: row.arn, Name: name, DeletionDate: new Date(call.nowMs) };
  }
  if (row.deletedAtMs !== null) throw markedForDeletion();
  const deletesAtMs = call.nowMs + days * dayMs;
  secrets.set(call.tx, [name], { ...row, deletedAtMs: call.nowMs, deletesAtMs });
  call.schedule("secretsmanager.delete", [name], deletesAtMs);
  return { ARN: row.arn, Name: name, DeletionDate: new Date(deletesAtMs) };
}

export function restoreSecret(call: Call, input: Input<"RestoreSecret">): Output<"RestoreSecret"> {
  const { name, row } = findSecret(call, input.SecretId);
  secrets.set(call.tx, [name], { ...row, deletedAtMs: null, deletesAtMs: null });
  call.unschedule("secretsmanager.delete", [name]);
  return { ARN: row.arn, Name: name };
}
