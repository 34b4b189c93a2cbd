/** SNS: a topic calls the function, or fills a queue that the function reads. */
import { isDict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { logicalIdIn, ref } from "../intrinsics.ts";
import { senderPolicy } from "../policies.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import { resolved, type Sam } from "../sam.ts";
import { shape } from "../shape.ts";
import { type EventKind, type EventKinds, permission, present, type SamEvent, type Target } from "./event.ts";
import { queueMapping } from "./pull.ts";

const sns: EventKind = {
  shape: shape(`
    Topic: !string; Region: string; FilterPolicy: pass; FilterPolicyScope: pass; SqsSubscription: boolean|map
    RedrivePolicy: map`),
  make: (sam, event, { target }) => {
    const { Topic: topic, SqsSubscription: queue } = event.properties;
    if (!given(queue)) {
      return [
        permission(event, target, { principal: "sns.amazonaws.com", SourceArn: topic }),
        subscription(event, target, { protocol: "lambda", endpoint: arnOf(target.resource) }),
      ];
    }
    return queue === true ? throughNewQueue(sam, event, target) : throughQueue(sam, event, { target, queue });
  },
};

export const topicEvents: EventKinds = { SNS: sns };

const subscription = (
  { id, properties }: SamEvent,
  { resource }: Target,
  { protocol, endpoint }: { protocol: string; endpoint: unknown },
): Resource =>
  new Resource(id, "AWS::SNS::Subscription", {
    attributes: resource.shared,
    properties: {
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: properties["Topic"],
      ...present({
        Region: properties["Region"],
        FilterPolicy: properties["FilterPolicy"],
        FilterPolicyScope: properties["FilterPolicyScope"],
        RedrivePolicy: properties["RedrivePolicy"],
      }),
    },
  });

const queuePolicy = (
  id: string,
  event: SamEvent,
  { target, arn, url }: { target: Target; arn: unknown; url: unknown },
): Resource =>
  new Resource(id, "AWS::SQS::QueuePolicy", {
    attributes: target.resource.shared,
    properties: { PolicyDocument: senderPolicy("*", event.properties["Topic"], arn), Queues: [url] },
  });

function throughNewQueue(sam: Sam, event: SamEvent, target: Target): Resource[] {
  const fifo = isFifo(sam, event.properties["Topic"]);
  const queue = new Resource(`${event.id}Queue`, "AWS::SQS::Queue", {
    attributes: target.resource.shared,
    properties: given(fifo) ? { FifoQueue: fifo } : {},
  });
  const arn = arnOf(queue);
  const policy = queuePolicy(`${event.id}QueuePolicy`, event, { target, arn, url: ref(queue.id) });
  const made = subscription(event, target, { protocol: "sqs", endpoint: arn });
  return [...queueMapping(sam, event, { target, queue: arn, batchSize: undefined }), queue, policy, made];
}

/** Whether the topic, if it is in the template, is of the ordered kind. */
function isFifo(sam: Sam, topic: unknown): unknown {
  const id = logicalIdIn(topic);
  const resource = id === undefined ? undefined : sam.resources[id];
  const properties = isDict(resource?.["Properties"]) ? resource["Properties"] : {};
  return resolved(sam, "FifoTopic" in properties ? properties["FifoTopic"] : false);
}

function throughQueue(
  sam: Sam,
  event: SamEvent,
  { target, queue }: { target: Target; queue: unknown },
): Resource[] {
  expectMap(queue, { id: event.name, path: "SqsSubscription", of: "event" });
  const { QueueArn: arn, QueueUrl: url, QueuePolicyLogicalId: policyId } = queue;
  if (!given(arn) || !given(url)) throw new InvalidEvent(event.name, "No QueueARN or QueueURL provided.");
  const policy = queuePolicy(given(policyId) ? (policyId as string) : `${event.id}QueuePolicy`, event, {
    target,
    arn,
    url,
  });
  const made = subscription(event, target, { protocol: "sqs", endpoint: arn });
  return [...queueMapping(sam, event, { target, queue: arn, batchSize: queue["BatchSize"] }), policy, made];
}
