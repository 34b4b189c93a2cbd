/**
 * Where SNS keeps its state. A topic's subscriptions hang on its number, which no other topic ever has: a topic deleted
 * and made again starts without them, while their ARNs go on being known for a while, as on AWS.
 */
import { table } from "../../store/table.ts";

export type Texts = Readonly<Record<string, string>>;

export interface TopicRow {
  readonly name: string;
  readonly topicId: number;
  readonly fifo: boolean;
  /** As set, in AWS's wire form; defaults are added when a topic is looked at. */
  readonly attributes: Texts;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** What changes as a topic is used. */
export interface TopicCountsRow {
  readonly confirmed: number;
  readonly pending: number;
  readonly deleted: number;
  readonly nextSequence: number;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly topicName: string;
  readonly topicId: number;
  readonly protocol: string;
  readonly endpoint: string;
  readonly owner: string;
  readonly principalArn: string;
  /** As set, in AWS's wire form. */
  readonly attributes: Texts;
  /** Names that were given when it was made; a repeated Subscribe must agree with them. */
  readonly pending: boolean;
  readonly token: string | null;
  readonly authenticated: boolean;
  /** Only those who may act for the topic may unsubscribe. */
  readonly authenticateOnUnsubscribe: boolean;
}

export interface PlatformApplicationRow {
  readonly platform: string;
  readonly name: string;
  readonly attributes: Texts;
}

export interface PlatformEndpointRow {
  readonly id: string;
  readonly platform: string;
  readonly application: string;
  readonly attributes: Texts;
}

/** A mail, a text message or a push notification that would have left AWS. */
export interface LetterRow {
  readonly kind: "email" | "sms" | "push";
  /** Address, phone number or endpoint ARN. */
  readonly to: string;
  readonly subject: string | null;
  readonly body: string;
  readonly messageId: string;
  readonly topicArn: string | null;
  readonly subscriptionArn: string | null;
  readonly sentAtMs: number;
}

export interface DeduplicationRow {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly expiresAtMs: number;
}

/** A message as it was published, kept for deliveries, archive and replay. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly subject: string | null;
  readonly message: string;
  /** `MessageStructure: json`: the text by protocol. */
  readonly byProtocol: Texts | null;
  readonly attributes: Readonly<Record<string, PublishedAttribute>>;
  readonly groupId: string | null;
  readonly deduplicationId: string | null;
  readonly sequenceNumber: string | null;
  readonly publishedAtMs: number;
  readonly traceHeader: string | null;
  /** Set on what comes out of the archive. */
  readonly isReplayed?: true;
}

export interface PublishedAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

export const topicNumbers = table<[], number>("sns", "topic-number");
export const topics = table<[topicName: string], TopicRow>("sns", "topic");
export const topicCounts = table<[topicId: number], TopicCountsRow>("sns", "topic-counts");
export const subscriptions = table<[topicId: number, subscriptionId: string], SubscriptionRow>(
  "sns",
  "subscription",
);
/** Whose subscription an ARN's id is. */
export const subscriptionTopics = table<[subscriptionId: string], number>("sns", "subscription-topic");
export const subscriptionsByEndpoint = table<[topicId: number, protocol: string, endpoint: string], string>(
  "sns",
  "subscription-by-endpoint",
);
export const confirmationTokens = table<[token: string], readonly [topicId: number, subscriptionId: string]>(
  "sns",
  "confirmation-token",
);
/** When the next delivery to a subscription with a throttle policy may begin. */
export const deliveryTimes = table<[topicId: number, subscriptionId: string], number>("sns", "delivery-time");
export const deduplications = table<
  [topicId: number, groupId: string, deduplicationId: string],
  DeduplicationRow
>("sns", "deduplication");
export const deduplicationExpiries = table<
  [topicId: number, expiresAtMs: number, sequenceNumber: string],
  readonly [groupId: string, deduplicationId: string]
>("sns", "deduplication-expiry");
export const archive = table<[topicId: number, publishedAtMs: number, sequence: number], PublishedMessage>(
  "sns",
  "archive",
);
/** Topics with an archive, and since when. */
export const archiveTopics = table<
  [topicId: number],
  { readonly topicName: string; readonly beganAtMs: number }
>("sns", "archive-topic");
export const platformApplications = table<[platform: string, name: string], PlatformApplicationRow>(
  "sns",
  "platform-application",
);
export const platformEndpoints = table<
  [platform: string, application: string, endpointId: string],
  PlatformEndpointRow
>("sns", "platform-endpoint");
export const endpointsByToken = table<[platform: string, application: string, token: string], string>(
  "sns",
  "endpoint-by-token",
);
export const smsAttributes = table<[], Texts>("sns", "sms-attributes");
export const optedOutNumbers = table<[phoneNumber: string], number>("sns", "opted-out-number");
export const letterNumbers = table<[], number>("sns", "letter-number");
export const letters = table<[letterNumber: number], LetterRow>("sns", "letter");
