/** Get, Put and DeleteBucketReplication. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { deleteConfig, findBucket, openBucket, readConfig, writeConfig } from "../bucket.ts";
import { invalidRequest, malformedXml, noSuchConfiguration } from "../errors.ts";
import { bucketOfArn, type ReplicationConfig } from "../replication.ts";
import type { Input, Output } from "../types.ts";

export function getBucketReplication(
  call: Call,
  input: Input<"GetBucketReplication">,
): Output<"GetBucketReplication"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetReplicationConfiguration" });
  const config = readConfig(bucket, "replication");
  if (config === undefined) {
    throw noSuchConfiguration(
      "ReplicationConfigurationNotFoundError",
      "The replication configuration was not found",
      bucket.name,
    );
  }
  return {
    ReplicationConfiguration: config as NonNullable<
      Output<"GetBucketReplication">["ReplicationConfiguration"]
    >,
  };
}

export function putBucketReplication(call: Call, input: Input<"PutBucketReplication">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutReplicationConfiguration" });
  const config = input.ReplicationConfiguration as ReplicationConfig | undefined;
  if (config?.Role === undefined || config.Rules === undefined || config.Rules.length === 0)
    throw malformedXml();
  if (bucket.row.versioning !== "Enabled")
    throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  const rules = config.Rules.map((rule) => {
    const target = rule.Destination?.Bucket;
    if (target === undefined || (rule.Status !== "Enabled" && rule.Status !== "Disabled"))
      throw malformedXml();
    const destination = findBucket(call, bucketOfArn(target));
    if (destination?.row.versioning !== "Enabled")
      throw invalidRequest("Destination bucket must have versioning enabled.");
    return { ...rule, ID: rule.ID ?? call.random.uuid() };
  });
  writeConfig(bucket, "replication", { Role: config.Role, Rules: rules });
}

export function deleteBucketReplication(call: Call, input: Input<"DeleteBucketReplication">): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutReplicationConfiguration" });
  deleteConfig(bucket, "replication");
}
