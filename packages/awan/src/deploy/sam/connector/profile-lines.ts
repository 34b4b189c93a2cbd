/**
 * What connectors grant, by the types they join: the AWS SAM specification's profiles (Apache-2.0; see NOTICE), in lines.
 * A head says from what to what, and on whom the policy is put: a role, the queue, the topic or the function; "before" who
 * waits for it, "only" which permissions go together. Below, a permission's actions `on` resources, or `by` a service
 * `from` an address. `<to>`, `<from>` and the like are of the two ends, `~` is `arn:${AWS::Partition}:`, `@` region and account.
 */
export const connectorLines = `
DynamoDB::Table -> Lambda::Function: role of destination, before mapping
  Read: dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams on <from>/stream/*
Events::Rule -> SNS::Topic: topic
  Write: sns:Publish by events.amazonaws.com
Events::Rule -> Events::EventBus: role of source
  Write: events:PutEvents on <to>
Events::Rule -> StepFunctions::StateMachine: role of source
  Write: states:StartExecution on <to>
Events::Rule -> Lambda::Function: function
  Write: lambda:InvokeFunction by events.amazonaws.com from <from>
Events::Rule -> SQS::Queue: queue
  Write: sqs:SendMessage by events.amazonaws.com
Lambda::Function -> Lambda::Function: role of source
  Write: lambda:InvokeAsync lambda:InvokeFunction on <to>
Lambda::Function -> S3::Bucket: role of source
  Read: s3:GetObject s3:GetObjectAcl s3:GetObjectLegalHold s3:GetObjectRetention s3:GetObjectTorrent s3:GetObjectVersion
    s3:GetObjectVersionAcl s3:GetObjectVersionForReplication s3:GetObjectVersionTorrent s3:ListBucket
    s3:ListBucketMultipartUploads s3:ListBucketVersions s3:ListMultipartUploadParts on <to> <to>/*
  Write: s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion s3:PutObject s3:PutObjectLegalHold
    s3:PutObjectRetention s3:RestoreObject on <to> <to>/*
Lambda::Function -> DynamoDB::Table: role of source
  Read: dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchGetItem dynamodb:ConditionCheckItem
    dynamodb:PartiQLSelect on <to> <to>/index/*
  Write: dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem dynamodb:PartiQLDelete
    dynamodb:PartiQLInsert dynamodb:PartiQLUpdate on <to> <to>/index/*
Lambda::Function -> SQS::Queue: role of source
  Read: sqs:ReceiveMessage sqs:GetQueueAttributes on <to>
  Write: sqs:DeleteMessage sqs:SendMessage sqs:ChangeMessageVisibility sqs:PurgeQueue on <to>
Lambda::Function -> SNS::Topic: role of source
  Write: sns:Publish on <to>
Lambda::Function -> StepFunctions::StateMachine: role of source
  Write: states:StartExecution states:StartSyncExecution on <to>
  Write: states:StopExecution on ~states:@:execution:<name>:*
  Read: states:DescribeStateMachine states:ListExecutions on <to>
  Read: states:DescribeExecution states:DescribeStateMachineForExecution states:GetExecutionHistory on
    ~states:@:execution:<name>:*
Lambda::Function -> Events::EventBus: role of source
  Write: events:PutEvents on <to>
Lambda::Function -> Location::PlaceIndex: role of source
  Read: geo:DescribePlaceIndex geo:GetPlace geo:SearchPlaceIndexForPosition geo:SearchPlaceIndexForSuggestions
    geo:SearchPlaceIndexForText on <to>
ApiGatewayV2::Api -> Lambda::Function: function
  Write: lambda:InvokeFunction by apigateway.amazonaws.com from ~execute-api:@:<id>/<qualifier>
ApiGateway::RestApi -> Lambda::Function: function
  Write: lambda:InvokeFunction by apigateway.amazonaws.com from ~execute-api:@:<id>/<qualifier>
SNS::Topic -> SQS::Queue: queue
  Write: sqs:SendMessage by sns.amazonaws.com
SNS::Topic -> Lambda::Function: function
  Write: lambda:InvokeFunction by sns.amazonaws.com from <from>
SQS::Queue -> Lambda::Function: role of destination, before mapping, only Read+Write
  Write: sqs:DeleteMessage on <from>
  Read: sqs:ReceiveMessage sqs:GetQueueAttributes on <from>
S3::Bucket -> Lambda::Function: function
  Write: lambda:InvokeFunction by s3.amazonaws.com from <from> of account
StepFunctions::StateMachine -> Lambda::Function: role of source
  Write: lambda:InvokeAsync lambda:InvokeFunction on <to>
StepFunctions::StateMachine -> SNS::Topic: role of source
  Write: sns:Publish on <to>
StepFunctions::StateMachine -> SQS::Queue: role of source
  Write: sqs:SendMessage on <to>
StepFunctions::StateMachine -> S3::Bucket: role of source
  Read: s3:GetObject s3:GetObjectAcl s3:GetObjectLegalHold s3:GetObjectRetention s3:GetObjectTorrent s3:GetObjectVersion
    s3:GetObjectVersionAcl s3:GetObjectVersionForReplication s3:GetObjectVersionTorrent s3:ListBucket
    s3:ListBucketMultipartUploads s3:ListBucketVersions s3:ListMultipartUploadParts on <to> <to>/*
  Write: s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion s3:PutObject s3:PutObjectLegalHold
    s3:PutObjectRetention s3:RestoreObject on <to> <to>/*
StepFunctions::StateMachine -> DynamoDB::Table: role of source
  Read: dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchGetItem dynamodb:ConditionCheckItem
    dynamodb:PartiQLSelect on <to> <to>/index/*
  Write: dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem dynamodb:PartiQLDelete
    dynamodb:PartiQLInsert dynamodb:PartiQLUpdate on <to> <to>/index/*
StepFunctions::StateMachine -> StepFunctions::StateMachine: role of source, before source, only Read or Read+Write
  Read: states:DescribeExecution on ~states:@:execution:<name>:*
  Read: events:DescribeRule on ~events:@:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule
  Write: states:StartExecution on <to>
  Write: states:StopExecution on ~states:@:execution:<name>:*
  Write: events:PutTargets events:PutRule on ~events:@:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule
StepFunctions::StateMachine -> Events::EventBus: role of source
  Write: events:PutEvents on <to>
AppSync::DataSource -> DynamoDB::Table: role of source
  Read: dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchGetItem dynamodb:ConditionCheckItem
    dynamodb:PartiQLSelect on <to> <to>/index/*
  Write: dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem dynamodb:PartiQLDelete
    dynamodb:PartiQLInsert dynamodb:PartiQLUpdate on <to> <to>/index/*
AppSync::DataSource -> Lambda::Function: role of source
  Write: lambda:InvokeAsync lambda:InvokeFunction on <to> <to>:*
AppSync::DataSource -> Events::EventBus: role of source
  Write: events:PutEvents on <to>
AppSync::GraphQLApi -> Lambda::Function: function
  Write: lambda:InvokeFunction by appsync.amazonaws.com from ~appsync:@:apis/<id>
`;
