/** What depends on the region: its partition and the ARNs in it. */

const partitions = [
  ["cn-", "aws-cn"],
  ["us-iso-", "aws-iso"],
  ["us-isob", "aws-iso-b"],
  ["us-gov", "aws-us-gov"],
  ["eu-isoe", "aws-iso-e"],
  ["us-isof", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
] as const;

export const partitionOf = (region: string): string =>
  partitions.find(([prefix]) => region.toLowerCase().startsWith(prefix))?.[1] ?? "aws";

export const hasEdgeApis = (partition: string): boolean =>
  !partition.startsWith("aws-iso") && !["aws-us-gov", "aws-cn", "aws-eusc"].includes(partition);

export const managedPolicyArn = (partition: string, name: string): string =>
  `arn:${partition}:iam::aws:policy/${name}`;

/** An ARN of this account and region, for `Fn::Sub`. */
export const arnText = (partition: string, service: string, resource: string): string =>
  `arn:${partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;

export const xrayPolicyName = (partition: string): string =>
  partition === "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess";
