/**
 * AWS managed policies that templates name most, by name only: enough for GetPolicy and ListPolicies. Their documents
 * are AWS's own and are not kept here, but for the few whose content follows from the name.
 */
import type { Policy } from "@aws-sdk/client-iam";
import { createHash } from "node:crypto";

const names: readonly string[] = [
  "AdministratorAccess",
  "PowerUserAccess",
  "ReadOnlyAccess",
  "SecurityAudit",
  "IAMFullAccess",
  "IAMReadOnlyAccess",
  "AmazonS3FullAccess",
  "AmazonS3ReadOnlyAccess",
  "AmazonDynamoDBFullAccess",
  "AmazonDynamoDBReadOnlyAccess",
  "AmazonSQSFullAccess",
  "AmazonSQSReadOnlyAccess",
  "AmazonSNSFullAccess",
  "AmazonSNSReadOnlyAccess",
  "AmazonKinesisFullAccess",
  "AmazonKinesisReadOnlyAccess",
  "AmazonKinesisFirehoseFullAccess",
  "AmazonEventBridgeFullAccess",
  "AmazonEventBridgeReadOnlyAccess",
  "AmazonEventBridgeSchedulerFullAccess",
  "AWSStepFunctionsFullAccess",
  "AWSStepFunctionsReadOnlyAccess",
  "AWSLambda_FullAccess",
  "AWSLambda_ReadOnlyAccess",
  "AWSLambdaExecute",
  "AWSLambdaInvocation-DynamoDB",
  "AWSXRayDaemonWriteAccess",
  "AWSXrayWriteOnlyAccess",
  "AWSXrayFullAccess",
  "CloudWatchFullAccess",
  "CloudWatchLogsFullAccess",
  "CloudWatchLogsReadOnlyAccess",
  "CloudWatchReadOnlyAccess",
  "CloudWatchAgentServerPolicy",
  "CloudWatchLambdaInsightsExecutionRolePolicy",
  "AmazonSSMFullAccess",
  "AmazonSSMReadOnlyAccess",
  "AmazonSSMManagedInstanceCore",
  "SecretsManagerReadWrite",
  "AmazonAPIGatewayAdministrator",
  "AmazonAPIGatewayInvokeFullAccess",
  "AmazonCognitoPowerUser",
  "AmazonCognitoReadOnly",
  "AmazonSESFullAccess",
  "AmazonAthenaFullAccess",
  "AmazonECS_FullAccess",
  "AmazonEC2FullAccess",
  "AmazonEC2ReadOnlyAccess",
  "AmazonVPCFullAccess",
  "AmazonRDSFullAccess",
  "AmazonRDSDataFullAccess",
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonEC2ContainerRegistryPowerUser",
  "AWSCloudFormationFullAccess",
  "AmazonBedrockFullAccess",
  "AmazonTextractFullAccess",
  "AmazonRekognitionFullAccess",
  "TranslateFullAccess",
  "ComprehendFullAccess",
  "service-role/AWSLambdaBasicExecutionRole",
  "service-role/AWSLambdaVPCAccessExecutionRole",
  "service-role/AWSLambdaSQSQueueExecutionRole",
  "service-role/AWSLambdaDynamoDBExecutionRole",
  "service-role/AWSLambdaKinesisExecutionRole",
  "service-role/AWSLambdaMSKExecutionRole",
  "service-role/AWSLambdaRole",
  "service-role/AWSLambdaENIManagementAccess",
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  "service-role/AWSAppSyncPushToCloudWatchLogs",
  "service-role/AmazonECSTaskExecutionRolePolicy",
  "service-role/AmazonEC2ContainerServiceforEC2Role",
  "service-role/AWSBatchServiceRole",
  "service-role/AWSConfigRole",
  "service-role/AWSGlueServiceRole",
  "service-role/AmazonS3ObjectLambdaExecutionRolePolicy",
  "service-role/AWSBackupServiceRolePolicyForBackup",
];

export const awsPolicyArns: readonly string[] = names.map((name) => `arn:aws:iam::aws:policy/${name}`);

const known = new Set(awsPolicyArns);

/** The policy's record without its counts, or undefined when it is not known here. */
export function awsManagedPolicy(policyArn: string): Policy | undefined {
  if (!known.has(policyArn)) return undefined;
  const resource = policyArn.slice(policyArn.indexOf(":policy/") + ":policy/".length);
  const slash = resource.lastIndexOf("/");
  const digest = createHash("sha256").update(policyArn).digest();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return {
    PolicyName: resource.slice(slash + 1),
    PolicyId: `ANPA${[...digest.subarray(0, 17)].map((byte) => alphabet.charAt(byte & 31)).join("")}`,
    Arn: policyArn,
    Path: slash === -1 ? "/" : `/${resource.slice(0, slash + 1)}`,
    DefaultVersionId: "v1",
    IsAttachable: true,
    CreateDate: new Date(Date.UTC(2015, 1, 6, 18, 40)),
    UpdateDate: new Date(Date.UTC(2015, 1, 6, 18, 40)),
  };
}
