/**
 * Roles AWS makes for its services: name and policy follow no rule, so the common ones are listed ("AWS services that work
 * with IAM" and each service's page on service-linked roles). A service that is not listed gets a name made of its own.
 */
import { invalidInput } from "./errors.ts";

type Linked = readonly [service: string, role: string, policy: string];

const linked: readonly Linked[] = [
  ["accountdiscovery.ssm", "AmazonSSM_AccountDiscovery", "AWSSystemsManagerAccountDiscoveryServicePolicy"],
  ["acm", "CertificateManager", "CertificateManagerServiceRolePolicy"],
  ["appmesh", "AppMesh", "AWSAppMeshServiceRolePolicy"],
  ["autoscaling", "AutoScaling", "AutoScalingServiceRolePolicy"],
  ["autoscaling-plans", "AutoScalingPlans_EC2AutoScaling", "AWSAutoScalingPlansEC2AutoScalingPolicy"],
  ["backup", "Backup", "AWSBackupServiceLinkedRolePolicyForBackup"],
  ["batch", "Batch", "BatchServiceRolePolicy"],
  ["cloudtrail", "CloudTrail", "CloudTrailServiceRolePolicy"],
  ["config", "Config", "AWSConfigServiceRolePolicy"],
  [
    "dynamodb.application-autoscaling",
    "ApplicationAutoScaling_DynamoDBTable",
    "AWSApplicationAutoscalingDynamoDBTablePolicy",
  ],
  ["ec2-instance-connect", "EC2InstanceConnect", "Ec2InstanceConnectEndpoint"],
  ["ecs", "ECS", "AmazonECSServiceRolePolicy"],
  [
    "ecs.application-autoscaling",
    "ApplicationAutoScaling_ECSService",
    "AWSApplicationAutoscalingECSServicePolicy",
  ],
  ["eks", "AmazonEKS", "AmazonEKSServiceRolePolicy"],
  ["eks-fargate", "AmazonEKSForFargate", "AmazonEKSForFargateServiceRolePolicy"],
  ["eks-nodegroup", "AmazonEKSNodegroup", "AWSServiceRoleForAmazonEKSNodegroup"],
  ["elasticache", "ElastiCache", "ElastiCacheServiceRolePolicy"],
  ["elasticbeanstalk", "ElasticBeanstalk", "AWSElasticBeanstalkServiceRolePolicy"],
  ["elasticfilesystem", "AmazonElasticFileSystem", "AmazonElasticFileSystemServiceRolePolicy"],
  ["elasticloadbalancing", "ElasticLoadBalancing", "AWSElasticLoadBalancingServiceRolePolicy"],
  ["email.cognito-idp", "AmazonCognitoIdpEmailService", "AmazonCognitoIdpEmailServiceRolePolicy"],
  ["es", "AmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"],
  ["events", "CloudWatchEvents", "CloudWatchEventsServiceRolePolicy"],
  ["globalaccelerator", "GlobalAccelerator", "AWSGlobalAcceleratorSLRPolicy"],
  ["guardduty", "AmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"],
  ["kafka", "Kafka", "KafkaServiceRolePolicy"],
  [
    "lambda.application-autoscaling",
    "ApplicationAutoScaling_LambdaConcurrency",
    "AWSApplicationAutoscalingLambdaConcurrencyPolicy",
  ],
  ["logger.cloudfront", "CloudFrontLogger", "AWSCloudFrontLogger"],
  ["memorydb", "MemoryDB", "MemoryDBServiceRolePolicy"],
  ["mq", "AmazonMQ", "AmazonMQServiceRolePolicy"],
  ["ops.apigateway", "APIGateway", "APIGatewayServiceRolePolicy"],
  ["opensearchservice", "AmazonOpenSearchService", "AmazonOpenSearchServiceRolePolicy"],
  ["rds", "RDS", "AmazonRDSServiceRolePolicy"],
  [
    "rds.application-autoscaling",
    "ApplicationAutoScaling_RDSCluster",
    "AWSApplicationAutoscalingRDSClusterPolicy",
  ],
  ["redshift", "Redshift", "AmazonRedshiftServiceLinkedRolePolicy"],
  ["replication.dynamodb", "DynamoDBReplication", "DynamoDBReplicationServiceRolePolicy"],
  ["replicator.lambda", "LambdaReplicator", "AWSLambdaReplicator"],
  ["securityhub", "SecurityHub", "AWSSecurityHubServiceRolePolicy"],
  ["spot", "EC2Spot", "AWSEC2SpotServiceRolePolicy"],
  ["ssm", "AmazonSSM", "AmazonSSMServiceRolePolicy"],
  ["sso", "SSO", "AWSSSOServiceRolePolicy"],
  ["trustedadvisor", "TrustedAdvisor", "AWSTrustedAdvisorServiceRolePolicy"],
  ["wafv2", "WAFV2Logging", "WAFV2LoggingServiceRolePolicy"],
];

/** Services that allow several roles, told apart by a suffix. */
const suffixed = new Set(["autoscaling", "connect", "elasticbeanstalk", "lex", "lexv2"]);

export interface LinkedRole {
  readonly roleName: string;
  readonly policyArn: string | undefined;
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `autoscaling.amazonaws.com` and a suffix → the role's name and its policy. */
export function linkedRole(servicePrincipal: string, suffix: string | undefined): LinkedRole {
  const service = servicePrincipal.replace(/\.amazonaws\.com(\.cn)?$/, "");
  const known = linked.find(([name]) => name === service);
  if (suffix !== undefined && !suffixed.has(service)) {
    throw invalidInput(`Custom suffix is not allowed for ${servicePrincipal}`);
  }
  const base = `AWSServiceRoleFor${known?.[1] ?? service.split(/[.-]/).map(capitalised).join("")}`;
  return {
    roleName: suffix === undefined ? base : `${base}_${suffix}`,
    policyArn: known === undefined ? undefined : `arn:aws:iam::aws:policy/aws-service-role/${known[2]}`,
  };
}
