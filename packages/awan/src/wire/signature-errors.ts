/**
 * Refusals of signatures in AWS's words. The same finding has one code in S3, another in the query protocol, another in
 * JSON, and EC2's own. Texts: IAM User Guide "Troubleshoot signed requests", S3 API Reference "Error responses".
 */
import { AwsError } from "../kernel/errors.ts";

/** Whose error codes: by protocol, but for S3 and EC2, which have their own. */
export type Dialect = "s3" | "query" | "json" | "rest-json" | "ec2";

interface Code {
  readonly s3: readonly [code: string, status: number];
  readonly query: readonly [code: string, status: number];
  readonly json: readonly [code: string, status: number];
  readonly ec2: readonly [code: string, status: number];
}

const codes = {
  mismatch: {
    s3: ["SignatureDoesNotMatch", 403],
    query: ["SignatureDoesNotMatch", 403],
    json: ["InvalidSignatureException", 400],
    ec2: ["SignatureDoesNotMatch", 403],
  },
  incomplete: {
    s3: ["AuthorizationHeaderMalformed", 400],
    query: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
    ec2: ["IncompleteSignature", 400],
  },
  missing: {
    s3: ["AccessDenied", 403],
    query: ["MissingAuthenticationToken", 403],
    json: ["MissingAuthenticationTokenException", 400],
    ec2: ["MissingAuthenticationToken", 403],
  },
  unknownKey: {
    s3: ["InvalidAccessKeyId", 403],
    query: ["InvalidClientTokenId", 403],
    json: ["UnrecognizedClientException", 400],
    ec2: ["AuthFailure", 401],
  },
  badToken: {
    s3: ["InvalidToken", 400],
    query: ["InvalidClientTokenId", 403],
    json: ["UnrecognizedClientException", 400],
    ec2: ["AuthFailure", 401],
  },
  expiredToken: {
    s3: ["ExpiredToken", 400],
    query: ["ExpiredToken", 403],
    json: ["ExpiredTokenException", 400],
    ec2: ["RequestExpired", 400],
  },
  late: {
    s3: ["RequestTimeTooSkewed", 403],
    query: ["SignatureDoesNotMatch", 403],
    json: ["InvalidSignatureException", 400],
    ec2: ["RequestExpired", 400],
  },
} as const satisfies Record<string, Code>;

export type Finding = keyof typeof codes;

const texts: Readonly<Record<Finding, Partial<Record<Dialect, string>> & { readonly other: string }>> = {
  mismatch: {
    s3: "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    other:
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  },
  incomplete: { other: "Request signature is incomplete." },
  missing: {
    s3: "Access Denied",
    query: "Request is missing Authentication Token",
    other: "Missing Authentication Token",
  },
  unknownKey: {
    s3: "The AWS Access Key Id you provided does not exist in our records.",
    ec2: "AWS was not able to validate the provided access credentials",
    other: "The security token included in the request is invalid.",
  },
  badToken: {
    s3: "The provided token is malformed or otherwise invalid.",
    ec2: "AWS was not able to validate the provided access credentials",
    other: "The security token included in the request is invalid.",
  },
  expiredToken: {
    s3: "The provided token has expired.",
    ec2: "Request has expired.",
    other: "The security token included in the request is expired",
  },
  late: {
    s3: "The difference between the request time and the current time is too large.",
    ec2: "Request has expired.",
    other: "Signature expired",
  },
};

/** The refusal in the service's dialect; `message` replaces the dialect's own text. */
export function refusal(
  finding: Finding,
  dialect: Dialect,
  message?: string,
  members: Readonly<Record<string, unknown>> = {},
): AwsError {
  const [code, status] = codes[finding][dialect === "rest-json" ? "json" : dialect];
  const text = message ?? texts[finding][dialect] ?? texts[finding].other;
  return new AwsError(code, text, { status: dialect === "rest-json" ? 403 : status, members });
}

/** The refusal of a request that has no signature where one is needed. */
export function missingAuthentication(dialect: Dialect): AwsError {
  return refusal("missing", dialect);
}

/** S3's refusals that no other service has. */
export const s3Refusal = {
  malformed: (detail: string, members = {}): AwsError =>
    new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${detail}`, {
      status: 400,
      members,
    }),
  badQuery: (message: string): AwsError =>
    new AwsError("AuthorizationQueryParametersError", message, { status: 400 }),
  denied: (message: string, members = {}): AwsError =>
    new AwsError("AccessDenied", message, { status: 403, members }),
  missingHash: (): AwsError =>
    new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", {
      status: 400,
    }),
  invalidHash: (value: string): AwsError =>
    new AwsError(
      "InvalidArgument",
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
      { status: 400, members: { ArgumentName: "x-amz-content-sha256", ArgumentValue: value } },
    ),
  wrongHash: (given: string, computed: string): AwsError =>
    new AwsError(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      {
        status: 400,
        members: { ClientComputedContentSHA256: given, S3ComputedContentSHA256: computed },
      },
    ),
};
