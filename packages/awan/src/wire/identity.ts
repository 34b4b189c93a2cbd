/**
 * Who a request's access key belongs to. A 12-digit key is an account's root; keys that STS or IAM made belong to their
 * session or user; any other key is the root of the default account, so that made-up credentials just work.
 */
import { accountOfKey } from "../kernel/access-key.ts";
import type { Call, Principal } from "../host/call.ts";
import type { Platform } from "../host/platform.ts";
import type { Credential } from "./credential.ts";
import type { Secret } from "./sigv4.ts";

export interface Identity {
  readonly accountId?: string;
  readonly principal?: Principal;
  /** What the request must be signed with; undefined for keys that nobody made. */
  readonly secret?: Secret;
}

const nobodyInParticular: Identity = {};
/** S3 lets in callers without credentials as far as bucket policies and ACLs do; enforced IAM, as far as resource policies. */
const anonymous: Identity = { principal: { kind: "anonymous", arn: "*", accountId: "anonymous" } };

/** Resolves without a transaction unless the key looks like one that STS (`ASIA`) or IAM (`AKIA`) made. */
export function identify(
  platform: Platform,
  service: string,
  credential: Credential | undefined,
): Identity | Promise<Identity> {
  const isOpen = service !== "s3" && platform.registry.authorizer === undefined;
  if (credential === undefined) return isOpen ? nobodyInParticular : anonymous;
  const { accessKeyId } = credential;
  if (/^\d{12}$/.test(accessKeyId)) return { accountId: accessKeyId };
  if (accessKeyId.startsWith("ASIA") && platform.registry.has("sts")) {
    return platform.run({ name: "sts.Identify" }, (call) => ofSession(call, accessKeyId));
  }
  if (accessKeyId.startsWith("AKIA") && platform.registry.has("iam")) {
    const accountId = accountOfKey(accessKeyId) ?? platform.accountId;
    return platform.run({ name: "iam.Identify", accountId }, (call) => ofUser(call, accessKeyId));
  }
  return nobodyInParticular;
}

function ofSession(call: Call, accessKeyId: string): Identity {
  const session = call.ports.sts.sessionOf(call, accessKeyId);
  if (session === undefined) return nobodyInParticular;
  const { principal, secretAccessKey, sessionToken, expiresAtMs } = session;
  return {
    accountId: principal.accountId,
    principal,
    secret: { secretAccessKey, sessionToken, expiresAtMs },
  };
}

function ofUser(call: Call, accessKeyId: string): Identity {
  const user = call.ports.iam.userOfKey(call, accessKeyId);
  if (user === undefined) return nobodyInParticular;
  const principal: Principal = { kind: "user", arn: user.arn, accountId: call.accountId, accessKeyId };
  const { secretAccessKey } = user;
  return { accountId: call.accountId, principal, secret: { secretAccessKey } };
}
