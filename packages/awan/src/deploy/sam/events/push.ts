/** Events other services push: each becomes a permission and what tells the service whom to call. */
import { deepEqual, type Dict, isDict, textOf } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { getAtt, logicalIdIn, make, type Made, ref, resolveParameters, sub, tagList } from "../sam.ts";
import { conditional } from "../api/openapi.ts";
import { type EventHandler, type EventOwner, permission, required, type SamEvent } from "./owner.ts";
import { pullEvents } from "./pull.ts";

export const snsEvent: EventHandler = (owner, event) => {
  required(event, "Topic");
  const { properties, logicalId } = event;
  const topic = properties["Topic"];
  const queueing = properties["SqsSubscription"];
  const subscription = (protocol: string, endpoint: unknown): Made =>
    make(
      logicalId,
      "AWS::SNS::Subscription",
      {
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: topic,
        Region: properties["Region"],
        FilterPolicy: properties["FilterPolicy"],
        FilterPolicyScope: properties["FilterPolicyScope"],
        RedrivePolicy: properties["RedrivePolicy"],
      },
      owner.attributes,
    );
  if (!queueing) {
    return [
      permission(owner, event, { principal: "sns.amazonaws.com", sourceArn: topic }),
      subscription("lambda", owner.arn),
    ];
  }
  if (queueing !== true && !isDict(queueing)) {
    throw new InvalidEvent(event.id, "Property 'SqsSubscription' should be a map.");
  }
  const own = isDict(queueing) ? queueing : undefined;
  if (own !== undefined && (!own["QueueArn"] || !own["QueueUrl"])) {
    throw new InvalidEvent(event.id, "No QueueARN or QueueURL provided.");
  }
  const queueId = `${logicalId}Queue`;
  const queueArn = own?.["QueueArn"] ?? getAtt(queueId, "Arn");
  const queueUrl = own?.["QueueUrl"] ?? ref(queueId);
  const policyId = own?.["QueuePolicyLogicalId"];
  const fifo = own === undefined && isFifoTopic(owner, topic);
  return [
    ...mapping(owner, event, queueArn, own),
    ...(own === undefined
      ? [make(queueId, "AWS::SQS::Queue", { FifoQueue: fifo ? true : undefined }, owner.attributes)]
      : []),
    make(
      typeof policyId === "string" ? policyId : `${logicalId}QueuePolicy`,
      "AWS::SQS::QueuePolicy",
      { PolicyDocument: topicMaySend(topic, queueArn), Queues: [queueUrl] },
      owner.attributes,
    ),
    subscription("sqs", queueArn),
  ];
};

function mapping(owner: EventOwner, event: SamEvent, queueArn: unknown, own: Dict | undefined): Made[] {
  const pull = pullEvents["SQS"] as EventHandler;
  return pull(owner, {
    id: event.id,
    logicalId: `${event.logicalId}EventSourceMapping`,
    properties: { Queue: queueArn, BatchSize: own?.["BatchSize"] || 10, Enabled: true },
  });
}

function isFifoTopic({ sam }: EventOwner, topic: unknown): boolean {
  const id = logicalIdIn(topic);
  const properties = id === undefined ? undefined : sam.resources[id]?.["Properties"];
  return isDict(properties) && Boolean(resolveParameters(sam, properties["FifoTopic"]));
}

const topicMaySend = (topic: unknown, queueArn: unknown): Dict => ({
  Version: "2012-10-17",
  Statement: [
    {
      Action: "sqs:SendMessage",
      Effect: "Allow",
      Principal: "*",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": topic } },
    },
  ],
});

export const s3Event: EventHandler = (owner, event) => {
  required(event, "Bucket", "Events");
  const { properties } = event;
  const bucket = properties["Bucket"];
  const bucketId = isDict(bucket) && typeof bucket["Ref"] === "string" ? bucket["Ref"] : undefined;
  const resource = bucketId === undefined ? undefined : owner.sam.resources[bucketId];
  if (resource === undefined || bucketId === undefined) {
    throw new InvalidEvent(event.id, "S3 events must reference an S3 bucket in the same template.");
  }
  const allowed = permission(owner, event, {
    principal: "s3.amazonaws.com",
    sourceAccount: ref("AWS::AccountId"),
  });
  const own = (resource["Properties"] ??= {}) as Dict;
  if (!isDict(own)) throw new InvalidResource(bucketId, "Properties should be a map.");
  if (owner.condition === undefined) {
    const before = resource["DependsOn"];
    const list = before === undefined ? [] : Array.isArray(before) ? before : [before];
    resource["DependsOn"] = [...new Set([...list, allowed.id])];
  } else {
    // A conditional DependsOn does not exist; a tag that refers to the permission has the same effect.
    const tags = own["Tags"] ?? [];
    if (!Array.isArray(tags)) throw new InvalidResource(bucketId, "Property 'Tags' should be a list.");
    own["Tags"] = [
      ...tags,
      ...tagList({
        [`sam:ConditionalDependsOn:${allowed.id}`]: {
          "Fn::If": [owner.condition, ref(allowed.id), "no dependency"],
        },
      }),
    ];
  }
  notify(owner, event, own, bucketId);
  return [allowed];
};

function notify(owner: EventOwner, event: SamEvent, bucket: Dict, bucketId: string): void {
  const { Events: types, Filter: filter } = event.properties;
  const configuration = (bucket["NotificationConfiguration"] ??= {}) as Dict;
  if (!isDict(configuration)) {
    throw new InvalidResource(bucketId, "Property 'NotificationConfiguration' should be a map.");
  }
  const list = (configuration["LambdaConfigurations"] ??= []) as unknown[];
  if (!Array.isArray(list)) {
    throw new InvalidResource(bucketId, "Invalid type for LambdaConfigurations. Must be a list.");
  }
  for (const type of Array.isArray(types) ? types : [types]) {
    const entry = conditional(owner.condition, {
      Function: owner.arn,
      ...(filter === undefined ? {} : { Filter: filter }),
      Event: type as unknown,
    });
    if (!list.some((known) => deepEqual(known, entry))) list.push(entry);
  }
}

export const logsEvent: EventHandler = (owner, event) => {
  required(event, "LogGroupName", "FilterPattern");
  const { LogGroupName: group, FilterPattern } = event.properties;
  const allowed = permission(owner, event, {
    principal: "logs.amazonaws.com",
    sourceArn: sub(
      `arn:${owner.sam.partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`,
      { __LogGroupName__: group },
    ),
  });
  const filter = make(
    event.logicalId,
    "AWS::Logs::SubscriptionFilter",
    { LogGroupName: group, FilterPattern, DestinationArn: owner.arn },
    { ...owner.attributes, DependsOn: [allowed.id] },
  );
  return [allowed, filter];
};

export const alexaEvent: EventHandler = (owner, event) => [
  permission(owner, event, {
    principal: "alexa-appkit.amazon.com",
    eventSourceToken: event.properties["SkillId"],
  }),
];

export const iotEvent: EventHandler = (owner, event) => {
  required(event, "Sql");
  const { Sql, AwsIotSqlVersion } = event.properties;
  return [
    permission(owner, event, {
      principal: "iot.amazonaws.com",
      sourceArn: sub(`arn:${owner.sam.partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${RuleName}`, {
        RuleName: ref(event.logicalId),
      }),
      sourceAccount: sub("${AWS::AccountId}"),
    }),
    make(
      event.logicalId,
      "AWS::IoT::TopicRule",
      {
        TopicRulePayload: {
          Sql,
          RuleDisabled: false,
          Actions: [{ Lambda: { FunctionArn: owner.arn } }],
          ...(AwsIotSqlVersion ? { AwsIotSqlVersion } : {}),
        },
      },
      owner.attributes,
    ),
  ];
};

export const cognitoEvent: EventHandler = (owner, event) => {
  required(event, "UserPool", "Trigger");
  const { UserPool: pool, Trigger: trigger } = event.properties;
  const poolId = isDict(pool) && typeof pool["Ref"] === "string" ? pool["Ref"] : undefined;
  const resource = poolId === undefined ? undefined : owner.sam.resources[poolId];
  if (resource === undefined || poolId === undefined) {
    throw new InvalidEvent(
      event.id,
      "Cognito events must reference a Cognito UserPool in the same template.",
    );
  }
  const properties = (resource["Properties"] ??= {}) as Dict;
  const config = (properties["LambdaConfig"] ??= {}) as Dict;
  if (!isDict(config)) throw new InvalidResource(poolId, "Property 'LambdaConfig' should be a map.");
  for (const name of (Array.isArray(trigger) ? trigger : [trigger]) as string[]) {
    if (name in config) {
      throw new InvalidEvent(event.id, `Cognito trigger "${textOf(trigger)}" defined multiple times.`);
    }
    config[name] = owner.arn;
  }
  return [
    permission(owner, event, {
      principal: "cognito-idp.amazonaws.com",
      sourceArn: getAtt(poolId, "Arn"),
      prefix: `${owner.calledId}Cognito`,
    }),
  ];
};
