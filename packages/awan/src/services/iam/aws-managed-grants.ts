/**
 * What AWS managed policies allow, for deciding: the actions, on every resource. Only policies whose grant is short and
 * known for sure; one that is missing here is refused by name when a decision hangs on it.
 * Source: AWS Managed Policy Reference Guide.
 */
import { parsePolicy, type Policy } from "../../engines/iam-policy/document.ts";
import { notImplemented } from "../../kernel/errors.ts";

const writeLogs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const sendTraces = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:GetSamplingStatisticSummaries",
];

const grants: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ["*"],
  IAMFullAccess: ["iam:*", "organizations:Describe*", "organizations:List*"],
  IAMReadOnlyAccess: ["iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "iam:Simulate*"],
  AmazonS3FullAccess: ["s3:*", "s3-object-lambda:*"],
  AmazonS3ReadOnlyAccess: [
    "s3:Get*",
    "s3:List*",
    "s3:Describe*",
    "s3-object-lambda:Get*",
    "s3-object-lambda:List*",
  ],
  AmazonDynamoDBFullAccess: ["dynamodb:*", "dax:*"],
  AmazonSQSFullAccess: ["sqs:*"],
  AmazonSQSReadOnlyAccess: [
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListDeadLetterSourceQueues",
    "sqs:ListQueues",
    "sqs:ListMessageMoveTasks",
    "sqs:ListQueueTags",
  ],
  AmazonSNSFullAccess: ["sns:*"],
  AmazonSNSReadOnlyAccess: ["sns:GetTopicAttributes", "sns:List*", "sns:GetDataProtectionPolicy"],
  AmazonKinesisFullAccess: ["kinesis:*"],
  AmazonKinesisReadOnlyAccess: ["kinesis:Get*", "kinesis:List*", "kinesis:Describe*"],
  AmazonKinesisFirehoseFullAccess: ["firehose:*"],
  AmazonEventBridgeFullAccess: ["events:*", "schemas:*", "scheduler:*", "pipes:*"],
  AmazonEventBridgeSchedulerFullAccess: ["scheduler:*"],
  AWSStepFunctionsFullAccess: ["states:*"],
  AWSLambda_FullAccess: ["lambda:*", "logs:Describe*", "cloudwatch:List*", "cloudwatch:GetMetricData"],
  AWSLambdaExecute: ["logs:*", "s3:GetObject", "s3:PutObject"],
  "AWSLambdaInvocation-DynamoDB": [
    "lambda:InvokeFunction",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
  AWSXRayDaemonWriteAccess: sendTraces,
  AWSXrayWriteOnlyAccess: sendTraces,
  AWSXrayFullAccess: ["xray:*"],
  CloudWatchLogsFullAccess: ["logs:*", "cloudwatch:GenerateQuery"],
  CloudWatchLambdaInsightsExecutionRolePolicy: writeLogs,
  AmazonSSMReadOnlyAccess: ["ssm:Describe*", "ssm:Get*", "ssm:List*"],
  AmazonSSMFullAccess: ["ssm:*", "cloudwatch:PutMetricData"],
  SecretsManagerReadWrite: ["secretsmanager:*"],
  AmazonAPIGatewayAdministrator: ["apigateway:*"],
  AmazonAPIGatewayInvokeFullAccess: ["execute-api:Invoke", "execute-api:ManageConnections"],
  AmazonCognitoPowerUser: ["cognito-identity:*", "cognito-idp:*", "cognito-sync:*"],
  AmazonSESFullAccess: ["ses:*"],
  "service-role/AWSLambdaBasicExecutionRole": writeLogs,
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    ...writeLogs,
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    ...writeLogs,
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    ...writeLogs,
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
  "service-role/AWSLambdaKinesisExecutionRole": [
    ...writeLogs,
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
  ],
  "service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [
    ...writeLogs,
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
  ],
  "service-role/AWSAppSyncPushToCloudWatchLogs": writeLogs,
};

const parsed = new Map<string, Policy>();

/** Throws a NotImplementedException naming a policy whose grant is not known. */
export function awsManagedGrant(policyArn: string): Policy {
  const name = policyArn.slice(policyArn.indexOf(":policy/") + ":policy/".length);
  let policy = parsed.get(name);
  if (policy === undefined) {
    const Action = Object.hasOwn(grants, name) ? grants[name] : undefined;
    if (Action === undefined)
      throw notImplemented(`decisions by ${policyArn}: what it allows is not known here`);
    policy = parsePolicy({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
    parsed.set(name, policy);
  }
  return policy;
}
