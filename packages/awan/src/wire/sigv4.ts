/** Signatures of requests: what they claim (`credentialOf`) and whether that is true. */
import type { HttpRequest } from "../host/http.ts";
import type { RunRequest } from "../host/service.ts";
import type { RequestUrl } from "./request-url.ts";

export { credentialOf, credentialOfForm, type Credential } from "./credential.ts";

/** Refuses, with an AwsError, a request whose signature is not what it should be. */
export type SignatureCheck = (
  request: HttpRequest,
  url: RequestUrl,
  run: Partial<RunRequest>,
) => Promise<void> | void;
