/** The credentials a function acts with when callers are checked: a session of its role, renewed before it ends. */
import type { Call } from "../../host/call.ts";
import type { FunctionCredentials } from "../../host/functions.ts";
import { roleSessions } from "./keys.ts";

const sessionSeconds = 12 * 3600;
const renewedBeforeMs = 3600 * 1000;

/** Instances started with an earlier session are replaced, because their revision differs. */
export function roleCredentials(call: Call, functionName: string, roleArn: string): FunctionCredentials {
  const known = roleSessions.get(call.tx, [functionName, roleArn]);
  if (known !== undefined && known.expiresAtMs - renewedBeforeMs > call.nowMs) return known.credentials;
  const made = call.ports.sts.sessionFor(call, roleArn, functionName, sessionSeconds);
  const credentials: FunctionCredentials = {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
  };
  const expiresAtMs = made.Expiration.getTime();
  roleSessions.set(call.tx, [functionName, roleArn], { credentials, expiresAtMs });
  return credentials;
}
