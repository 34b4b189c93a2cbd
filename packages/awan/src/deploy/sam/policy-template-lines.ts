/**
 * The policy templates of the SAM specification, one line each: `actions @ resources [if key = value]`, statements
 * apart by ";". `~` is `arn:${AWS::Partition}:`, `%` is region and account, `{name=Parameter}` a variable; `[]` marks a
 * list of one, `=` an action that is no list. Derived from the AWS SAM specification (Apache-2.0); see NOTICE.
 */
export const policyTemplateLines: Readonly<Record<string, string>> = {
  AMIDescribePolicy: "ec2:DescribeImages @ *",
  AWSSecretsManagerGetSecretValuePolicy: "secretsmanager:GetSecretValue @ {secretArn=SecretArn}",
  AWSSecretsManagerRotationPolicy:
    "secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage @ !~secretsmanager:%:secret:* if secretsmanager:resource/AllowRotationLambdaArn = ~lambda:%:function:{functionName=FunctionName} ; secretsmanager:GetRandomPassword @ *",
  AcmGetCertificatePolicy: "acm:GetCertificate @ {certificateArn=CertificateArn}",
  AthenaQueryPolicy:
    "athena:ListWorkGroups athena:GetExecutionEngine athena:GetExecutionEngines athena:GetNamespace athena:GetCatalogs athena:GetNamespaces athena:GetTables athena:GetTable @ * ; athena:StartQueryExecution athena:GetQueryResults athena:DeleteNamedQuery athena:GetNamedQuery athena:ListQueryExecutions athena:StopQueryExecution athena:GetQueryResultsStream athena:ListNamedQueries athena:CreateNamedQuery athena:GetQueryExecution athena:BatchGetNamedQuery athena:BatchGetQueryExecution athena:GetWorkGroup @ ~athena:%:workgroup/{workgroupName=WorkGroupName}",
  CloudFormationDescribeStacksPolicy: "cloudformation:DescribeStacks @ !~cloudformation:%:stack/*",
  CloudWatchDashboardPolicy:
    "cloudwatch:GetDashboard cloudwatch:ListDashboards cloudwatch:PutDashboard cloudwatch:ListMetrics @ *",
  CloudWatchDescribeAlarmHistoryPolicy: "cloudwatch:DescribeAlarmHistory @ *",
  CloudWatchPutMetricPolicy: "cloudwatch:PutMetricData @ *",
  CodeCommitCrudPolicy:
    "codecommit:GitPull codecommit:GitPush codecommit:CreateBranch codecommit:DeleteBranch codecommit:GetBranch codecommit:ListBranches codecommit:MergeBranchesByFastForward codecommit:MergeBranchesBySquash codecommit:MergeBranchesByThreeWay codecommit:UpdateDefaultBranch codecommit:BatchDescribeMergeConflicts codecommit:CreateUnreferencedMergeCommit codecommit:DescribeMergeConflicts codecommit:GetMergeCommit codecommit:GetMergeOptions codecommit:BatchGetPullRequests codecommit:CreatePullRequest codecommit:DescribePullRequestEvents codecommit:GetCommentsForPullRequest codecommit:GetCommitsFromMergeBase codecommit:GetMergeConflicts codecommit:GetPullRequest codecommit:ListPullRequests codecommit:MergePullRequestByFastForward codecommit:MergePullRequestBySquash codecommit:MergePullRequestByThreeWay codecommit:PostCommentForPullRequest codecommit:UpdatePullRequestDescription codecommit:UpdatePullRequestStatus codecommit:UpdatePullRequestTitle codecommit:DeleteFile codecommit:GetBlob codecommit:GetFile codecommit:GetFolder codecommit:PutFile codecommit:DeleteCommentContent codecommit:GetComment codecommit:GetCommentsForComparedCommit codecommit:PostCommentForComparedCommit codecommit:PostCommentReply codecommit:UpdateComment codecommit:BatchGetCommits codecommit:CreateCommit codecommit:GetCommit codecommit:GetCommitHistory codecommit:GetDifferences codecommit:GetObjectIdentifier codecommit:GetReferences codecommit:GetTree codecommit:GetRepository codecommit:UpdateRepositoryDescription codecommit:ListTagsForResource codecommit:TagResource codecommit:UntagResource codecommit:GetRepositoryTriggers codecommit:PutRepositoryTriggers codecommit:TestRepositoryTriggers codecommit:GetBranch codecommit:GetCommit codecommit:UploadArchive codecommit:GetUploadArchiveStatus codecommit:CancelUploadArchive @ ~codecommit:%:{repositoryName=RepositoryName}",
  CodeCommitReadPolicy:
    "codecommit:GitPull codecommit:GetBranch codecommit:ListBranches codecommit:BatchDescribeMergeConflicts codecommit:DescribeMergeConflicts codecommit:GetMergeCommit codecommit:GetMergeOptions codecommit:BatchGetPullRequests codecommit:DescribePullRequestEvents codecommit:GetCommentsForPullRequest codecommit:GetCommitsFromMergeBase codecommit:GetMergeConflicts codecommit:GetPullRequest codecommit:ListPullRequests codecommit:GetBlob codecommit:GetFile codecommit:GetFolder codecommit:GetComment codecommit:GetCommentsForComparedCommit codecommit:BatchGetCommits codecommit:GetCommit codecommit:GetCommitHistory codecommit:GetDifferences codecommit:GetObjectIdentifier codecommit:GetReferences codecommit:GetTree codecommit:GetRepository codecommit:ListTagsForResource codecommit:GetRepositoryTriggers codecommit:TestRepositoryTriggers codecommit:GetBranch codecommit:GetCommit codecommit:GetUploadArchiveStatus @ ~codecommit:%:{repositoryName=RepositoryName}",
  CodePipelineLambdaExecutionPolicy: "codepipeline:PutJobSuccessResult codepipeline:PutJobFailureResult @ *",
  CodePipelineReadOnlyPolicy:
    "codepipeline:ListPipelineExecutions @ ~codepipeline:%:{pipelinename=PipelineName}",
  ComprehendBasicAccessPolicy:
    "comprehend:BatchDetectKeyPhrases comprehend:DetectDominantLanguage comprehend:DetectEntities comprehend:BatchDetectEntities comprehend:DetectKeyPhrases comprehend:DetectSentiment comprehend:BatchDetectDominantLanguage comprehend:BatchDetectSentiment @ *",
  CostExplorerReadOnlyPolicy:
    "ce:GetCostAndUsage ce:GetDimensionValues ce:GetReservationCoverage ce:GetReservationPurchaseRecommendation ce:GetReservationUtilization ce:GetTags @ *",
  DynamoDBBackupFullAccessPolicy:
    "dynamodb:CreateBackup dynamodb:DescribeContinuousBackups @ ~dynamodb:%:table/{tableName=TableName} ; dynamodb:DeleteBackup dynamodb:DescribeBackup dynamodb:ListBackups @ ~dynamodb:%:table/{tableName=TableName}/backup/*",
  DynamoDBCrudPolicy:
    "dynamodb:GetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Scan dynamodb:Query dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:ConditionCheckItem @ [] ~dynamodb:%:table/{tableName=TableName} ~dynamodb:%:table/{tableName=TableName}/index/*",
  DynamoDBReadPolicy:
    "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable @ [] ~dynamodb:%:table/{tableName=TableName} ~dynamodb:%:table/{tableName=TableName}/index/*",
  DynamoDBReconfigurePolicy: "dynamodb:UpdateTable @ ~dynamodb:%:table/{tableName=TableName}",
  DynamoDBRestoreFromBackupPolicy:
    "dynamodb:RestoreTableFromBackup @ ~dynamodb:%:table/{tableName=TableName}/backup/* ; dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchWriteItem @ ~dynamodb:%:table/{tableName=TableName}",
  DynamoDBStreamReadPolicy:
    "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator @ ~dynamodb:%:table/{tableName=TableName}/stream/{streamName=StreamName} ; dynamodb:ListStreams @ ~dynamodb:%:table/{tableName=TableName}/stream/*",
  DynamoDBWritePolicy:
    "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem @ [] ~dynamodb:%:table/{tableName=TableName} ~dynamodb:%:table/{tableName=TableName}/index/*",
  EC2CopyImagePolicy: "ec2:CopyImage @ ~ec2:%:image/{imageId=ImageId}",
  EC2DescribePolicy: "ec2:DescribeRegions ec2:DescribeInstances @ *",
  EFSWriteAccessPolicy:
    "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite @ ~elasticfilesystem:%:file-system/{FileSystem=FileSystem} if elasticfilesystem:AccessPointArn = ~elasticfilesystem:%:access-point/{AccessPoint=AccessPoint}",
  EKSDescribePolicy: "eks:DescribeCluster eks:ListClusters @ *",
  EcsRunTaskPolicy: "ecs:RunTask @ ~ecs:%:task-definition/{taskDefinition=TaskDefinition}",
  ElasticMapReduceAddJobFlowStepsPolicy:
    "=elasticmapreduce:AddJobFlowSteps @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticMapReduceCancelStepsPolicy:
    "=elasticmapreduce:CancelSteps @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticMapReduceModifyInstanceFleetPolicy:
    "elasticmapreduce:ModifyInstanceFleet elasticmapreduce:ListInstanceFleets @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticMapReduceModifyInstanceGroupsPolicy:
    "elasticmapreduce:ModifyInstanceGroups elasticmapreduce:ListInstanceGroups @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticMapReduceSetTerminationProtectionPolicy:
    "=elasticmapreduce:SetTerminationProtection @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticMapReduceTerminateJobFlowsPolicy:
    "=elasticmapreduce:TerminateJobFlows @ ~elasticmapreduce:%:cluster/{clusterId=ClusterId}",
  ElasticsearchHttpPostPolicy: "es:ESHttpPost es:ESHttpPut @ ~es:%:domain/{domainName=DomainName}/*",
  EventBridgePutEventsPolicy: "=events:PutEvents @ ~events:%:event-bus/{eventBusName=EventBusName}",
  FilterLogEventsPolicy: "logs:FilterLogEvents @ ~logs:%:log-group:{logGroupName=LogGroupName}:log-stream:*",
  FirehoseCrudPolicy:
    "firehose:CreateDeliveryStream firehose:DeleteDeliveryStream firehose:DescribeDeliveryStream firehose:PutRecord firehose:PutRecordBatch firehose:UpdateDestination @ ~firehose:%:deliverystream/{deliveryStreamName=DeliveryStreamName}",
  FirehoseWritePolicy:
    "firehose:PutRecord firehose:PutRecordBatch @ ~firehose:%:deliverystream/{deliveryStreamName=DeliveryStreamName}",
  KMSDecryptPolicy: "=kms:Decrypt @ ~kms:%:key/{keyId=KeyId}",
  KMSEncryptPolicy: "=kms:Encrypt @ ~kms:%:key/{keyId=KeyId}",
  KMSEncryptPolicy_v2:
    "kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:GenerateDataKeyPair kms:GenerateDataKeyPairWithoutPlaintext @ ~kms:%:key/{keyId=KeyId}",
  KinesisCrudPolicy:
    "kinesis:AddTagsToStream kinesis:CreateStream kinesis:DecreaseStreamRetentionPeriod kinesis:DeleteStream kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetShardIterator kinesis:IncreaseStreamRetentionPeriod kinesis:ListTagsForStream kinesis:MergeShards kinesis:PutRecord kinesis:PutRecords kinesis:SplitShard kinesis:RemoveTagsFromStream @ ~kinesis:%:stream/{streamName=StreamName}",
  KinesisStreamReadPolicy:
    "kinesis:ListStreams kinesis:DescribeLimits @ !~kinesis:%:stream/* ; kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator @ ~kinesis:%:stream/{streamName=StreamName}",
  LambdaInvokePolicy: "lambda:InvokeFunction @ ~lambda:%:function:{functionName=FunctionName}*",
  MobileAnalyticsWriteOnlyAccessPolicy: "mobileanalytics:PutEvents @ *",
  OrganizationsListAccountsPolicy: "organizations:ListAccounts @ *",
  PinpointEndpointAccessPolicy:
    "mobiletargeting:GetEndpoint mobiletargeting:UpdateEndpoint mobiletargeting:UpdateEndpointsBatch @ ~mobiletargeting:%:apps/{pinpointApplicationId=PinpointApplicationId}/endpoints/*",
  PollyFullAccessPolicy:
    "polly:GetLexicon polly:DeleteLexicon @ [] ~polly:%:lexicon/{lexiconName=LexiconName} ; polly:DescribeVoices polly:ListLexicons polly:PutLexicon polly:SynthesizeSpeech @ [] !~polly:%:lexicon/*",
  RekognitionDetectOnlyPolicy:
    "rekognition:DetectFaces rekognition:DetectLabels rekognition:DetectModerationLabels rekognition:DetectText @ *",
  RekognitionFacesManagementPolicy:
    "rekognition:IndexFaces rekognition:DeleteFaces rekognition:SearchFaces rekognition:SearchFacesByImage rekognition:ListFaces @ ~rekognition:%:collection/{collectionId=CollectionId}",
  RekognitionFacesPolicy: "rekognition:CompareFaces rekognition:DetectFaces @ *",
  RekognitionLabelsPolicy: "rekognition:DetectLabels rekognition:DetectModerationLabels @ *",
  RekognitionNoDataAccessPolicy:
    "rekognition:CompareFaces rekognition:DetectFaces rekognition:DetectLabels rekognition:DetectModerationLabels @ ~rekognition:%:collection/{collectionId=CollectionId}",
  RekognitionReadPolicy:
    "rekognition:ListCollections rekognition:ListFaces rekognition:SearchFaces rekognition:SearchFacesByImage @ ~rekognition:%:collection/{collectionId=CollectionId}",
  RekognitionWriteOnlyAccessPolicy:
    "rekognition:CreateCollection rekognition:IndexFaces @ ~rekognition:%:collection/{collectionId=CollectionId}",
  Route53ChangeResourceRecordSetsPolicy:
    "route53:ChangeResourceRecordSets @ ~route53:::hostedzone/{HostedZoneId=HostedZoneId}",
  S3CrudPolicy:
    "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:DeleteObject @ [] ~s3:::{bucketName=BucketName} ~s3:::{bucketName=BucketName}/*",
  S3FullAccessPolicy:
    "s3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject s3:DeleteObjectTagging s3:DeleteObjectVersionTagging s3:GetObjectTagging s3:GetObjectVersionTagging s3:PutObjectTagging s3:PutObjectVersionTagging @ [] ~s3:::{bucketName=BucketName}/* ; s3:ListBucket s3:GetBucketLocation s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration @ [] ~s3:::{bucketName=BucketName}",
  S3ReadPolicy:
    "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:GetLifecycleConfiguration @ [] ~s3:::{bucketName=BucketName} ~s3:::{bucketName=BucketName}/*",
  S3WritePolicy:
    "s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration @ [] ~s3:::{bucketName=BucketName} ~s3:::{bucketName=BucketName}/*",
  SESBulkTemplatedCrudPolicy:
    "ses:GetIdentityVerificationAttributes ses:SendEmail ses:SendRawEmail ses:SendTemplatedEmail ses:SendBulkTemplatedEmail ses:VerifyEmailIdentity @ ~ses:%:identity/{identityName=IdentityName}",
  SESBulkTemplatedCrudPolicy_v2:
    "ses:SendEmail ses:SendRawEmail ses:SendTemplatedEmail ses:SendBulkTemplatedEmail @ [] ~ses:%:identity/{identityName=IdentityName} ~ses:%:template/{templateName=TemplateName} ; ses:GetIdentityVerificationAttributes ses:VerifyEmailIdentity @ *",
  SESCrudPolicy:
    "ses:GetIdentityVerificationAttributes ses:SendEmail ses:SendRawEmail ses:VerifyEmailIdentity @ ~ses:%:identity/{identityName=IdentityName}",
  SESEmailTemplateCrudPolicy:
    "ses:CreateTemplate ses:GetTemplate ses:ListTemplates ses:UpdateTemplate ses:DeleteTemplate ses:TestRenderTemplate @ *",
  SESSendBouncePolicy: "ses:SendBounce @ ~ses:%:identity/{identityName=IdentityName}",
  SNSCrudPolicy:
    "sns:ListSubscriptionsByTopic sns:CreateTopic sns:SetTopicAttributes sns:Subscribe sns:Publish @ ~sns:%:{topicName=TopicName}*",
  SNSPublishMessagePolicy: "sns:Publish @ ~sns:%:{topicName=TopicName}",
  SQSPollerPolicy:
    "sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch sqs:DeleteMessage sqs:DeleteMessageBatch sqs:GetQueueAttributes sqs:ReceiveMessage @ ~sqs:%:{queueName=QueueName}",
  SQSSendMessagePolicy: "sqs:SendMessage* @ ~sqs:%:{queueName=QueueName}",
  SSMParameterReadPolicy:
    "ssm:DescribeParameters @ * ; ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath @ ~ssm:%:parameter/{parameterName=ParameterName}",
  SSMParameterWithSlashPrefixReadPolicy:
    "ssm:DescribeParameters @ * ; ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath @ ~ssm:%:parameter{parameterName=ParameterName}",
  SageMakerCreateEndpointConfigPolicy:
    "sagemaker:CreateEndpointConfig @ ~sagemaker:%:endpoint-config/{endpointConfigName=EndpointConfigName}",
  SageMakerCreateEndpointPolicy:
    "sagemaker:CreateEndpoint @ ~sagemaker:%:endpoint/{endpointName=EndpointName}",
  ServerlessRepoReadWriteAccessPolicy:
    "serverlessrepo:CreateApplication serverlessrepo:CreateApplicationVersion serverlessrepo:UpdateApplication serverlessrepo:GetApplication serverlessrepo:ListApplications serverlessrepo:ListApplicationVersions serverlessrepo:ListApplicationDependencies @ [] !~serverlessrepo:%:applications/*",
  StepFunctionsCallbackPolicy:
    "states:SendTaskFailure states:SendTaskHeartbeat states:SendTaskSuccess @ ~states:%:stateMachine:{stateMachineName=StateMachineName}",
  StepFunctionsExecutionPolicy:
    "states:StartExecution @ ~states:%:stateMachine:{stateMachineName=StateMachineName}",
  StepFunctionsExecutionPolicy_v2:
    "states:StartExecution states:StartSyncExecution @ ~states:%:stateMachine:{stateMachineName=StateMachineName}",
  TextractDetectAnalyzePolicy:
    "textract:DetectDocumentText textract:StartDocumentTextDetection textract:StartDocumentAnalysis textract:AnalyzeDocument @ *",
  TextractGetResultPolicy: "textract:GetDocumentTextDetection textract:GetDocumentAnalysis @ *",
  TextractPolicy: "textract:* @ *",
  VPCAccessPolicy:
    "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DetachNetworkInterface @ *",
};
