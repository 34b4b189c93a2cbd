/**
 * What AWS charges for, as data: published list prices of us-east-1, on demand, in their first tier, without the free
 * tier, as aws.amazon.com/<service>/pricing has them. Those marked `unchecked` are from memory: compare them with the page
 * before relying on them, and then take the mark away.
 */

/** When the prices were looked up. */
export const pricesOf = "2026-06";

export interface Price {
  /** What one unit is. */
  readonly unit: string;
  readonly usd: number;
  /** Not yet compared with what AWS publishes. */
  readonly unchecked?: true;
}

const million = 1_000_000;
const gigabyte = "GB (2^30 bytes)";

export const prices = {
  "lambda.requests": { unit: "invocation", usd: 0.2 / million },
  "lambda.duration.x86_64": { unit: "GB-second", usd: 0.0000166667 },
  "lambda.duration.arm64": { unit: "GB-second", usd: 0.0000133334 },
  "lambda.storage": { unit: "GB-second of /tmp above 512 MB", usd: 0.0000000309, unchecked: true },
  "sqs.requests": { unit: "request, each 64 KB one", usd: 0.4 / million },
  "sqs.requests.fifo": { unit: "request, each 64 KB one", usd: 0.5 / million },
  "sqs.fair": { unit: "request that sends with a message group id", usd: 0.1 / million },
  "sns.requests": { unit: "publish, each 64 KB one", usd: 0.5 / million },
  "sns.requests.fifo": { unit: "publish, each message one", usd: 0.3 / million },
  "sns.payload.fifo": { unit: `${gigabyte} published`, usd: 0.017, unchecked: true },
  "sns.deliveries.fifo": { unit: "delivery", usd: 0.01 / million, unchecked: true },
  "sns.deliveries.http": { unit: "delivery", usd: 0.06 / 100_000 },
  "sns.deliveries.email": { unit: "delivery", usd: 2 / 100_000 },
  "sns.deliveries.application": { unit: "delivery", usd: 0.5 / million },
  "sns.deliveries.firehose": { unit: "delivery", usd: 0.19 / million, unchecked: true },
  "dynamodb.writes": { unit: "write request unit", usd: 0.625 / million },
  "dynamodb.reads": { unit: "read request unit", usd: 0.125 / million },
  "dynamodb.streams": { unit: "GetRecords request", usd: 0.02 / 100_000, unchecked: true },
  "s3.writes": { unit: "PUT, COPY, POST or LIST request", usd: 0.005 / 1000 },
  "s3.reads": { unit: "GET, SELECT or other request", usd: 0.0004 / 1000 },
  "apigatewayv2.requests": { unit: "HTTP API request, each 512 KB one", usd: 1 / million },
  "logs.ingestion": { unit: `${gigabyte} ingested`, usd: 0.5 },
  "kms.requests": { unit: "request", usd: 0.03 / 10_000 },
  "secretsmanager.requests": { unit: "API call", usd: 0.05 / 10_000, unchecked: true },
  "kinesis.puts": { unit: "payload unit of 25 KB", usd: 0.014 / million, unchecked: true },
  "firehose.ingestion": { unit: `${gigabyte} put, each record by 5 KB`, usd: 0.029, unchecked: true },
  "cloudwatch.requests": { unit: "request", usd: 0.01 / 1000 },
  "events.custom": { unit: "event, each 64 KB one", usd: 1 / million, unchecked: true },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;

/** Services whose API AWS does not charge for. */
export const free: ReadonlySet<string> = new Set([
  "acm",
  "cloudformation",
  "ec2",
  "ecr",
  "iam",
  "lambda",
  "resourcegroupstaggingapi",
  "route53",
  "s3-control",
  "ssm",
  "sts",
]);

/** What a run cannot tell, and what therefore is not in a cost: a bill has these besides. */
export const ignored: readonly string[] = [
  "data transfer",
  "storage (S3, DynamoDB, logs, code, secrets, keys by the month)",
  "empty polls of event source mappings",
  "provisioned capacity and concurrency; shards and streams by the hour, on-demand streams by the GB",
  "SMS",
  "payload-based filtering",
  "asymmetric KMS keys' higher prices",
  "durable executions",
  "custom metrics, alarms and dashboards by the month; hosted zones",
  "response streaming beyond 6 MB",
];
