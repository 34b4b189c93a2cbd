/** Get and PutBucketNotificationConfiguration. */
import type { Call } from "../../../host/call.ts";
import { authorize } from "../access/authorize.ts";
import { openBucket, readConfig } from "../bucket.ts";
import { setNotifications } from "../notifications.ts";
import type { Input, Output } from "../types.ts";

export function getBucketNotificationConfiguration(
  call: Call,
  input: Input<"GetBucketNotificationConfiguration">,
): Output<"GetBucketNotificationConfiguration"> {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:GetBucketNotification" });
  return readConfig(bucket, "notification") ?? {};
}

export function putBucketNotificationConfiguration(
  call: Call,
  input: Input<"PutBucketNotificationConfiguration">,
): void {
  const bucket = openBucket(call, input);
  authorize(call, bucket, { action: "s3:PutBucketNotification" });
  setNotifications(
    call,
    bucket,
    input.NotificationConfiguration ?? {},
    input.SkipDestinationValidation === true,
  );
}
