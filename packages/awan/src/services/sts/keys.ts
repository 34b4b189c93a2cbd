/** Rows of STS: temporary credentials, in a scope of no account, because a request is known by its key alone. */
import { table } from "../../store/table.ts";
import type { StsSession } from "./port.ts";

export interface SessionRow extends StsSession {
  /** `AROA…:session`, an account's number, `account:name`: what GetCallerIdentity calls UserId. */
  readonly userId: string;
  /** Session tags that sessions started from this one inherit; lower or upper case as given. */
  readonly transitiveTagKeys: readonly string[];
}

export const sessions = table<[accessKeyId: string], SessionRow>("sts", "session");

export { globalScope as sessionsScope } from "../../host/call.ts";
