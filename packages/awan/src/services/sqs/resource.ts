/** AWS::SQS::Queue, QueuePolicy and QueueInlinePolicy, through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { deletedQueues } from "./keys.ts";
import { addressOf, queueArn } from "./queue.ts";

/** Properties that are queue attributes of the same name, with what removing one from a template sets back. */
const attributeDefaults: Readonly<Record<string, string>> = {
  DelaySeconds: "0",
  KmsMasterKeyId: "",
  // CloudFormation's own, older than the service's (recorded).
  MaximumMessageSize: "262144",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  RedriveAllowPolicy: "",
  RedrivePolicy: "",
  VisibilityTimeout: "30",
};
const fifoDefaults: Readonly<Record<string, string>> = { ContentBasedDeduplication: "false" };
/** Removed from a template, these stay as they are (recorded). */
const fifoKept = ["DeduplicationScope", "FifoThroughputLimit"];

const attributeText = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

const isFifo = (properties: Properties): boolean =>
  attributeText(properties["FifoQueue"] ?? false) === "true";

function givenAttributes(properties: Properties): Record<string, string> {
  const names = [
    ...Object.keys(attributeDefaults),
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
    ...(isFifo(properties) ? ["FifoQueue", ...Object.keys(fifoDefaults), ...fifoKept] : []),
  ];
  const given: Record<string, string> = {};
  for (const name of names) {
    const value = properties[name];
    if (value !== undefined) given[name] = attributeText(value);
  }
  return given;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const tagsOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(((properties["Tags"] ?? []) as readonly Tag[]).map(({ Key, Value }) => [Key, Value]));

function stateOf(call: Call, queueUrl: string): ResourceState {
  const { call: there, name } = addressOf(call, queueUrl);
  return {
    physicalId: queueUrl,
    attributes: { Arn: queueArn(there, name), QueueName: name, QueueUrl: queueUrl },
  };
}

/** Deleting what is gone succeeds. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "QueueDoesNotExist") throw error;
  }
}

const queue: ResourceProvider = {
  type: "AWS::SQS::Queue",
  properties: {
    ...Object.fromEntries(
      [...Object.keys(attributeDefaults), ...Object.keys(fifoDefaults), ...fifoKept].map((name) => [
        name,
        "mutable",
      ]),
    ),
    FifoQueue: "replace",
    KmsDataKeyReusePeriodSeconds: "mutable",
    QueueName: "replace",
    SqsManagedSseEnabled: "mutable",
    Tags: "mutable",
  },
  create(call, { properties, stack, generateName }) {
    const suffix = isFifo(properties) ? { suffix: ".fifo" } : {};
    const name = properties["QueueName"] ?? generateName({ lengthMax: 80, ...suffix });
    const { QueueUrl } = call.invoke("sqs", "CreateQueue", {
      QueueName: attributeText(name),
      Attributes: givenAttributes(properties),
      tags: { ...stack.tags, ...tagsOf(properties) },
    });
    return stateOf(call, QueueUrl as string);
  },
  update(call, { properties, previousProperties, physicalId }) {
    const { FifoQueue: _kept, ...given } = givenAttributes(properties);
    const defaults = { ...attributeDefaults, ...(isFifo(properties) ? fifoDefaults : {}) };
    const before = givenAttributes(previousProperties);
    const removed = Object.fromEntries(
      Object.entries(defaults).filter(([name]) => before[name] !== undefined && given[name] === undefined),
    );
    const Attributes = { ...removed, ...given };
    if (Object.keys(Attributes).length > 0) {
      call.invoke("sqs", "SetQueueAttributes", { QueueUrl: physicalId, Attributes });
    }
    const [tags, tagsBefore] = [tagsOf(properties), tagsOf(previousProperties)];
    const TagKeys = Object.keys(tagsBefore).filter((key) => tags[key] === undefined);
    if (TagKeys.length > 0) call.invoke("sqs", "UntagQueue", { QueueUrl: physicalId, TagKeys });
    if (Object.keys(tags).length > 0) call.invoke("sqs", "TagQueue", { QueueUrl: physicalId, Tags: tags });
    return stateOf(call, physicalId);
  },
  delete(call, { physicalId }) {
    unlessGone(() => call.invoke("sqs", "DeleteQueue", { QueueUrl: physicalId }));
    // AWS's handler waits until the name is free again; here it is free at once instead.
    const { call: there, name } = addressOf(call, physicalId);
    deletedQueues.delete(there.tx, [name]);
  },
};

function setPolicy(call: Call, queueUrls: readonly string[], document: unknown): void {
  const Policy = document === undefined ? "" : attributeText(document);
  for (const QueueUrl of queueUrls)
    call.invoke("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy } });
}

const queuesOf = (properties: Properties): readonly string[] =>
  ((properties["Queues"] ?? []) as readonly unknown[]).map(String);

const queuePolicy: ResourceProvider = {
  type: "AWS::SQS::QueuePolicy",
  properties: { PolicyDocument: "mutable", Queues: "mutable" },
  required: ["PolicyDocument", "Queues"],
  create(call, { properties, generateName }) {
    setPolicy(call, queuesOf(properties), properties["PolicyDocument"]);
    const physicalId = generateName({ lengthMax: 128 });
    return { physicalId, attributes: { Id: physicalId } };
  },
  update(call, { properties, previousProperties, physicalId }) {
    const urls = queuesOf(properties);
    const dropped = queuesOf(previousProperties).filter((url) => !urls.includes(url));
    for (const url of dropped) unlessGone(() => setPolicy(call, [url], undefined));
    setPolicy(call, urls, properties["PolicyDocument"]);
    return { physicalId, attributes: { Id: physicalId } };
  },
  delete(call, { properties }) {
    for (const url of queuesOf(properties)) unlessGone(() => setPolicy(call, [url], undefined));
  },
};

const queueInlinePolicy: ResourceProvider = {
  type: "AWS::SQS::QueueInlinePolicy",
  properties: { PolicyDocument: "mutable", Queue: "replace" },
  required: ["PolicyDocument", "Queue"],
  create(call, { properties }) {
    const url = String(properties["Queue"]);
    setPolicy(call, [url], properties["PolicyDocument"]);
    return { physicalId: url, attributes: {} };
  },
  update(call, { properties, physicalId }) {
    setPolicy(call, [physicalId], properties["PolicyDocument"]);
    return { physicalId, attributes: {} };
  },
  delete(call, { physicalId }) {
    unlessGone(() => setPolicy(call, [physicalId], undefined));
  },
};

export const providers: readonly ResourceProvider[] = [queue, queuePolicy, queueInlinePolicy];
