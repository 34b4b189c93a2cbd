/** What `--auth` adds: every request must be signed, by a key somebody has, correctly. */
import type { HttpRequest } from "../host/http.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ProtocolName } from "../model/table.ts";
import type { Credential } from "./credential.ts";
import type { Identity } from "./identity.ts";
import type { RequestUrl } from "./request-url.ts";
import { type Dialect, type Secret, verifyPostPolicy, verifySignature } from "./sigv4.ts";

/** Requests AWS takes unsigned: signing in is what they are for, or they are the links in SNS's letters. */
const unsigned: ReadonlySet<string> = new Set([
  "AssumeRoleWithWebIdentity",
  "AssumeRoleWithSAML",
  "ConfirmSubscription",
  "Unsubscribe",
]);

export interface SignedRequest {
  readonly request: HttpRequest;
  readonly url: RequestUrl;
  readonly service: string;
  readonly operation: string;
  readonly isAnonymous: boolean;
  readonly protocol: ProtocolName;
  readonly credential: Credential | undefined;
  readonly identity: Identity;
  /** Of a virtual host. */
  readonly bucket: string | undefined;
}

export type SignatureCheck = (signed: SignedRequest) => void;

/** A browser's POST form: its policy is what is signed. */
export interface SignedForm {
  readonly credential: Credential | undefined;
  readonly identity: Identity;
  /** In Base64, as it came. */
  readonly policy: string;
}

export type FormCheck = (signed: SignedForm) => void;

function dialectOf(service: string, protocol: ProtocolName): Dialect {
  if (service === "s3" || service === "s3-control") return "s3";
  if (protocol === "ec2" || protocol === "query") return protocol;
  return protocol === "restJson" || protocol === "restXml" ? "rest-json" : "json";
}

/**
 * Checks signatures. Keys that neither IAM nor STS made are the roots of their accounts and sign with `rootSecret`, so
 * that `test`/`test` and a 12-digit key keep working when somebody only wants signatures checked.
 */
export function enforceSignatures(clock: Clock, rootSecret: string): SignatureCheck {
  return ({ request, url, service, operation, isAnonymous, protocol, credential, identity, bucket }) => {
    if (credential === undefined && (isAnonymous || unsigned.has(operation) || service === "s3")) return;
    verifySignature({
      request,
      url,
      credential,
      dialect: dialectOf(service, protocol),
      nowMs: clock.nowMs(),
      ...(bucket === undefined ? {} : { bucket }),
      secretFor: secretOf(identity, rootSecret),
    });
  };
}

/** As `enforceSignatures`, for browsers' forms. */
export function enforceFormSignatures(clock: Clock, rootSecret: string): FormCheck {
  return ({ credential, identity, policy }) => {
    if (credential === undefined) return;
    verifyPostPolicy({
      credential,
      policy,
      nowMs: clock.nowMs(),
      secretFor: secretOf(identity, rootSecret),
    });
  };
}

const secretOf =
  (identity: Identity, rootSecret: string) =>
  (accessKeyId: string): Secret | undefined => {
    if (identity.secret !== undefined) return identity.secret;
    // A key of the form that STS and IAM make, which neither knows, belongs to nobody.
    return /^(ASIA|AKIA)/.test(accessKeyId) ? undefined : { secretAccessKey: rootSecret };
  };
