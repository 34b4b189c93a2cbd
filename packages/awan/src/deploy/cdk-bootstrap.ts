/** What `cdk bootstrap` would have left behind, so that `cdk deploy` needs none. */
import type { Call } from "../host/call.ts";
import { type Answer, mapAnswer } from "../host/service.ts";
import { AwsError } from "../kernel/errors.ts";

/** The version CDK's default synthesizer asks for is 6; newer features ask for more. */
const bootstrapVersion = "30";

/** Makes the parameter and the bucket of the call's account and region; what is there already stays. */
export function seedCdkBootstrap(call: Call): Answer<void> {
  unlessThere(() => {
    call.invoke("ssm", "PutParameter", {
      Name: "/cdk-bootstrap/hnb659fds/version",
      Type: "String",
      Value: bootstrapVersion,
    });
  });
  const bucket = call.tx.draft.attempt(() =>
    call.start("s3", "CreateBucket", {
      Bucket: `cdk-hnb659fds-assets-${call.accountId}-${call.region}`,
      ...(call.region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: call.region } }),
    }),
  );
  if (bucket instanceof AwsError) {
    if (/AlreadyExists|AlreadyOwned/.test(bucket.code)) return undefined;
    throw bucket;
  }
  return mapAnswer<Record<string, unknown>, void>(bucket, () => undefined, call);
}

function unlessThere(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof AwsError) || !/AlreadyExists/.test(error.code)) throw error;
  }
}
