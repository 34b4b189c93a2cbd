/**
 * Server access logs: every answered request to a bucket that is logged leaves a line, and an hour later the lines become
 * an object in the target bucket ("Amazon S3 server access log format", User Guide). Refused requests leave none here:
 * what they write is undone with them.
 */
import type { Call } from "../../host/call.ts";
import { type Duty, mapAnswer, type Operation } from "../../host/service.ts";
import { canonicalUserId } from "./access/acl.ts";
import { sourceIpOf } from "./access/authorize.ts";
import { type Bucket, findBucket, readConfig } from "./bucket.ts";
import { logLines } from "./keys.ts";
import { s3Port } from "./s3-port.ts";

const deliveryDelayMs = 3_600_000;
const linesPerObject = 500;

interface LoggingConfig {
  readonly LoggingEnabled: {
    readonly TargetBucket: string;
    readonly TargetPrefix: string;
    readonly TargetObjectKeyFormat?: {
      readonly PartitionedPrefix?: { readonly PartitionDateSource?: string | undefined } | undefined;
    };
  };
}

/** As logs name operations: `REST.<method>.<resource>`, but for those that are told otherwise. */
const resources: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "REST.DELETE.UPLOAD",
  CompleteMultipartUpload: "REST.POST.UPLOAD",
  CopyObject: "REST.COPY.OBJECT",
  CreateMultipartUpload: "REST.POST.UPLOADS",
  DeleteObject: "REST.DELETE.OBJECT",
  DeleteObjects: "REST.POST.MULTI_OBJECT_DELETE",
  DeleteObjectTagging: "REST.DELETE.OBJECT_TAGGING",
  GetBucketAcl: "REST.GET.ACL",
  GetBucketLocation: "REST.GET.LOCATION",
  GetBucketPolicy: "REST.GET.BUCKETPOLICY",
  GetBucketVersioning: "REST.GET.VERSIONING",
  GetObject: "REST.GET.OBJECT",
  GetObjectAcl: "REST.GET.ACL",
  GetObjectAttributes: "REST.GET.OBJECT_ATTRIBUTES",
  GetObjectTagging: "REST.GET.OBJECT_TAGGING",
  HeadBucket: "REST.HEAD.BUCKET",
  HeadObject: "REST.HEAD.OBJECT",
  ListMultipartUploads: "REST.GET.UPLOADS",
  ListObjects: "REST.GET.BUCKET",
  ListObjectsV2: "REST.GET.BUCKET",
  ListObjectVersions: "REST.GET.BUCKETVERSIONS",
  ListParts: "REST.GET.UPLOAD",
  PutBucketAcl: "REST.PUT.ACL",
  PutBucketPolicy: "REST.PUT.BUCKETPOLICY",
  PutObject: "REST.PUT.OBJECT",
  PutObjectAcl: "REST.PUT.ACL",
  PutObjectTagging: "REST.PUT.OBJECT_TAGGING",
  RestoreObject: "REST.POST.OBJECT",
  UploadPart: "REST.PUT.PART",
  UploadPartCopy: "REST.COPY.PART",
};

interface Told {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly ContentLength?: number;
  readonly VersionId?: string;
}

/** The operations, each leaving its line. */
export const logged = <Operations extends Readonly<Record<string, Operation>>>(
  operations: Operations,
): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, run]) => {
      const operation = resources[name];
      if (operation === undefined) return [name, run];
      const wrapped = (call: Call, input: Told) =>
        mapAnswer(
          run(call, input as never),
          (later, output) => {
            record(later, operation, input, output ?? {});
            return output;
          },
          call,
        );
      return [name, wrapped];
    }),
  ) as unknown as Operations;

function record(call: Call, operation: string, input: Told, output: Told): void {
  const bucket = findBucket(call, input.Bucket ?? "");
  if (bucket === undefined || !bucket.row.configs.includes("logging")) return;
  const { tx, nowMs } = bucket.call;
  if (logLines.first(tx, [bucket.name]) === undefined)
    bucket.call.schedule("s3.deliverLogs", [bucket.name], nowMs + deliveryDelayMs);
  logLines.set(tx, [bucket.name, nowMs, call.requestId], lineOf(call, bucket, operation, { input, output }));
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number): string => String(number).padStart(2, "0");

/** `[06/Feb/2026:00:00:38 +0000]` */
function logTime(timeMs: number): string {
  const at = new Date(timeMs);
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `[${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000]`;
}

const quoted = (text: string | undefined): string =>
  text === undefined ? "-" : `"${text.replaceAll('"', "%22")}"`;

function lineOf(
  call: Call,
  bucket: Bucket,
  operation: string,
  { input, output }: { readonly input: Told; readonly output: Told },
): string {
  const { principal, http, requestId, nowMs, startedAtMs } = call;
  const requester =
    principal.kind === "anonymous"
      ? "-"
      : principal.kind === "root"
        ? canonicalUserId(principal.accountId)
        : principal.arn;
  const isPresigned = /[?&](X-Amz-Signature|Signature)=/.test(http?.target ?? "");
  const isRead = operation === "REST.GET.OBJECT";
  const isWrite = operation === "REST.PUT.OBJECT" || operation === "REST.PUT.PART";
  const took = String(nowMs - startedAtMs);
  const fields = [
    canonicalUserId(bucket.row.accountId),
    bucket.name,
    logTime(nowMs),
    sourceIpOf(call),
    requester,
    requestId.replaceAll("-", "").slice(0, 16).toUpperCase(),
    operation,
    input.Key === undefined ? "-" : encodeURIComponent(input.Key).replaceAll("%2F", "/"),
    http === undefined ? "-" : quoted(`${http.method} ${http.target} HTTP/1.1`),
    operation.startsWith("REST.DELETE.") ? "204" : "200",
    "-",
    isRead ? String(output.ContentLength ?? "-") : "-",
    isRead ? String(output.ContentLength ?? "-") : isWrite ? String(input.ContentLength ?? "-") : "-",
    took,
    took,
    quoted(http?.headers["referer"] ?? "-"),
    quoted(http?.headers["user-agent"] ?? "-"),
    input.VersionId ?? "-",
    Buffer.from(`${requestId}/${requestId}`).toString("base64"),
    principal.kind === "anonymous" ? "-" : "SigV4",
    "-",
    principal.kind === "anonymous" ? "-" : isPresigned ? "QueryString" : "AuthHeader",
    http?.headers["host"] ?? "-",
    "-",
    bucket.accessPoint?.arn ?? "-",
    "-",
  ];
  return fields.join(" ");
}

/** Makes objects of the lines of a bucket. */
export const deliverLogs: Duty = (call, key) => {
  const bucket = findBucket(call, key[0] as string);
  if (bucket === undefined) return;
  const lines: string[] = [];
  for (const { key: lineKey, value } of logLines.scan(bucket.call.tx, [bucket.name])) {
    if (lines.length === linesPerObject) {
      bucket.call.schedule("s3.deliverLogs", [bucket.name], call.nowMs);
      break;
    }
    lines.push(value);
    logLines.delete(bucket.call.tx, lineKey);
  }
  const config = readConfig(bucket, "logging") as LoggingConfig | undefined;
  const target = config && findBucket(call, config.LoggingEnabled.TargetBucket);
  if (config === undefined || target === undefined || lines.length === 0) return;
  const writer = call.as({
    kind: "service",
    arn: "logging.s3.amazonaws.com",
    accountId: target.row.accountId,
  });
  s3Port.put(writer, {
    bucket: target.name,
    key: logKey(call, bucket, config.LoggingEnabled),
    content: Buffer.from(`${lines.join("\n")}\n`),
    contentType: "text/plain",
  });
};

function logKey(call: Call, bucket: Bucket, config: LoggingConfig["LoggingEnabled"]): string {
  const at = new Date(call.nowMs);
  const [year, month, day] = [String(at.getUTCFullYear()), two(at.getUTCMonth() + 1), two(at.getUTCDate())];
  const clock = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join("-");
  const name = `${year}-${month}-${day}-${clock}-${call.random.hex(16).toUpperCase()}`;
  if (config.TargetObjectKeyFormat?.PartitionedPrefix === undefined) return `${config.TargetPrefix}${name}`;
  const { accountId, region } = bucket.row;
  return `${config.TargetPrefix}${accountId}/${region}/${bucket.name}/${year}/${month}/${day}/${name}`;
}
