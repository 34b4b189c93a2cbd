/** A CDK application with what most have, for `cdk deploy` against Awan and for `startApp({ cdk })`. */
/* eslint-disable no-new -- constructs are made for what they add to their scope */
import { App, Aws, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogRetention, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Bucket, EventType } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, Source } from "aws-cdk-lib/aws-s3-deployment";
import { SqsDestination } from "aws-cdk-lib/aws-s3-notifications";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  PhysicalResourceId,
  Provider,
} from "aws-cdk-lib/custom-resources";

const app = new App();

const data = new Stack(app, "Data");
const table = new Table(data, "Orders", {
  partitionKey: { name: "orderId", type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const shop = new Stack(app, "Shop");
const deadLetters = new Queue(shop, "DeadLetters");
const queue = new Queue(shop, "Queue", {
  visibilityTimeout: Duration.seconds(60),
  deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
});
const uploads = new Queue(shop, "Uploads");
const audit = new Queue(shop, "Audit");
const topic = new Topic(shop, "Topic");
topic.addSubscription(new SqsSubscription(audit, { rawMessageDelivery: true }));
const bucket = new Bucket(shop, "Bucket", { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(uploads), { prefix: "in/" });
new BucketDeployment(shop, "Files", {
  destinationBucket: bucket,
  sources: [Source.data("greeting.txt", "hello"), Source.jsonData("where.json", { queue: queue.queueUrl })],
  destinationKeyPrefix: "site",
});

const place = new NodejsFunction(shop, "Place", {
  entry: new URL("functions/place.ts", import.meta.url).pathname,
  runtime: Runtime.NODEJS_22_X,
  bundling: { format: OutputFormat.ESM, minify: true },
  environment: { QUEUE_URL: queue.queueUrl, TOPIC_ARN: topic.topicArn },
});
queue.grantSendMessages(place);
topic.grantPublish(place);
const record = new LambdaFunction(shop, "Record", {
  code: Code.fromAsset(new URL("functions/record", import.meta.url).pathname),
  handler: "index.handler",
  runtime: Runtime.NODEJS_22_X,
  environment: { TABLE: table.tableName },
});
table.grantWriteData(record);
record.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true }));
new LogRetention(shop, "RecordLogs", {
  logGroupName: `/aws/lambda/${record.functionName}`,
  retention: RetentionDays.ONE_WEEK,
});
new AwsCustomResource(shop, "Settings", {
  onCreate: {
    service: "SSM",
    action: "putParameter",
    parameters: { Name: "/shop/opened", Type: "String", Value: Aws.STACK_NAME },
    physicalResourceId: PhysicalResourceId.of("/shop/opened"),
  },
  onDelete: { service: "SSM", action: "deleteParameter", parameters: { Name: "/shop/opened" } },
  policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  installLatestAwsSdk: false,
});

const counter = new NodejsFunction(shop, "Counter", {
  entry: new URL("functions/counter.ts", import.meta.url).pathname,
  runtime: Runtime.NODEJS_22_X,
});
const counted = new CustomResource(shop, "Counted", {
  serviceToken: new Provider(shop, "CounterProvider", { onEventHandler: counter }).serviceToken,
  properties: { words: ["one", "two", "three"] },
});
new CfnOutput(shop, "Count", { value: counted.getAttString("count") });

const api = new HttpApi(shop, "Api");
api.addRoutes({
  path: "/orders",
  methods: [HttpMethod.POST],
  integration: new HttpLambdaIntegration("PlaceOrders", place),
});
new CfnOutput(shop, "ApiUrl", { value: api.apiEndpoint });
new CfnOutput(shop, "BucketName", { value: bucket.bucketName });
app.synth();
