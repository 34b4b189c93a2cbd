/** Who calls, and tokens for whoever calls. */
import { accountOfKey } from "../../../kernel/access-key.ts";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { tokenSecondsDefault } from "../limits.ts";
import { findSession, openSession } from "../session.ts";

function userIdOf(call: Call): string {
  const { principal } = call;
  const key = principal.accessKeyId;
  if (key === undefined) return principal.accountId;
  const session = findSession(call, key);
  if (session !== undefined) return session.userId;
  const user = call.ports.iam.userOfKey(call.in({ accountId: principal.accountId }), key);
  return user?.userId ?? principal.accountId;
}

export function getCallerIdentity(call: Call): Output<"GetCallerIdentity"> {
  const { principal } = call;
  return { UserId: userIdOf(call), Account: principal.accountId, Arn: principal.arn };
}

export function getSessionToken(call: Call, input: Input<"GetSessionToken">): Output<"GetSessionToken"> {
  const { accessKeyId: _, ...principal } = call.principal;
  const Credentials = openSession(call, {
    principal,
    userId: userIdOf(call),
    seconds: input.DurationSeconds ?? tokenSecondsDefault,
  });
  return { Credentials };
}

export function getFederationToken(
  call: Call,
  input: Input<"GetFederationToken">,
): Output<"GetFederationToken"> {
  const { accountId } = call.principal;
  const arn = `arn:aws:sts::${accountId}:federated-user/${input.Name}`;
  const userId = `${accountId}:${input.Name}`;
  const Credentials = openSession(call, {
    principal: { kind: "user", arn, accountId },
    userId,
    seconds: input.DurationSeconds ?? tokenSecondsDefault,
    policy: input.Policy,
    policyArns: (input.PolicyArns ?? []).map(({ arn: policyArn }) => policyArn ?? ""),
    tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
  });
  return {
    Credentials,
    FederatedUser: { FederatedUserId: userId, Arn: arn },
    PackedPolicySize: input.Policy === undefined ? 0 : 1,
  };
}

export function getAccessKeyInfo(_: Call, input: Input<"GetAccessKeyInfo">): Output<"GetAccessKeyInfo"> {
  const account = accountOfKey(input.AccessKeyId);
  if (account === undefined) throw new AwsError("ValidationError", "Access key ID is not valid");
  return { Account: account };
}

/** Messages are JSON in base64: only Awan's own can be read. */
export function decodeAuthorizationMessage(
  _: Call,
  input: Input<"DecodeAuthorizationMessage">,
): Output<"DecodeAuthorizationMessage"> {
  try {
    const text = Buffer.from(input.EncodedMessage, "base64url").toString();
    JSON.parse(text);
    return { DecodedMessage: text };
  } catch {
    throw new AwsError("InvalidAuthorizationMessageException", "Message is not valid", { status: 400 });
  }
}
