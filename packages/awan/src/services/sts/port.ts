/** What the front door asks of STS: whose access key this is, when it belongs to temporary credentials. */
import type { Call, Principal } from "../../host/call.ts";

export interface StsPort {
  /** The principal of temporary credentials made by AssumeRole and its like, or undefined when the key is not known or has expired. */
  principalOf(call: Call, accessKeyId: string): Principal | undefined;
  /** The tags of the session, and the policies given at its start; undefined when the key is not known. */
  sessionOf(call: Call, accessKeyId: string): StsSession | undefined;
  /** Credentials of a role for a service that acts as it (a function's instance): nobody is asked. */
  sessionFor(call: Call, roleArn: string, sessionName: string, seconds: number): StsCredentials;
}

/** Temporary credentials as the API gives them. */
export interface StsCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: Date;
}

export interface StsSession {
  readonly principal: Principal;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
  /** The inline session policy, if one was given. */
  readonly policy: string | null;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly sts: StsPort;
  }
}
