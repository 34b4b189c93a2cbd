/**
 * Events of a bucket: which configurations want one, and its delivery to queues, topics, functions and the event bus
 * in the transaction of the change itself. A destination that cannot take an event never fails the change.
 */
import type { Call } from "../../host/call.ts";
import type { Effect } from "../../host/service.ts";
import { type Bucket, deleteConfig, readConfig, writeConfig } from "./bucket.ts";
import { invalidArgument, malformedXml, s3Error } from "./errors.ts";
import { bridgeEvent, type BusEntry, eventRecord, testEvent } from "./event-bodies.ts";
import type { VersionRow } from "./keys.ts";

export interface BucketEvent {
  /** `s3:ObjectCreated:Put` */
  readonly event: string;
  readonly key: string;
  readonly row: VersionRow;
}

interface FilterRule {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
}

interface Destination {
  readonly Id?: string | undefined;
  readonly Events?: readonly string[] | undefined;
  readonly Filter?:
    | { readonly Key?: { readonly FilterRules?: readonly FilterRule[] | undefined } | undefined }
    | undefined;
}

export interface NotificationConfig {
  readonly TopicConfigurations?:
    | readonly (Destination & { readonly TopicArn?: string | undefined })[]
    | undefined;
  readonly QueueConfigurations?:
    | readonly (Destination & { readonly QueueArn?: string | undefined })[]
    | undefined;
  readonly LambdaFunctionConfigurations?:
    | readonly (Destination & { readonly LambdaFunctionArn?: string | undefined })[]
    | undefined;
  readonly EventBridgeConfiguration?: object | undefined;
}

type Kind = "sqs" | "sns" | "lambda";

interface Target extends Destination {
  readonly kind: Kind;
  readonly arn: string;
}

const known = new Set([
  "s3:ReducedRedundancyLostObject",
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:Put",
  "s3:ObjectCreated:Post",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
  "s3:ObjectRestore:*",
  "s3:ObjectRestore:Post",
  "s3:ObjectRestore:Completed",
  "s3:ObjectRestore:Delete",
  "s3:Replication:*",
  "s3:Replication:OperationFailedReplication",
  "s3:Replication:OperationNotTracked",
  "s3:Replication:OperationMissedThreshold",
  "s3:Replication:OperationReplicatedAfterThreshold",
  "s3:LifecycleTransition",
  "s3:IntelligentTiering",
  "s3:ObjectAcl:Put",
  "s3:LifecycleExpiration:*",
  "s3:LifecycleExpiration:Delete",
  "s3:LifecycleExpiration:DeleteMarkerCreated",
  "s3:ObjectTagging:*",
  "s3:ObjectTagging:Put",
  "s3:ObjectTagging:Delete",
]);

function targetsOf(config: NotificationConfig): Target[] {
  return [
    ...(config.TopicConfigurations ?? []).map((each) => ({
      ...each,
      kind: "sns" as const,
      arn: each.TopicArn ?? "",
    })),
    ...(config.QueueConfigurations ?? []).map((each) => ({
      ...each,
      kind: "sqs" as const,
      arn: each.QueueArn ?? "",
    })),
    ...(config.LambdaFunctionConfigurations ?? []).map((each) => ({
      ...each,
      kind: "lambda" as const,
      arn: each.LambdaFunctionArn ?? "",
    })),
  ];
}

/** Tells everyone who wants to know. */
export function announce(call: Call, bucket: Bucket, event: BucketEvent): void {
  const config: NotificationConfig | undefined = readConfig(bucket, "notification");
  if (config === undefined) return;
  for (const target of targetsOf(config)) {
    if (!wants(target, event)) continue;
    const body = JSON.stringify({ Records: [eventRecord(call, bucket, event, target.Id ?? "")] });
    bucket.call.tx.draft.attempt(() => deliver(bucket, target, body, "Amazon S3 Notification"));
  }
  if (config.EventBridgeConfiguration === undefined) return;
  const bridged = bridgeEvent(call, bucket, event);
  if (bridged === undefined) return;
  const { accountId, region } = bucket.call;
  call.dispatch({ effect: "s3.bridge", request: { accountId, region, entry: bridged } });
}

interface Bridged {
  readonly accountId: string;
  readonly region: string;
  readonly entry: BusEntry;
}

/** Puts an event on the default bus of the bucket's account, which is only loaded when there is one to put. */
export const bridge: Effect = async (context, { accountId, region, entry }: Bridged) => {
  const { shell, trace } = context;
  // Without a bus there is nobody to tell.
  await shell.load("events");
  await shell.run({ name: "events.PutEvents", accountId, region, trace }, (call) => {
    const { timeMs, ...rest } = entry;
    const principal = { kind: "service", arn: "s3.amazonaws.com", accountId } as const;
    call.ports.events.put(call.as(principal), [{ ...rest, Time: new Date(timeMs) }]);
    return true;
  });
};

function wants(target: Target, { event, key }: BucketEvent): boolean {
  const asked = target.Events?.some(
    (pattern) => pattern === event || (pattern.endsWith("*") && event.startsWith(pattern.slice(0, -1))),
  );
  if (asked !== true) return false;
  return (target.Filter?.Key?.FilterRules ?? []).every(({ Name: name = "", Value: value = "" }) =>
    name.toLowerCase() === "prefix" ? key.startsWith(value) : key.endsWith(value),
  );
}

function deliver(bucket: Bucket, { kind, arn }: Target, body: string, subject: string): void {
  const parts = arn.split(":");
  const call = bucket.call
    .in({ region: parts[3] ?? bucket.row.region, accountId: parts[4] ?? bucket.row.accountId })
    .as({ kind: "service", arn: "s3.amazonaws.com", accountId: bucket.row.accountId });
  const sourceArn = `arn:${call.partition}:s3:::${bucket.name}`;
  const onBehalf = { service: "s3", sourceArn, sourceAccount: bucket.row.accountId };
  if (kind === "sqs") call.ports.sqs.send(call, { queueArn: arn, body, onBehalf });
  else if (kind === "sns") call.ports.sns.publish(call, { topicArn: arn, message: body, subject, onBehalf });
  else call.ports.lambda.invokeAsync(call, { functionArn: arn, payload: Buffer.from(body) });
}

const argumentNames: Readonly<Record<Kind, string>> = {
  sqs: "Queue",
  sns: "Topic",
  lambda: "CloudFunction",
};
const destinationNames: Readonly<Record<Kind, string>> = { sqs: "queue", sns: "topic", lambda: "Lambda" };

/** Replaces a bucket's configuration. Queues and topics that are new get a test event. */
export function setNotifications(
  call: Call,
  bucket: Bucket,
  config: NotificationConfig,
  skipValidation: boolean,
): void {
  const targets = targetsOf(config);
  for (const target of targets) checkTarget(target);
  if (!skipValidation) checkExist(bucket, targets);
  if (targets.length === 0 && config.EventBridgeConfiguration === undefined) {
    deleteConfig(bucket, "notification");
    return;
  }
  writeConfig(bucket, "notification", withIds(call, config));
  if (skipValidation) return;
  for (const target of targets) {
    if (target.kind === "lambda") continue;
    const body = JSON.stringify(testEvent(call, bucket));
    bucket.call.tx.draft.attempt(() => deliver(bucket, target, body, "Amazon S3 Notification"));
  }
}

function withIds(call: Call, config: NotificationConfig): NotificationConfig {
  const named = <Each extends Destination>(list: readonly Each[] | undefined): readonly Each[] | undefined =>
    list?.map((each) => ({
      ...each,
      Id: each.Id === undefined || each.Id === "" ? call.random.uuid() : each.Id,
      ...(each.Filter?.Key?.FilterRules === undefined
        ? {}
        : {
            Filter: {
              Key: {
                FilterRules: each.Filter.Key.FilterRules.map((rule) => ({
                  Name: titleCase(rule.Name ?? ""),
                  Value: rule.Value ?? "",
                })),
              },
            },
          }),
    }));
  const [topics, queues, functions] = [
    named(config.TopicConfigurations),
    named(config.QueueConfigurations),
    named(config.LambdaFunctionConfigurations),
  ];
  return {
    ...(topics === undefined || topics.length === 0 ? {} : { TopicConfigurations: topics }),
    ...(queues === undefined || queues.length === 0 ? {} : { QueueConfigurations: queues }),
    ...(functions === undefined || functions.length === 0 ? {} : { LambdaFunctionConfigurations: functions }),
    ...(config.EventBridgeConfiguration === undefined ? {} : { EventBridgeConfiguration: {} }),
  };
}

/** S3 tells the names of filter rules capitalised. */
const titleCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();

function checkTarget({ kind, arn, Events: events = [], Filter: filter }: Target): void {
  if (!/^arn:aws[a-z-]*:(sqs|sns|lambda):[a-z0-9-]*:\d{12}:.+$/.test(arn))
    throw invalidArgument(argumentNames[kind], arn, "The ARN could not be parsed");
  for (const event of events) {
    if (!known.has(event))
      throw invalidArgument("Event", event, "The event is not supported for notifications");
  }
  if (events.length === 0)
    throw invalidArgument("Event", undefined, "The event is not supported for notifications");
  const seen = new Set<string>();
  for (const { Name: name, Value: value } of filter?.Key?.FilterRules ?? []) {
    if (name === undefined || value === undefined) throw malformedXml();
    const lower = name.toLowerCase();
    if (lower !== "prefix" && lower !== "suffix")
      throw invalidArgument("FilterRule.Name", name, "filter rule name must be either prefix or suffix");
    if (seen.has(lower))
      throw invalidArgument(
        "FilterRule",
        undefined,
        `Cannot specify more than one ${lower} rule in a filter.`,
      );
    seen.add(lower);
  }
  if (arn.endsWith(".fifo")) {
    throw invalidArgument(
      arn,
      kind === "sqs"
        ? "FIFO SQS queues are not supported as notification destinations"
        : "FIFO SNS topics are not supported as notification destinations",
      "Unable to validate the following destination configurations",
    );
  }
}

/** Every destination that is missing is told, numbered. */
function checkExist(bucket: Bucket, targets: readonly Target[]): void {
  const missing = targets.filter((target) => !exists(bucket, target));
  if (missing.length === 0) return;
  const members = missing.flatMap(({ kind, arn }, i) => [
    [`ArgumentName${i + 1}`, arn],
    [`ArgumentValue${i + 1}`, `The destination ${destinationNames[kind]} does not exist`],
  ]);
  throw s3Error(
    "InvalidArgument",
    400,
    "Unable to validate the following destination configurations",
    Object.fromEntries(members) as Record<string, string>,
  );
}

function exists({ call }: Bucket, { kind, arn }: Target): boolean {
  if (kind === "sqs") return call.ports.sqs.describe(call, arn) !== undefined;
  if (kind === "lambda") return call.ports.lambda.exists(call, arn);
  return call.ports.sns.describe(call, arn) !== undefined;
}
