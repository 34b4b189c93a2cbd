/**
 * What a resource is now, read back through its service's own operations and put under the names of its properties. A
 * type that is not here is not checked, as on AWS; of a type that is, only the properties listed are.
 */
import type { Call } from "../../host/call.ts";
import { type Dict, isDict } from "../template/value.ts";

type Read = (call: Call, physicalId: string) => Dict;

interface Reader {
  /** The service whose operations are asked. */
  readonly service: string;
  readonly read: Read;
}

const reader = (
  service: string,
  operation: string,
  input: (physicalId: string) => Dict,
  properties: (answer: Dict) => Dict,
): Reader => ({
  service,
  read: (call, physicalId) => properties(call.invoke(service, operation, input(physicalId))),
});

const at = (value: unknown, ...path: readonly string[]): Dict => {
  let current: unknown = value;
  for (const name of path) current = isDict(current) ? current[name] : undefined;
  return isDict(current) ? current : {};
};

const first = (value: unknown): Dict => (Array.isArray(value) && isDict(value[0]) ? value[0] : {});

const pick = (from: Dict, names: string): Dict =>
  Object.fromEntries(names.split(" ").flatMap((name) => (name in from ? [[name, from[name]]] : [])));

const documentOf = (value: unknown): unknown =>
  typeof value === "string" ? (JSON.parse(decodeURIComponent(value)) as unknown) : value;

export const readers: Readonly<Record<string, Reader>> = {
  "AWS::DynamoDB::Table": reader(
    "dynamodb",
    "DescribeTable",
    (TableName) => ({ TableName }),
    (answer) => {
      const table = at(answer, "Table");
      const billing = at(table, "BillingModeSummary");
      return {
        ...pick(table, "AttributeDefinitions KeySchema TableName"),
        ...pick(billing, "BillingMode"),
        ...(table["DeletionProtectionEnabled"] === undefined ? {} : pick(table, "DeletionProtectionEnabled")),
      };
    },
  ),
  "AWS::IAM::Role": reader(
    "iam",
    "GetRole",
    (RoleName) => ({ RoleName }),
    (answer) => {
      const role = at(answer, "Role");
      return {
        ...pick(role, "Description MaxSessionDuration Path RoleName"),
        AssumeRolePolicyDocument: documentOf(role["AssumeRolePolicyDocument"]),
      };
    },
  ),
  "AWS::KMS::Key": reader(
    "kms",
    "DescribeKey",
    (KeyId) => ({ KeyId }),
    (answer) => pick(at(answer, "KeyMetadata"), "Description Enabled KeySpec KeyUsage MultiRegion"),
  ),
  "AWS::Lambda::Function": reader(
    "lambda",
    "GetFunctionConfiguration",
    (FunctionName) => ({ FunctionName }),
    (answer) => ({
      ...pick(answer, "Architectures Description FunctionName Handler MemorySize Role Runtime Timeout"),
      ...(isDict(answer["Environment"]) ? { Environment: pick(answer["Environment"], "Variables") } : {}),
    }),
  ),
  "AWS::Logs::LogGroup": reader(
    "logs",
    "DescribeLogGroups",
    (logGroupNamePrefix) => ({ logGroupNamePrefix, limit: 1 }),
    (answer) => {
      const group = first(answer["logGroups"]);
      return { LogGroupName: group["logGroupName"], RetentionInDays: group["retentionInDays"] };
    },
  ),
  "AWS::S3::Bucket": reader(
    "s3",
    "GetBucketVersioning",
    (Bucket) => ({ Bucket }),
    (answer) => (answer["Status"] === undefined ? {} : { VersioningConfiguration: pick(answer, "Status") }),
  ),
  "AWS::SNS::Topic": reader(
    "sns",
    "GetTopicAttributes",
    (TopicArn) => ({ TopicArn }),
    (answer) => {
      const attributes = at(answer, "Attributes");
      return {
        ...pick(attributes, "DisplayName KmsMasterKeyId SignatureVersion TracingConfig"),
        TopicName: String(attributes["TopicArn"]).split(":").at(-1),
      };
    },
  ),
  "AWS::SQS::Queue": reader(
    "sqs",
    "GetQueueAttributes",
    (QueueUrl) => ({ QueueUrl, AttributeNames: ["All"] }),
    (answer) => {
      const attributes = at(answer, "Attributes");
      const redrive = attributes["RedrivePolicy"];
      return {
        ...pick(
          attributes,
          "ContentBasedDeduplication DelaySeconds FifoQueue KmsMasterKeyId MaximumMessageSize ReceiveMessageWaitTimeSeconds VisibilityTimeout",
        ),
        MessageRetentionPeriod: attributes["MessageRetentionPeriod"],
        QueueName: String(attributes["QueueArn"]).split(":").at(-1),
        ...(typeof redrive === "string" ? { RedrivePolicy: JSON.parse(redrive) as unknown } : {}),
      };
    },
  ),
  "AWS::SSM::Parameter": reader(
    "ssm",
    "GetParameter",
    (Name) => ({ Name }),
    (answer) => pick(at(answer, "Parameter"), "DataType Name Type Value"),
  ),
  "AWS::SecretsManager::Secret": reader(
    "secretsmanager",
    "DescribeSecret",
    (SecretId) => ({ SecretId }),
    (answer) => pick(answer, "Description KmsKeyId Name"),
  ),
};
