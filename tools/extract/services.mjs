/**
 * The services Awan has tables for: our name, where it differs the client package's and botocore's name, and the few
 * facts neither of the two carries.
 */

/**
 * @typedef {object} ServiceSource
 * @property {string} name our name, that of the table
 * @property {string} client what follows `@aws-sdk/client-`
 * @property {string} botocore its folder in botocore's data
 * @property {readonly string[]} protocols protocols AWS answers beside the one the client speaks
 * @property {string} [xmlNamespace] of query answers, where the client no longer speaks query
 * @property {readonly string[]} signing further signing names
 */

const differences = {
  sqs: { protocols: ["query"], xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/" },
  "dynamodb-streams": { botocore: "dynamodbstreams" },
  s3: { signing: ["s3express", "s3-object-lambda"] },
  "s3-control": { botocore: "s3control", signing: ["s3express", "s3-outposts"] },
  apigateway: { client: "api-gateway" },
  events: { client: "eventbridge" },
  sfn: { botocore: "stepfunctions" },
  kinesis: { protocols: ["amzCbor"] },
  logs: { client: "cloudwatch-logs" },
  cloudwatch: {
    protocols: ["rpcv2Cbor", "query"],
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  },
  secretsmanager: { client: "secrets-manager" },
  "cognito-idp": { client: "cognito-identity-provider" },
  elbv2: { client: "elastic-load-balancing-v2" },
  resourcegroupstaggingapi: { client: "resource-groups-tagging-api" },
  route53: { client: "route-53" },
};

const names = `sqs sns dynamodb dynamodb-streams s3 s3-control lambda apigateway apigatewayv2 apigatewaymanagementapi
  events scheduler pipes schemas sfn kinesis firehose logs cloudwatch xray iam sts ssm secretsmanager kms cloudformation
  cognito-idp cognito-identity appsync ses sesv2 athena rds-data redshift-data ecs batch opensearch elasticache elbv2
  cloudfront ecr resourcegroupstaggingapi acm route53 ec2`;

/** @type {readonly ServiceSource[]} */
export const services = names.split(/\s+/).map((name) => ({
  name,
  client: name,
  botocore: name,
  protocols: [],
  signing: [],
  ...differences[name],
}));
