/**
 * SNS as IAM sees it: each operation's action on the topic's ARN, decided together with the topic's policy. Whoever holds
 * the token of a letter may confirm, and end a subscription that did not ask for more.
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { servicePrincipal } from "../../host/live-call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";
import { subscriptions, subscriptionTopics, topics } from "./keys.ts";
import type { OnBehalf } from "./port.ts";
import { type FoundTopic, topicArn } from "./topic.ts";
import { policyOf } from "./topic-attributes.ts";

/** Access to what an ARN names: a topic, one of its subscriptions (the topic counts), or something without a policy. */
function accessTo(caller: Call, action: string, arn: string | undefined): Access {
  const parts = parseArn(arn ?? "");
  if (parts === undefined) return { action: `SNS:${action}`, resource: "*" };
  const call = caller.in({ accountId: parts.accountId, region: parts.region });
  const name = parts.resource.split(":", 1)[0] as string;
  const topic = topics.get(call.tx, [name]);
  return {
    action: `SNS:${action}`,
    resource: topicArn(call, name),
    resourcePolicy: topic === undefined ? undefined : policyOf(call, topic),
  };
}

type Arns = Readonly<Partial<Record<string, string>>>;

const on =
  (action: string, ...members: readonly string[]) =>
  (call: Call, input: Arns): Access =>
    accessTo(
      call,
      action,
      members.map((member) => input[member]).find((arn) => arn !== undefined),
    );

const topicActions = [
  "AddPermission",
  "DeleteTopic",
  "GetTopicAttributes",
  "ListSubscriptionsByTopic",
  "RemovePermission",
  "SetTopicAttributes",
];
const resourceActions = [
  "GetDataProtectionPolicy",
  "ListTagsForResource",
  "PutDataProtectionPolicy",
  "TagResource",
  "UntagResource",
];
const applicationActions = [
  "CreatePlatformEndpoint",
  "DeletePlatformApplication",
  "GetPlatformApplicationAttributes",
  "ListEndpointsByPlatformApplication",
  "SetPlatformApplicationAttributes",
];
const endpointActions = ["DeleteEndpoint", "GetEndpointAttributes", "SetEndpointAttributes"];

const all = (actions: readonly string[], member: string): Authorization["accesses"] =>
  Object.fromEntries(actions.map((action) => [action, on(action, member)]));

function mayUnsubscribe(call: Call, input: Arns): Access | readonly Access[] {
  if (call.principal.kind !== "anonymous") return accessTo(call, "Unsubscribe", input["SubscriptionArn"]);
  const id = input["SubscriptionArn"]?.split(":")[6] ?? "";
  const parts = parseArn(input["SubscriptionArn"] ?? "");
  const { tx } = call.in({ accountId: parts?.accountId ?? "", region: parts?.region ?? "" });
  const topicId = subscriptionTopics.get(tx, [id]);
  const subscription = topicId === undefined ? undefined : subscriptions.get(tx, [topicId, id]);
  return subscription?.authenticateOnUnsubscribe === true
    ? accessTo(call, "Unsubscribe", input["SubscriptionArn"])
    : [];
}

export const authorization: Authorization = {
  prefix: "SNS",
  accesses: {
    ...all(topicActions, "TopicArn"),
    ...all(resourceActions, "ResourceArn"),
    ...all(applicationActions, "PlatformApplicationArn"),
    ...all(endpointActions, "EndpointArn"),
    CreateTopic: (call, { Name }: { readonly Name?: string }) =>
      accessTo(call, "CreateTopic", Name === undefined ? undefined : topicArn(call, Name)),
    ConfirmSubscription: () => [],
    GetSubscriptionAttributes: on("GetSubscriptionAttributes", "SubscriptionArn"),
    Publish: on("Publish", "TopicArn", "TargetArn"),
    PublishBatch: on("Publish", "TopicArn"),
    SetSubscriptionAttributes: on("SetSubscriptionAttributes", "SubscriptionArn"),
    Subscribe: (call, input: { TopicArn?: string; Protocol?: string; Endpoint?: string }) => ({
      ...accessTo(call, "Subscribe", input.TopicArn),
      context: {
        ...(input.Protocol === undefined ? {} : { "sns:Protocol": input.Protocol }),
        ...(input.Endpoint === undefined ? {} : { "sns:Endpoint": input.Endpoint }),
      },
    }),
    Unsubscribe: mayUnsubscribe,
  },
  denied: (_access, why) => new AwsError("AuthorizationErrorException", why),
};

/** Throws unless the topic's policy lets the service publish for its resource, when IAM is enforced. */
export function checkPublisher(
  { call, topic }: FoundTopic,
  { service, sourceArn, ...source }: OnBehalf,
): void {
  const sourceAccount = source.sourceAccount ?? parseArn(sourceArn)?.accountId ?? call.accountId;
  call.as(servicePrincipal(service, sourceAccount)).authorize({
    action: "SNS:Publish",
    resource: topicArn(call, topic.name),
    resourcePolicy: policyOf(call, topic),
    context: {
      "aws:SourceArn": sourceArn,
      "aws:SourceAccount": sourceAccount,
      // The key of the default policy, which only services as old as alarms set.
      ...(service === "cloudwatch" ? { "aws:SourceOwner": sourceAccount } : {}),
    },
  });
}

/** Throws unless the function's policy lets SNS invoke it for the topic, when IAM is enforced. */
export function checkFunction(call: Call, functionArn: string, sourceArn: string): void {
  const action = "lambda:InvokeFunction";
  const sns = call.as(servicePrincipal("sns", call.accountId));
  // A service may do nothing unasked: what is allowed without any policy is so because nothing is enforced.
  if (sns.allows({ action, resource: functionArn })) return;
  const request = { functionArn, principal: "sns.amazonaws.com", sourceArn };
  if (!call.ports.lambda.allows(call, { ...request, sourceAccount: call.accountId }))
    sns.authorize({ action, resource: functionArn });
}
