/** AWS managed policies by name: where in IAM's paths a name that templates use is found. */
import type { Sam } from "./sam.ts";

/** Names of policies under `service-role/` that functions and state machines are given. */
const serviceRole =
  /^(AWSLambda(BasicExecutionRole|BasicDurableExecutionRolePolicy|DynamoDBExecutionRole|ENIManagementAccess|KinesisExecutionRole|MSKExecutionRole|MicroserviceExecutionRole|Role|SQSQueueExecutionRole|VPCAccessExecutionRole)|AmazonAPIGatewayPushToCloudWatchLogs|AWSAppSyncPushToCloudWatchLogs|AWSBatchServiceRole|AWSCodeDeployRole(ForLambda|ForLambdaLimited|ForECS)?|AWSConfigRole|AWSGlueServiceRole|AWSIoTLogging|AWSIoTRuleActions|AWSStepFunctions.*|AmazonECSTaskExecutionRolePolicy|AmazonEC2RoleforSSM|AmazonS3ObjectLambdaExecutionRolePolicy|CloudwatchApplicationInsightsServiceLinkedRolePolicy)$/;

const known =
  /^(AWS|Amazon|AlexaForBusiness|CloudWatch|CloudFront|Comprehend|IAM|SecretsManager|AdministratorAccess$|PowerUserAccess$|ReadOnlyAccess$|SecurityAudit$|ViewOnlyAccess$|AutoScaling|Translate|Textract|Resource)/;

/** The policy's ARN; a name that is no AWS managed policy's, or an ARN, stays as it is. */
export function managedPolicyByName(sam: Pick<Sam, "partition">, name: string): string {
  if (name.startsWith("arn:")) return name;
  const arn = (path: string): string => `arn:${sam.partition}:iam::aws:policy/${path}${name}`;
  if (serviceRole.test(name)) return arn("service-role/");
  return known.test(name) ? arn("") : name;
}
