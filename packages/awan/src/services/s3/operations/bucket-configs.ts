/** A bucket's stored configurations that S3 checks a little and hands back: tags, encryption, CORS, website, payer, logging and the like. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { type Bucket, deleteConfig, findBucket, openBucket, readConfig, writeConfig } from "../bucket.ts";
import { type CorsConfig, checkCors } from "../web/cors.ts";
import { invalidArgument, malformedXml, noSuchConfiguration, s3Error } from "../errors.ts";
import type { ConfigKind } from "../keys.ts";
import { type Tags, tagsOfDocument, toldTags } from "../tags.ts";
import type { Input, Output } from "../types.ts";
import { checkWebsite, type WebsiteConfig } from "../web/website-rules.ts";

type Named = { readonly Bucket: string; readonly ExpectedBucketOwner?: string | undefined };

function admit(call: Call, input: Named, action: string): Bucket {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action });
  return bucket;
}

function required(bucket: Bucket, kind: ConfigKind, code: string, message: string): object {
  const config = readConfig(bucket, kind);
  if (config === undefined) throw noSuchConfiguration(code, message, bucket.name);
  return config;
}

export function getBucketTagging(call: Call, input: Input<"GetBucketTagging">): Output<"GetBucketTagging"> {
  const bucket = admit(call, input, "s3:GetBucketTagging");
  const { tags } = required(bucket, "tagging", "NoSuchTagSet", "The TagSet does not exist") as { tags: Tags };
  return { TagSet: toldTags(tags) };
}

export function putBucketTagging(call: Call, input: Input<"PutBucketTagging">): void {
  const bucket = admit(call, input, "s3:PutBucketTagging");
  const tags = tagsOfDocument(input.Tagging.TagSet, "bucket");
  if (tags.length === 0) deleteConfig(bucket, "tagging");
  else writeConfig(bucket, "tagging", { tags });
}

export function deleteBucketTagging(call: Call, input: Input<"DeleteBucketTagging">): void {
  deleteConfig(admit(call, input, "s3:PutBucketTagging"), "tagging");
}

export function getBucketEncryption(
  call: Call,
  input: Input<"GetBucketEncryption">,
): Output<"GetBucketEncryption"> {
  const bucket = admit(call, input, "s3:GetEncryptionConfiguration");
  const config = readConfig(bucket, "encryption");
  const told = (config ?? {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
  }) as NonNullable<Output<"GetBucketEncryption">["ServerSideEncryptionConfiguration"]>;
  return { ServerSideEncryptionConfiguration: told };
}

export function putBucketEncryption(call: Call, input: Input<"PutBucketEncryption">): void {
  const bucket = admit(call, input, "s3:PutEncryptionConfiguration");
  const rules = input.ServerSideEncryptionConfiguration?.Rules;
  if (rules === undefined || rules.length !== 1) throw malformedXml();
  const [rule] = rules;
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (byDefault === undefined) throw malformedXml();
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = byDefault;
  if (algorithm !== "AES256" && algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") throw malformedXml();
  if (algorithm === "AES256" && key !== undefined) {
    throw invalidArgument(
      "ApplyServerSideEncryptionByDefault",
      undefined,
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
    );
  }
  writeConfig(bucket, "encryption", {
    Rules: [
      { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: rule?.BucketKeyEnabled ?? false },
    ],
  });
}

export function deleteBucketEncryption(call: Call, input: Input<"DeleteBucketEncryption">): void {
  deleteConfig(admit(call, input, "s3:PutEncryptionConfiguration"), "encryption");
}

export function getBucketCors(call: Call, input: Input<"GetBucketCors">): Output<"GetBucketCors"> {
  const bucket = admit(call, input, "s3:GetBucketCORS");
  const config = required(
    bucket,
    "cors",
    "NoSuchCORSConfiguration",
    "The CORS configuration does not exist",
  ) as CorsConfig;
  return config as Output<"GetBucketCors">;
}

export function putBucketCors(call: Call, input: Input<"PutBucketCors">): void {
  const bucket = admit(call, input, "s3:PutBucketCORS");
  const config = input.CORSConfiguration as CorsConfig | undefined;
  checkCors(config);
  writeConfig(bucket, "cors", config);
}

export function deleteBucketCors(call: Call, input: Input<"DeleteBucketCors">): void {
  deleteConfig(admit(call, input, "s3:PutBucketCORS"), "cors");
}

export function getBucketWebsite(call: Call, input: Input<"GetBucketWebsite">): Output<"GetBucketWebsite"> {
  const bucket = admit(call, input, "s3:GetBucketWebsite");
  const config = required(
    bucket,
    "website",
    "NoSuchWebsiteConfiguration",
    "The specified bucket does not have a website configuration",
  ) as WebsiteConfig;
  return config as Output<"GetBucketWebsite">;
}

export function putBucketWebsite(call: Call, input: Input<"PutBucketWebsite">): void {
  const bucket = admit(call, input, "s3:PutBucketWebsite");
  const config = input.WebsiteConfiguration as WebsiteConfig | undefined;
  checkWebsite(config);
  writeConfig(bucket, "website", config);
}

export function deleteBucketWebsite(call: Call, input: Input<"DeleteBucketWebsite">): void {
  deleteConfig(admit(call, input, "s3:DeleteBucketWebsite"), "website");
}

export function getBucketRequestPayment(
  call: Call,
  input: Input<"GetBucketRequestPayment">,
): Output<"GetBucketRequestPayment"> {
  const bucket = admit(call, input, "s3:GetBucketRequestPayment");
  return (
    readConfig(bucket, "requestPayment") ?? {
      Payer: "BucketOwner",
    }
  );
}

export function putBucketRequestPayment(call: Call, input: Input<"PutBucketRequestPayment">): void {
  const bucket = admit(call, input, "s3:PutBucketRequestPayment");
  const payer = input.RequestPaymentConfiguration?.Payer;
  if (payer !== "Requester" && payer !== "BucketOwner") throw malformedXml();
  writeConfig(bucket, "requestPayment", { Payer: payer });
}

export function getBucketAccelerateConfiguration(
  call: Call,
  input: Input<"GetBucketAccelerateConfiguration">,
): Output<"GetBucketAccelerateConfiguration"> {
  return readConfig(admit(call, input, "s3:GetAccelerateConfiguration"), "accelerate") ?? {};
}

export function putBucketAccelerateConfiguration(
  call: Call,
  input: Input<"PutBucketAccelerateConfiguration">,
): void {
  const bucket = admit(call, input, "s3:PutAccelerateConfiguration");
  if (bucket.name.includes("."))
    throw s3Error(
      "InvalidRequest",
      400,
      "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
    );
  const status = input.AccelerateConfiguration?.Status;
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  writeConfig(bucket, "accelerate", { Status: status });
}

export function getBucketLogging(call: Call, input: Input<"GetBucketLogging">): Output<"GetBucketLogging"> {
  return readConfig(admit(call, input, "s3:GetBucketLogging"), "logging") ?? {};
}

export function putBucketLogging(call: Call, input: Input<"PutBucketLogging">): void {
  const bucket = admit(call, input, "s3:PutBucketLogging");
  const enabled = input.BucketLoggingStatus?.LoggingEnabled;
  if (enabled === undefined) {
    deleteConfig(bucket, "logging");
    return;
  }
  if (enabled.TargetBucket === undefined || enabled.TargetBucket === "" || enabled.TargetPrefix === undefined)
    throw malformedXml();
  const target = findBucket(call, enabled.TargetBucket);
  if (target === undefined || target.row.accountId !== bucket.row.accountId) {
    throw s3Error("InvalidTargetBucketForLogging", 400, "The target bucket for logging does not exist", {
      TargetBucket: enabled.TargetBucket,
    });
  }
  if (target.row.region !== bucket.row.region) {
    throw s3Error("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ", {
      ...(bucket.row.region === "us-east-1" ? {} : { SourceBucketLocation: bucket.row.region }),
      TargetBucketLocation: target.row.region,
    });
  }
  writeConfig(bucket, "logging", { LoggingEnabled: enabled });
}

export function getBucketAbac(call: Call, input: Input<"GetBucketAbac">): Output<"GetBucketAbac"> {
  const bucket = admit(call, input, "s3:GetBucketAbac");
  return readConfig(bucket, "abac") ?? { AbacStatus: { Status: "Disabled" } };
}

export function putBucketAbac(call: Call, input: Input<"PutBucketAbac">): void {
  const bucket = admit(call, input, "s3:PutBucketAbac");
  const status = input.AbacStatus?.Status;
  if (status !== "Enabled" && status !== "Disabled") throw malformedXml();
  writeConfig(bucket, "abac", { AbacStatus: { Status: status } });
}
