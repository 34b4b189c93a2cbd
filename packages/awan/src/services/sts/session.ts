/** Making and finding temporary credentials. */
import { makeAccessKeyId } from "../../kernel/access-key.ts";
import type { Call, Principal } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import type { StsCredentials as Credentials } from "./port.ts";
import { type SessionRow, sessions, sessionsScope } from "./keys.ts";

export interface NewSession {
  readonly principal: Omit<Principal, "accessKeyId">;
  readonly userId: string;
  readonly seconds: number;
  readonly policy?: string | undefined;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
}

const secretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Temporary credentials of the session, kept until they expire. */
export function openSession(call: Call, session: NewSession): Credentials {
  const { principal } = session;
  const accessKeyId = makeAccessKeyId("ASIA", principal.accountId, (limit) => call.random.integer(limit));
  const secretAccessKey = call.random.text(40, secretAlphabet);
  const sessionToken = `IQoJb3JpZ2luX2Vj${call.random.text(340, secretAlphabet)}==`;
  // Whole seconds: the wire has no fractions here.
  const expiresAtMs = Math.floor(call.nowMs / 1000 + session.seconds) * 1000;
  const global = call.in(sessionsScope);
  sessions.set(global.tx, [accessKeyId], {
    principal: { ...principal, accessKeyId },
    userId: session.userId,
    secretAccessKey,
    sessionToken,
    expiresAtMs,
    policy: session.policy ?? null,
    policyArns: session.policyArns ?? [],
    tags: session.tags ?? {},
    transitiveTagKeys: session.transitiveTagKeys ?? [],
  });
  global.schedule("sts.expire", [accessKeyId], expiresAtMs);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAtMs),
  };
}

export function findSession(call: Call, accessKeyId: string): SessionRow | undefined {
  const row = sessions.get(call.in(sessionsScope).tx, [accessKeyId]);
  return row === undefined || row.expiresAtMs <= call.nowMs ? undefined : row;
}

/** The tags a session hands on to roles assumed from it. */
export function transitiveTags(session: SessionRow | undefined): Readonly<Record<string, string>> {
  if (session === undefined) return {};
  const keys = new Set(session.transitiveTagKeys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(session.tags).filter(([key]) => keys.has(key.toLowerCase())));
}

export function expireSession(call: Call, [accessKeyId]: readonly TuplePart[]): void {
  sessions.delete(call.tx, [accessKeyId as string]);
}
