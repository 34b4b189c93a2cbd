/** What the tests of signatures share: a clock, keys, and the requests SDK clients make, signed but not sent. */
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { S3Client } from "@aws-sdk/client-s3";
import type { HttpRequest } from "../../../packages/awan/src/host/http.ts";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { requestHandlerFor } from "../../../packages/awan/src/wire/in-process.ts";
import { splitUrl } from "../../../packages/awan/src/wire/request-url.ts";
import {
  type Dialect,
  type Secret,
  type Verification,
  type Verified,
  credentialOf,
  verifySignature,
} from "../../../packages/awan/src/wire/sigv4.ts";

export const nowMs = Date.now();
const keys = new Map<string, Secret>([
  ["AKIDPLAIN", { secretAccessKey: "plain-secret" }],
  [
    "ASIATEMPORARY",
    { secretAccessKey: "temporary", sessionToken: "token/+=", expiresAtMs: nowMs + 3_600_000 },
  ],
]);
const seen: HttpRequest[] = [];
export const config = {
  region: "eu-west-1",
  endpoint: "http://127.0.0.1:4566",
  maxAttempts: 1,
  credentials: { accessKeyId: "AKIDPLAIN", secretAccessKey: "plain-secret" },
  requestHandler: requestHandlerFor((request) => {
    seen.push(request);
    return { status: 500, headers: {}, body: "" };
  }),
};

/** The request a client's call makes. */
export async function captured(call: Promise<unknown>): Promise<HttpRequest> {
  await call.catch(() => undefined);
  return seen.pop() as HttpRequest;
}

export function verify(request: HttpRequest, dialect: Dialect, rest: Partial<Verification> = {}): Verified {
  const url = splitUrl(request.target);
  const credential = credentialOf(request.headers, url.query);
  return verifySignature({
    request,
    url,
    credential,
    dialect,
    nowMs,
    secretFor: (accessKeyId) => keys.get(accessKeyId),
    ...rest,
  });
}

export function refused(request: HttpRequest, dialect: Dialect, rest: Partial<Verification> = {}): AwsError {
  try {
    verify(request, dialect, rest);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

export const withHeader = (request: HttpRequest, name: string, value: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

export const listQueues = (): Promise<HttpRequest> =>
  captured(new SQSClient(config).send(new ListQueuesCommand({})));
export const s3 = new S3Client({ ...config, forcePathStyle: true });

export function presignedRequest({ pathname, search, host }: URL, method: string): HttpRequest {
  return {
    method,
    target: `${pathname}${search}`,
    headers: { host },
    body: new Uint8Array(),
    remoteAddress: "127.0.0.1",
    origin: "http://127.0.0.1:4566",
  };
}
