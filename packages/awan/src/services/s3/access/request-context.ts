/** Policy condition keys that come from a request's own headers. */
import { tagsOfHeader } from "../tags.ts";

const members = {
  ACL: "s3:x-amz-acl",
  GrantRead: "s3:x-amz-grant-read",
  GrantWrite: "s3:x-amz-grant-write",
  GrantReadACP: "s3:x-amz-grant-read-acp",
  GrantWriteACP: "s3:x-amz-grant-write-acp",
  GrantFullControl: "s3:x-amz-grant-full-control",
  CopySource: "s3:x-amz-copy-source",
  MetadataDirective: "s3:x-amz-metadata-directive",
  ServerSideEncryption: "s3:x-amz-server-side-encryption",
  SSEKMSKeyId: "s3:x-amz-server-side-encryption-aws-kms-key-id",
  SSECustomerAlgorithm: "s3:x-amz-server-side-encryption-customer-algorithm",
  StorageClass: "s3:x-amz-storage-class",
  WebsiteRedirectLocation: "s3:x-amz-website-redirect-location",
  Prefix: "s3:prefix",
  Delimiter: "s3:delimiter",
  MaxKeys: "s3:max-keys",
  VersionId: "s3:VersionId",
  ObjectLockMode: "s3:object-lock-mode",
  ObjectLockLegalHoldStatus: "s3:object-lock-legal-hold",
  IfMatch: "s3:if-match",
  IfNoneMatch: "s3:if-none-match",
} as const;

export function requestContext(input: object): Record<string, string> {
  const given = input as Readonly<Record<string, unknown>>;
  const context: Record<string, string> = {};
  for (const [member, key] of Object.entries(members)) {
    const value = given[member];
    if (typeof value === "string" || typeof value === "number") context[key] = String(value);
  }
  const headers = given["$headers"] as Readonly<Record<string, string>> | undefined;
  if (headers?.["x-amz-content-sha256"] !== undefined)
    context["s3:x-amz-content-sha256"] = headers["x-amz-content-sha256"];
  const copySource = context["s3:x-amz-copy-source"];
  if (copySource !== undefined) context["s3:x-amz-copy-source"] = copySource.replace(/^\//, "");
  const tagging = given["Tagging"];
  if (typeof tagging === "string") {
    for (const [key, value] of tagsOfHeader(tagging)) context[`s3:RequestObjectTag/${key}`] = value;
  }
  return context;
}
