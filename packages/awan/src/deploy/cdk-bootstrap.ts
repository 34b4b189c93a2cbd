/** What `cdk bootstrap` would have left behind, so that `cdk deploy` needs none; given up when it is run after all. */
import type { Call, Scope } from "../host/call.ts";
import { type Answer, mapAnswer, type Shell } from "../host/service.ts";
import { AwsError } from "../kernel/errors.ts";
import { emptyBucket } from "./cdk/empty-bucket.ts";

/** The version CDK's default synthesizer asks for is 6; newer features ask for more. */
const bootstrapVersion = "30";

const parameterName = "/cdk-bootstrap/hnb659fds/version";
/** By this the parameter is known to be ours, not a bootstrap stack's. */
const mark = "Put here by Awan, so that no bootstrap is needed.";

const bucketName = ({ accountId, region }: Scope): string => `cdk-hnb659fds-assets-${accountId}-${region}`;

/** Takes away what was put here, if it was, for the bootstrap stack to make its own. */
export async function giveUpCdkBootstrap(shell: Shell, scope: Scope): Promise<void> {
  await Promise.all([shell.load("ssm"), shell.load("s3")]);
  const filter = { ParameterFilters: [{ Key: "Name", Values: [parameterName] }] };
  const { Parameters } = await shell.invoke("ssm", "DescribeParameters", filter, scope);
  const [parameter] = Parameters as readonly { readonly Description?: string }[];
  if (parameter?.Description !== mark) return;
  await shell.invoke("ssm", "DeleteParameter", { Name: parameterName }, scope);
  await emptyBucket(shell, scope, bucketName(scope));
  await shell.invoke("s3", "DeleteBucket", { Bucket: bucketName(scope) }, scope);
}

/** Makes the parameter and the bucket of the call's account and region; what is there already stays. */
export function seedCdkBootstrap(call: Call): Answer<void> {
  unlessThere(() => {
    call.invoke("ssm", "PutParameter", {
      Name: parameterName,
      Description: mark,
      Type: "String",
      Value: bootstrapVersion,
    });
  });
  const bucket = call.tx.draft.attempt(() =>
    call.start("s3", "CreateBucket", {
      Bucket: bucketName(call),
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
