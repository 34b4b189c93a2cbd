/** AWS::SNS::Topic, TopicPolicy, TopicInlinePolicy and Subscription, through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";

const textOf = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "NotFoundException") throw error;
  }
}

/** The call in the region of an ARN: SNS answers only for the region it is called in. */
const at = (call: Call, arn: string): Call => {
  const parts = parseArn(arn);
  return parts === undefined ? call : call.in({ accountId: parts.accountId, region: parts.region });
};

const topicAttributes = [
  "ArchivePolicy",
  "ContentBasedDeduplication",
  "DeliveryPolicy",
  "DisplayName",
  "FifoThroughputScope",
  "KmsMasterKeyId",
  "SignatureVersion",
  "TracingConfig",
] as const;

interface StatusLogging {
  readonly Protocol: string;
  readonly SuccessFeedbackRoleArn?: string;
  readonly SuccessFeedbackSampleRate?: string;
  readonly FailureFeedbackRoleArn?: string;
}

const loggingPrefixes: Readonly<Record<string, string>> = {
  "http/s": "HTTP",
  sqs: "SQS",
  lambda: "Lambda",
  firehose: "Firehose",
  application: "Application",
};

/** Attributes the properties stand for. */
function givenAttributes(properties: Properties): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of topicAttributes)
    if (properties[name] !== undefined) given[name] = textOf(properties[name]);
  for (const { Protocol, ...feedback } of (properties["DeliveryStatusLogging"] ??
    []) as readonly StatusLogging[]) {
    const prefix = loggingPrefixes[Protocol.toLowerCase()] ?? Protocol;
    for (const [name, value] of Object.entries(feedback)) given[`${prefix}${name}`] = value;
  }
  return given;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Endpoint {
  readonly Protocol: string;
  readonly Endpoint: string;
}

const tagsOf = (properties: Properties): readonly Tag[] => (properties["Tags"] ?? []) as readonly Tag[];
const endpointsOf = (properties: Properties): readonly Endpoint[] =>
  (properties["Subscription"] ?? []) as readonly Endpoint[];

const nameOf = (endpoint: Endpoint): string => `${endpoint.Protocol} ${endpoint.Endpoint}`;

const topicState = (arn: string): ResourceState => ({
  physicalId: arn,
  attributes: { TopicArn: arn, TopicName: parseArn(arn)?.resource ?? "" },
});

const isFifo = (properties: Properties): boolean => textOf(properties["FifoTopic"] ?? false) === "true";

function subscribeAll(call: Call, TopicArn: string, endpoints: readonly Endpoint[]): void {
  for (const { Protocol, Endpoint: target } of endpoints) {
    call.invoke("sns", "Subscribe", { TopicArn, Protocol, Endpoint: target, ReturnSubscriptionArn: true });
  }
}

/** Ends subscriptions of the topic to endpoints that left the template. */
function unsubscribeAll(call: Call, TopicArn: string, endpoints: readonly Endpoint[]): void {
  for (const { Protocol, Endpoint: target } of endpoints) {
    // Subscribing again tells the ARN of what is there.
    const { SubscriptionArn } = call.invoke("sns", "Subscribe", {
      TopicArn,
      Protocol,
      Endpoint: target,
      ReturnSubscriptionArn: true,
    });
    call.invoke("sns", "Unsubscribe", { SubscriptionArn });
  }
}

const topic: ResourceProvider = {
  type: "AWS::SNS::Topic",
  properties: {
    ...Object.fromEntries(topicAttributes.map((name) => [name, "mutable"])),
    DeliveryStatusLogging: "mutable",
    FifoTopic: "replace",
    Subscription: "mutable",
    Tags: "mutable",
    TopicName: "replace",
  },
  create(call, { properties, stack, generateName }) {
    const fifo = isFifo(properties);
    const Name = textOf(
      properties["TopicName"] ?? generateName({ lengthMax: 256, ...(fifo ? { suffix: ".fifo" } : {}) }),
    );
    const tags = new Map([
      ...Object.entries(stack.tags),
      ...tagsOf(properties).map(({ Key, Value }) => [Key, Value] as const),
    ]);
    const { TopicArn } = call.invoke("sns", "CreateTopic", {
      Name,
      Attributes: { ...givenAttributes(properties), ...(fifo ? { FifoTopic: "true" } : {}) },
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    });
    const arn = TopicArn as string;
    subscribeAll(call, arn, endpointsOf(properties));
    return topicState(arn);
  },
  update(call, { properties, previousProperties, physicalId: TopicArn }) {
    const [given, before] = [givenAttributes(properties), givenAttributes(previousProperties)];
    for (const AttributeName of new Set([...Object.keys(before), ...Object.keys(given)])) {
      if (given[AttributeName] === before[AttributeName]) continue;
      call.invoke("sns", "SetTopicAttributes", {
        TopicArn,
        AttributeName,
        AttributeValue: given[AttributeName] ?? resetValue(AttributeName),
      });
    }
    const [now, then] = [endpointsOf(properties), endpointsOf(previousProperties)];
    const kept = new Set(now.map(nameOf));
    const had = new Set(then.map(nameOf));
    unsubscribeAll(
      call,
      TopicArn,
      then.filter((endpoint) => !kept.has(nameOf(endpoint))),
    );
    subscribeAll(
      call,
      TopicArn,
      now.filter((endpoint) => !had.has(nameOf(endpoint))),
    );
    const TagKeys = tagsOf(previousProperties)
      .map(({ Key }) => Key)
      .filter((name) => !tagsOf(properties).some(({ Key }) => Key === name));
    if (TagKeys.length > 0) call.invoke("sns", "UntagResource", { ResourceArn: TopicArn, TagKeys });
    if (tagsOf(properties).length > 0) {
      call.invoke("sns", "TagResource", { ResourceArn: TopicArn, Tags: tagsOf(properties) });
    }
    return topicState(TopicArn);
  },
  delete(call, { properties, physicalId: TopicArn }) {
    unlessGone(() => {
      unsubscribeAll(call, TopicArn, endpointsOf(properties));
      // A topic that archives cannot be deleted.
      if (properties["ArchivePolicy"] !== undefined)
        call.invoke("sns", "SetTopicAttributes", { TopicArn, AttributeName: "ArchivePolicy" });
    });
    call.invoke("sns", "DeleteTopic", { TopicArn });
  },
};

/** Attributes whose removal is a value of its own. */
function resetValue(name: string): string {
  if (name === "ContentBasedDeduplication") return "false";
  if (name === "SignatureVersion") return "1";
  if (name === "TracingConfig") return "PassThrough";
  return name === "FifoThroughputScope" ? "Topic" : "";
}

function setPolicy(call: Call, arns: readonly string[], document: unknown): void {
  const AttributeValue = document === undefined ? "" : textOf(document);
  for (const TopicArn of arns) {
    at(call, TopicArn).invoke("sns", "SetTopicAttributes", {
      TopicArn,
      AttributeName: "Policy",
      AttributeValue,
    });
  }
}

const topicsOf = (properties: Properties): readonly string[] =>
  ((properties["Topics"] ?? []) as readonly unknown[]).map(String);

const topicPolicy: ResourceProvider = {
  type: "AWS::SNS::TopicPolicy",
  properties: { PolicyDocument: "mutable", Topics: "mutable" },
  required: ["PolicyDocument", "Topics"],
  create(call, { properties, generateName }) {
    setPolicy(call, topicsOf(properties), properties["PolicyDocument"]);
    const physicalId = generateName({ lengthMax: 128 });
    return { physicalId, attributes: { Id: physicalId } };
  },
  update(call, { properties, previousProperties, physicalId }) {
    const arns = topicsOf(properties);
    for (const arn of topicsOf(previousProperties)) {
      if (!arns.includes(arn)) unlessGone(() => setPolicy(call, [arn], undefined));
    }
    setPolicy(call, arns, properties["PolicyDocument"]);
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete(call, { properties }) {
    for (const arn of topicsOf(properties)) unlessGone(() => setPolicy(call, [arn], undefined));
  },
};

const topicInlinePolicy: ResourceProvider = {
  type: "AWS::SNS::TopicInlinePolicy",
  properties: { PolicyDocument: "mutable", TopicArn: "replace" },
  required: ["PolicyDocument", "TopicArn"],
  create(call, { properties }) {
    const arn = textOf(properties["TopicArn"]);
    setPolicy(call, [arn], properties["PolicyDocument"]);
    return { physicalId: arn, attributes: {} };
  },
  update(call, { properties, physicalId }) {
    setPolicy(call, [physicalId], properties["PolicyDocument"]);
    return { physicalId, attributes: {} };
  },
  delete(call, { physicalId }) {
    unlessGone(() => setPolicy(call, [physicalId], undefined));
  },
};

/** Order matters: a filter policy is read in its scope. */
const subscriptionAttributes = [
  "FilterPolicyScope",
  "FilterPolicy",
  "DeliveryPolicy",
  "RawMessageDelivery",
  "RedrivePolicy",
  "ReplayPolicy",
  "SubscriptionRoleArn",
] as const;

function subscriptionValues(properties: Properties): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of subscriptionAttributes) {
    if (properties[name] !== undefined) given[name] = textOf(properties[name]);
  }
  return given;
}

const subscriptionState = (arn: string): ResourceState => ({ physicalId: arn, attributes: { Arn: arn } });

const subscription: ResourceProvider = {
  type: "AWS::SNS::Subscription",
  properties: {
    ...Object.fromEntries(subscriptionAttributes.map((name) => [name, "mutable"])),
    Endpoint: "replace",
    Protocol: "replace",
    Region: "mutable",
    TopicArn: "replace",
  },
  required: ["Protocol", "TopicArn"],
  create(call, { properties }) {
    const TopicArn = textOf(properties["TopicArn"]);
    const { SubscriptionArn } = at(call, TopicArn).invoke("sns", "Subscribe", {
      TopicArn,
      Protocol: properties["Protocol"],
      Endpoint: properties["Endpoint"],
      Attributes: subscriptionValues(properties),
      ReturnSubscriptionArn: true,
    });
    return subscriptionState(SubscriptionArn as string);
  },
  update(call, { properties, previousProperties, physicalId: SubscriptionArn }) {
    const [given, before] = [subscriptionValues(properties), subscriptionValues(previousProperties)];
    for (const AttributeName of subscriptionAttributes) {
      if (given[AttributeName] === before[AttributeName]) continue;
      const removed =
        AttributeName === "RawMessageDelivery"
          ? "false"
          : AttributeName === "FilterPolicyScope"
            ? "MessageAttributes"
            : "";
      at(call, SubscriptionArn).invoke("sns", "SetSubscriptionAttributes", {
        SubscriptionArn,
        AttributeName,
        AttributeValue: given[AttributeName] ?? removed,
      });
    }
    return subscriptionState(SubscriptionArn);
  },
  delete(call, { physicalId: SubscriptionArn }) {
    try {
      at(call, SubscriptionArn).invoke("sns", "Unsubscribe", { SubscriptionArn });
    } catch (error) {
      // One that was never confirmed cannot be unsubscribed; it is forgotten with its topic.
      if (!(error instanceof AwsError)) throw error;
    }
  },
};

export const providers: readonly ResourceProvider[] = [topic, topicPolicy, topicInlinePolicy, subscription];
