/**
 * Rotation: the secret's function is called four times (createSecret, setSecret, testSecret, finishSecret), each step
 * after the last one's success, and again when the schedule says so.
 */
import type { RotationRulesType } from "@aws-sdk/client-secrets-manager";
import type { Call } from "../../../host/call.ts";
import type { Outcome } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { TuplePart } from "../../../store/tuple.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter, invalidRequest } from "../errors.ts";
import { secrets } from "../keys.ts";
import { findLive, type Secret } from "../secret.ts";

const dayMs = 24 * 60 * 60 * 1000;
const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

interface Progress {
  readonly name: string;
  readonly token: string;
  readonly step: number;
}

export function rotateSecret(call: Call, input: Input<"RotateSecret">): Output<"RotateSecret"> {
  const token = input.ClientRequestToken;
  if (token === undefined) {
    throw invalidParameter("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }
  const { name, row } = findLive(call, input.SecretId);
  const functionArn = input.RotationLambdaARN ?? row.rotation?.functionArn;
  if (functionArn === undefined) {
    throw invalidRequest("No Lambda rotation function ARN is associated with this secret.");
  }
  checkFunction(call, functionArn, row.arn);
  const rules = input.RotationRules ?? row.rotation?.rules ?? {};
  const rotation = {
    functionArn,
    rules,
    enabled: true,
    rotatedAtMs: row.rotation?.rotatedAtMs ?? null,
    nextAtMs: null,
  };
  secrets.set(call.tx, [name], {
    ...row,
    rotation: { ...rotation, nextAtMs: scheduleNext(call, name, rules) },
  });
  if (input.RotateImmediately !== false) run(call, { name, token, step: 0 });
  return { ARN: row.arn, Name: name, VersionId: token };
}

function checkFunction(call: Call, functionArn: string, secretArn: string): void {
  const request = {
    functionArn,
    principal: "secretsmanager.amazonaws.com",
    sourceArn: secretArn,
    sourceAccount: call.accountId,
  };
  if (call.ports.lambda.exists(call, functionArn) && call.ports.lambda.allows(call, request)) return;
  throw new AwsError(
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );
}

/** Every so many days, counted from now; schedule expressions are kept and not followed. */
function scheduleNext(call: Call, name: string, rules: RotationRulesType): number | null {
  const days = rules.AutomaticallyAfterDays;
  if (days === undefined) return null;
  const atMs = call.nowMs + days * dayMs;
  call.schedule("secretsmanager.rotate", [name], atMs);
  return atMs;
}

function run(call: Call, progress: Progress): void {
  const row = secrets.get(call.tx, [progress.name]);
  if (row?.rotation === null || row === undefined) return;
  const event = { Step: steps[progress.step], SecretId: row.arn, ClientRequestToken: progress.token };
  call.dispatch({
    effect: "lambda.invoke",
    request: {
      functionArn: row.rotation.functionArn,
      payload: Buffer.from(JSON.stringify(event)),
      kind: "RequestResponse",
    },
    completion: "secretsmanager.stepped",
    context: progress,
  });
}

/** A step has ended: the next one, or the end of the rotation. A step that failed ends it; the pending version stays. */
export function stepped(call: Call, context: unknown, outcome: Outcome): void {
  const progress = context as Progress;
  const failed = !outcome.ok || (outcome.value as { functionError?: string }).functionError !== undefined;
  if (failed)
    return call.note("secretsmanager.rotation-failed", { name: progress.name, step: steps[progress.step] });
  if (progress.step + 1 < steps.length) return run(call, { ...progress, step: progress.step + 1 });
  const row = secrets.get(call.tx, [progress.name]);
  if (row === undefined || row.rotation === null) return;
  secrets.set(call.tx, [progress.name], { ...row, rotation: { ...row.rotation, rotatedAtMs: call.nowMs } });
}

/** The duty of a schedule. */
export function rotateWhenDue(call: Call, [key]: readonly TuplePart[]): void {
  const name = key as string;
  const row = secrets.get(call.tx, [name]);
  if (row?.rotation?.enabled !== true || row.deletedAtMs !== null) return;
  const nextAtMs = scheduleNext(call, name, row.rotation.rules);
  secrets.set(call.tx, [name], { ...row, rotation: { ...row.rotation, nextAtMs } });
  run(call, { name, token: call.random.uuid(), step: 0 });
}

export function cancelRotateSecret(
  call: Call,
  input: Input<"CancelRotateSecret">,
): Output<"CancelRotateSecret"> {
  const { name, row } = findLive(call, input.SecretId);
  if (row.rotation === null)
    throw invalidRequest("You tried to cancel rotation on a secret that has no rotation configured.");
  secrets.set(call.tx, [name], { ...row, rotation: { ...row.rotation, enabled: false, nextAtMs: null } });
  call.unschedule("secretsmanager.rotate", [name]);
  return { ARN: row.arn, Name: name };
}

/** Members of DescribeSecret and ListSecrets that tell of rotation. */
export function rotationOf({ row }: Secret) {
  const { rotation } = row;
  if (rotation === null) return {};
  return {
    RotationEnabled: rotation.enabled,
    RotationLambdaARN: rotation.functionArn,
    RotationRules: rotation.rules,
    ...(rotation.rotatedAtMs === null ? {} : { LastRotatedDate: new Date(rotation.rotatedAtMs) }),
    ...(rotation.nextAtMs === null ? {} : { NextRotationDate: new Date(rotation.nextAtMs) }),
  };
}

/** Whether the document is JSON; what it grants is not judged. */
export function validateResourcePolicy(
  call: Call,
  input: Input<"ValidateResourcePolicy">,
): Output<"ValidateResourcePolicy"> {
  if (input.SecretId !== undefined) findLive(call, input.SecretId);
  try {
    JSON.parse(input.ResourcePolicy);
    return { PolicyValidationPassed: true, ValidationErrors: [] };
  } catch {
    throw new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json.");
  }
}
