/**
 * Each of AWS::SQS::* and AWS::SNS::* by itself through CloudFormation: what Ref and Fn::GetAtt give, what an update
 * changes in place, what makes a new resource of it, and what is left after it is taken out.
 */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
type Outputs = Readonly<Record<string, unknown>>;

interface Bench extends AsyncDisposable {
  readonly app: App;
  /** Creates or updates the stack; its outputs. */
  deploy(Resources: Resources, Outputs?: Outputs): Promise<Record<string, string>>;
  sqs(operation: string, input: object): Promise<Record<string, unknown>>;
  sns(operation: string, input: object): Promise<Record<string, unknown>>;
  attribute(queueUrl: string | undefined, name: string): Promise<string | undefined>;
  topicAttribute(arn: string | undefined, name: string): Promise<string | undefined>;
}

async function bench(): Promise<Bench> {
  const app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client(CloudFormationClient);
  let exists = false;
  const invoke =
    (service: string) =>
    (operation: string, input: object): Promise<Record<string, unknown>> =>
      app.platform.invoke(service, operation, input);
  const [sqs, sns] = [invoke("sqs"), invoke("sns")];
  return {
    app,
    sqs,
    sns,
    deploy: async (Resources, values = {}) => {
      const Outputs = Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
      const input = { StackName: "stack", TemplateBody: JSON.stringify({ Resources, Outputs }) };
      await cloudformation.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input));
      await app.settle();
      const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: "stack" }));
      expect(`${Stacks[0]?.StackStatus} ${Stacks[0]?.StackStatusReason ?? ""}`.trim()).toBe(
        exists ? "UPDATE_COMPLETE" : "CREATE_COMPLETE",
      );
      exists = true;
      return Object.fromEntries(
        (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? "", OutputValue ?? ""]),
      );
    },
    attribute: async (QueueUrl, name) =>
      (
        (await sqs("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }))["Attributes"] as Record<
          string,
          string
        >
      )[name],
    topicAttribute: async (TopicArn, name) =>
      ((await sns("GetTopicAttributes", { TopicArn }))["Attributes"] as Record<string, string>)[name],
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const ref = (Ref: string) => ({ Ref });
const get = (id: string, attribute: string) => ({ "Fn::GetAtt": [id, attribute] });
const allow = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }],
});
const keeper = { Keeper: { Type: "AWS::SQS::Queue" } };

const queue = (Properties: object): Resources => ({
  ...keeper,
  Queue: { Type: "AWS::SQS::Queue", Properties },
});
const topic = (Properties: object): Resources => ({
  ...keeper,
  Topic: { Type: "AWS::SNS::Topic", Properties },
});
const queueAction = async (b: Bench, name: string): Promise<string | undefined> =>
  /"Action":"([^"]+)"/.exec((await b.attribute(name, "Policy")) ?? "")?.[1];
/** Undefined: the default policy. */
const topicAction = async (b: Bench, name: string): Promise<string | undefined> =>
  /"Action":"([^"]+)"/.exec(
    (await b.topicAttribute(`arn:aws:sns:us-east-1:000000000000:${name}`, "Policy")) ?? "",
  )?.[1];

describe("AWS::SQS::Queue", () => {
  const outputs = {
    Ref: ref("Queue"),
    Arn: get("Queue", "Arn"),
    Name: get("Queue", "QueueName"),
    Url: get("Queue", "QueueUrl"),
  };

  test("changes in place, sets back what is taken out, and is replaced by another name or kind", async () => {
    await using b = await bench();
    const first = await b.deploy(
      queue({ VisibilityTimeout: 60, DelaySeconds: 5, Tags: [{ Key: "a", Value: "1" }] }),
      outputs,
    );
    expect(first["Name"]).toMatch(/^stack-Queue-\w+$/);
    expect(first["Ref"]).toBe(`${b.app.endpoint}/000000000000/${first["Name"]}`);
    expect([first["Url"], first["Arn"]]).toEqual([first["Ref"], queueArn(first["Name"] as string)]);
    expect(await b.attribute(first["Ref"], "VisibilityTimeout")).toBe("60");

    const changed = await b.deploy(queue({ DelaySeconds: 6, Tags: [{ Key: "b", Value: "2" }] }), outputs);
    expect(changed).toEqual(first);
    expect(await b.attribute(first["Ref"], "VisibilityTimeout")).toBe("30");
    expect(await b.attribute(first["Ref"], "DelaySeconds")).toBe("6");
    const { Tags } = await b.sqs("ListQueueTags", { QueueUrl: first["Ref"] });
    expect(Tags).toEqual({ b: "2" });

    const fifo = await b.deploy(queue({ FifoQueue: true, ContentBasedDeduplication: true }), outputs);
    expect(fifo["Name"]).toMatch(/^stack-Queue-\w+\.fifo$/);
    expect(await b.attribute(fifo["Ref"], "ContentBasedDeduplication")).toBe("true");
    await expect(b.attribute(first["Ref"], "DelaySeconds")).rejects.toThrow("does not exist");
    const named = await b.deploy(queue({ QueueName: "mine" }), outputs);
    expect(named["Arn"]).toBe(queueArn("mine"));
    await b.deploy(keeper);
    await expect(b.attribute(named["Ref"], "DelaySeconds")).rejects.toThrow("does not exist");
    // Its name is free at once.
    await b.deploy(queue({ QueueName: "mine" }), outputs);
  });
});

describe("policies of queues", () => {
  const two = {
    One: { Type: "AWS::SQS::Queue", Properties: { QueueName: "one" } },
    Two: { Type: "AWS::SQS::Queue", Properties: { QueueName: "two" } },
  };
  test("AWS::SQS::QueuePolicy follows its document and its list of queues", async () => {
    await using b = await bench();
    const policy = (Queues: object[], Action: string): Resources => ({
      ...two,
      Policy: { Type: "AWS::SQS::QueuePolicy", Properties: { Queues, PolicyDocument: allow(Action) } },
    });
    const outputs = { Ref: ref("Policy"), Id: get("Policy", "Id") };
    const first = await b.deploy(policy([ref("One")], "sqs:SendMessage"), outputs);
    expect(first["Id"]).toBe(first["Ref"]);
    expect([await queueAction(b, "one"), await queueAction(b, "two")]).toEqual([
      "sqs:SendMessage",
      undefined,
    ]);
    expect(await b.deploy(policy([ref("Two")], "sqs:ReceiveMessage"), outputs)).toEqual(first);
    expect([await queueAction(b, "one"), await queueAction(b, "two")]).toEqual([
      undefined,
      "sqs:ReceiveMessage",
    ]);
    await b.deploy(two);
    expect(await queueAction(b, "two")).toBe(undefined);
  });

  test("AWS::SQS::QueueInlinePolicy is its queue's, and replaced with it", async () => {
    await using b = await bench();
    const policy = (Queue: object, Action: string): Resources => ({
      ...two,
      Policy: { Type: "AWS::SQS::QueueInlinePolicy", Properties: { Queue, PolicyDocument: allow(Action) } },
    });
    await b.deploy(policy(ref("One"), "sqs:SendMessage"));
    await b.deploy(policy(ref("One"), "sqs:PurgeQueue"));
    expect(await queueAction(b, "one")).toBe("sqs:PurgeQueue");
    const { Ref } = await b.deploy(policy(ref("Two"), "sqs:PurgeQueue"), { Ref: ref("Policy") });
    expect(Ref).toBe(`${b.app.endpoint}/000000000000/two`);
    expect([await queueAction(b, "one"), await queueAction(b, "two")]).toEqual([undefined, "sqs:PurgeQueue"]);
    await b.deploy(two);
    expect(await queueAction(b, "two")).toBe(undefined);
  });
});

describe("AWS::SNS::Topic", () => {
  const outputs = { Ref: ref("Topic"), Arn: get("Topic", "TopicArn"), Name: get("Topic", "TopicName") };

  test("changes in place, its subscriptions too, and is replaced by another name or kind", async () => {
    await using b = await bench();
    const inline = (name: string) => ({ Protocol: "sqs", Endpoint: queueArn(name) });
    const first = await b.deploy(
      topic({ DisplayName: "News", Subscription: [inline("a")], Tags: [{ Key: "a", Value: "1" }] }),
      outputs,
    );
    expect(first["Name"]).toMatch(/^stack-Topic-\w+$/);
    expect(first["Ref"]).toBe(`arn:aws:sns:us-east-1:000000000000:${first["Name"]}`);
    expect(first["Arn"]).toBe(first["Ref"]);
    const changed = await b.deploy(topic({ SignatureVersion: 2, Subscription: [inline("b")] }), outputs);
    expect(changed).toEqual(first);
    expect(await b.topicAttribute(first["Ref"], "DisplayName")).toBe("");
    expect(await b.topicAttribute(first["Ref"], "SignatureVersion")).toBe("2");
    const { Subscriptions } = await b.sns("ListSubscriptionsByTopic", { TopicArn: first["Ref"] });
    expect(Subscriptions).toMatchObject([{ Endpoint: queueArn("b") }]);
    const { Tags } = await b.sns("ListTagsForResource", { ResourceArn: first["Ref"] });
    expect(Tags).not.toContainEqual({ Key: "a", Value: "1" });

    const ArchivePolicy = { MessageRetentionPeriod: "7" };
    const fifo = await b.deploy(topic({ FifoTopic: true, ArchivePolicy }), outputs);
    expect(fifo["Name"]).toMatch(/\.fifo$/);
    await expect(b.topicAttribute(first["Ref"], "Owner")).rejects.toThrow("Topic does not exist");
    const named = await b.deploy(topic({ TopicName: "mine" }), outputs);
    await expect(b.topicAttribute(fifo["Ref"], "Owner")).rejects.toThrow("Topic does not exist");
    await b.deploy(keeper);
    await expect(b.topicAttribute(named["Ref"], "Owner")).rejects.toThrow("Topic does not exist");
  });
});

describe("policies of topics", () => {
  const two = {
    One: { Type: "AWS::SNS::Topic", Properties: { TopicName: "one" } },
    Two: { Type: "AWS::SNS::Topic", Properties: { TopicName: "two" } },
  };
  test.each([
    ["AWS::SNS::TopicPolicy", (id: string) => ({ Topics: [ref(id)] })],
    ["AWS::SNS::TopicInlinePolicy", (id: string) => ({ TopicArn: ref(id) })],
  ])("%s follows its document and its topic", async (Type, of) => {
    await using b = await bench();
    const policy = (id: string, Action: string): Resources => ({
      ...two,
      Policy: { Type, Properties: { ...of(id), PolicyDocument: allow(Action) } },
    });
    await b.deploy(policy("One", "sns:Publish"));
    expect([await topicAction(b, "one"), await topicAction(b, "two")]).toEqual(["sns:Publish", undefined]);
    await b.deploy(policy("One", "sns:Subscribe"));
    expect(await topicAction(b, "one")).toBe("sns:Subscribe");
    await b.deploy(policy("Two", "sns:Subscribe"));
    expect([await topicAction(b, "one"), await topicAction(b, "two")]).toEqual([undefined, "sns:Subscribe"]);
    await b.deploy(two);
    expect(await topicAction(b, "two")).toBe(undefined);
  });
});

describe("AWS::SNS::Subscription", () => {
  test("changes its attributes in place, sets them back, and is replaced with its endpoint or topic", async () => {
    await using b = await bench();
    const subscription = (properties: object, target = "a", topicId = "Topic"): Resources => ({
      Topic: { Type: "AWS::SNS::Topic" },
      Other: { Type: "AWS::SNS::Topic" },
      Subscription: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: ref(topicId), Protocol: "sqs", Endpoint: queueArn(target), ...properties },
      },
    });
    const outputs = { Ref: ref("Subscription"), Arn: get("Subscription", "Arn"), Topic: ref("Topic") };
    const shown = async (SubscriptionArn: string | undefined): Promise<unknown> =>
      (await b.sns("GetSubscriptionAttributes", { SubscriptionArn }))["Attributes"];
    const FilterPolicy = { kind: ["a"] };
    const first = await b.deploy(subscription({ FilterPolicy, RawMessageDelivery: true }), outputs);
    expect(first["Arn"]).toBe(first["Ref"]);
    expect(first["Ref"]?.startsWith(`${first["Topic"]}:`)).toBe(true);
    expect(await shown(first["Ref"])).toMatchObject({
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify(FilterPolicy),
      FilterPolicyScope: "MessageAttributes",
    });
    const RedrivePolicy = { deadLetterTargetArn: queueArn("dead") };
    expect(
      await b.deploy(
        subscription({ FilterPolicy, FilterPolicyScope: "MessageBody", RedrivePolicy }),
        outputs,
      ),
    ).toEqual(first);
    expect(await shown(first["Ref"])).toMatchObject({
      RawMessageDelivery: "false",
      FilterPolicyScope: "MessageBody",
      RedrivePolicy: JSON.stringify(RedrivePolicy),
    });
    await b.deploy(subscription({}), outputs);
    expect(await shown(first["Ref"])).not.toHaveProperty("FilterPolicy");
    expect(await shown(first["Ref"])).not.toHaveProperty("RedrivePolicy");

    const second = await b.deploy(subscription({}, "b"), outputs);
    expect(second["Ref"]).not.toBe(first["Ref"]);
    await expect(shown(first["Ref"])).rejects.toThrow("Subscription does not exist");
    const third = await b.deploy(subscription({}, "b", "Other"), outputs);
    await expect(shown(second["Ref"])).rejects.toThrow("Subscription does not exist");
    expect(third["Ref"]?.startsWith(`${third["Topic"]}:`)).toBe(false);
  });
});
