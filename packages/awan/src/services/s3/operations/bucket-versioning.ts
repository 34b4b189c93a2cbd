/** Get and PutBucketVersioning. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { changeBucket, openBucket } from "../bucket.ts";
import { malformedXml, s3Error } from "../errors.ts";
import type { Input, Output } from "../types.ts";

export function getBucketVersioning(
  call: Call,
  input: Input<"GetBucketVersioning">,
): Output<"GetBucketVersioning"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketVersioning" });
  const { versioning } = bucket.row;
  return versioning === "Off" ? {} : { Status: versioning };
}

export function putBucketVersioning(call: Call, input: Input<"PutBucketVersioning">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketVersioning" });
  const { Status: status } = input.VersioningConfiguration;
  if (status === undefined) {
    throw s3Error("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified");
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  if (status === "Suspended" && bucket.row.lock !== null) {
    throw s3Error(
      "InvalidBucketState",
      409,
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    );
  }
  if (status === "Suspended" && bucket.row.configs.includes("replication")) {
    throw s3Error(
      "InvalidBucketState",
      409,
      "A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.",
    );
  }
  changeBucket(bucket, { versioning: status });
}
