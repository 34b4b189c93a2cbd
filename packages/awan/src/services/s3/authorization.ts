/**
 * How IAM sees S3: operations on buckets and objects decide for themselves once they know what they touch
 * (`access/authorize.ts`); those without a bucket are decided before.
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { accessDenied } from "./errors.ts";

type Named = { readonly Bucket?: string | undefined };

const undecided = (): readonly Access[] => [];

export const authorizationOf = (operations: Readonly<Record<string, unknown>>): Authorization => ({
  accesses: {
    ...Object.fromEntries(Object.keys(operations).map((name) => [name, undecided])),
    CreateBucket: (call: Call, input: Named) => ({
      action: "s3:CreateBucket",
      resource: `arn:${call.partition}:s3:::${input.Bucket ?? ""}`,
      resourceAccountId: call.accountId,
    }),
    ListBuckets: () => ({ action: "s3:ListAllMyBuckets", resource: "*" }),
  },
  denied: (_access, why) => accessDenied(why),
});
