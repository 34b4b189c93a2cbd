/** S3's refusals: code, status, AWS's text, and the fields that stand beside the message in the XML. */
import { AwsError } from "../../kernel/errors.ts";

type Members = Readonly<Record<string, unknown>>;

/** `members` become elements of `<Error>`; `$headers` are response headers. */
export function s3Error(code: string, status: number, message: string, members: Members = {}): AwsError {
  return new AwsError(code, message, { status, members, fault: status >= 500 ? "server" : "client" });
}

export const noSuchBucket = (bucket: string): AwsError =>
  s3Error("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: bucket });

export const noSuchKey = (key: string, headers: Readonly<Record<string, string>> = {}): AwsError =>
  s3Error("NoSuchKey", 404, "The specified key does not exist.", { Key: key, $headers: headers });

export const noSuchVersion = (key: string, versionId: string): AwsError =>
  s3Error("NoSuchVersion", 404, "The specified version does not exist.", { Key: key, VersionId: versionId });

export const noSuchUpload = (uploadId: string): AwsError =>
  s3Error(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );

export const accessDenied = (message = "Access Denied"): AwsError => s3Error("AccessDenied", 403, message);

export const invalidArgument = (name: string, value: string | undefined, message: string): AwsError =>
  s3Error("InvalidArgument", 400, message, {
    ArgumentName: name,
    ...(value === undefined ? {} : { ArgumentValue: value }),
  });

export const invalidRequest = (message: string): AwsError => s3Error("InvalidRequest", 400, message);

export const malformedXml = (): AwsError =>
  s3Error(
    "MalformedXML",
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

export const preconditionFailed = (condition: string): AwsError =>
  s3Error("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

export const notModified = (headers: Readonly<Record<string, string>>): AwsError =>
  s3Error("NotModified", 304, "Not Modified", { $headers: headers });

export const invalidDigest = (value: string): AwsError =>
  s3Error("InvalidDigest", 400, "The Content-MD5 you specified was invalid.", { "Content-MD5": value });

export const badDigest = (message: string, members: Members = {}): AwsError =>
  s3Error("BadDigest", 400, message, members);

export const methodNotAllowed = (
  method: string,
  resourceType: string,
  headers: Readonly<Record<string, string>>,
): AwsError =>
  s3Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", {
    Method: method,
    ResourceType: resourceType,
    $headers: headers,
  });

export const invalidTag = (message: string, members: Members = {}): AwsError =>
  s3Error("InvalidTag", 400, message, members);

export const noSuchConfiguration = (code: string, message: string, bucket: string): AwsError =>
  s3Error(code, 404, message, { BucketName: bucket });

export const slowDown = (): AwsError => s3Error("SlowDown", 503, "Please reduce your request rate.");
