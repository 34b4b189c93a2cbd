/** What endpoints receive: SNS's JSON around a message, laid out and signed as AWS does. */
import type { Call } from "../../host/call.ts";
import type { PublishedMessage, SubscriptionRow, TopicRow } from "./keys.ts";
import { certificatePath, signatureOf } from "./signing.ts";
import { subscriptionArn, topicArn } from "./topic.ts";

type Members = Readonly<Record<string, unknown>>;

/** AWS's layout: two spaces, a space on both sides of colons, attributes each on one line. */
function layOut(members: Members): string {
  const lines = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${JSON.stringify(name)} : ${layOutValue(value)}`);
  return `{\n${lines.join(",\n")}\n}`;
}

function layOutValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(
    ([name, each]) => `    ${JSON.stringify(name)} : ${JSON.stringify(each)}`,
  );
  return `{\n${lines.join(",\n")}\n  }`;
}

export const timestamp = (atMs: number): string => new Date(atMs).toISOString();

export const signatureVersionOf = (topic: TopicRow): string => topic.attributes["SignatureVersion"] ?? "1";

const unsubscribeUrl = (call: Call, arn: string): string =>
  `${call.endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`;

/** The text of a message for a protocol. */
export function textFor(message: PublishedMessage, protocol: string): string {
  return message.byProtocol?.[protocol] ?? message.byProtocol?.["default"] ?? message.message;
}

interface Attributes {
  readonly [name: string]: { readonly Type: string; readonly Value: string };
}

export function envelopeAttributes(message: PublishedMessage): Attributes {
  return Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64") },
    ]),
  );
}

/** One publish's envelopes: the signature covers what all subscribers of a protocol share, and is made once for it. */
export class Envelopes {
  readonly #call: Call;
  readonly #topic: TopicRow;
  readonly #message: PublishedMessage;
  readonly #signatures = new Map<string, string>();

  constructor(call: Call, topic: TopicRow, message: PublishedMessage) {
    this.#call = call;
    this.#topic = topic;
    this.#message = message;
  }

  /** The notification as JSON text, for SQS, HTTP(S) and email-json. */
  notification(subscription: SubscriptionRow): string {
    const attributes = envelopeAttributes(this.#message);
    const { signed, signing } = this.#parts(subscription.protocol, "SigningCertURL");
    const { Type, MessageId, ...rest } = signed;
    return layOut({
      Type,
      MessageId,
      SequenceNumber: this.#message.sequenceNumber ?? undefined,
      ...rest,
      ...signing,
      UnsubscribeURL: unsubscribeUrl(this.#call, subscriptionArn(this.#call, subscription)),
      MessageAttributes: Object.keys(attributes).length === 0 ? undefined : attributes,
      Replayed: this.#message.isReplayed,
    });
  }

  /** The notification as a delivery stream gets it: on one line, unsigned. */
  record(subscription: SubscriptionRow): string {
    const {
      Signature: _signature,
      SignatureVersion: _version,
      SigningCertURL: _certificate,
      ...rest
    } = JSON.parse(this.notification(subscription)) as Record<string, unknown>;
    return JSON.stringify(rest);
  }

  /** The event a Lambda function receives. */
  lambdaEvent(subscription: SubscriptionRow): object {
    const { signed, signing } = this.#parts("lambda", "SigningCertUrl");
    const arn = subscriptionArn(this.#call, subscription);
    return {
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: arn,
          Sns: {
            Type: signed.Type,
            MessageId: signed.MessageId,
            TopicArn: signed.TopicArn,
            Subject: signed.Subject ?? null,
            Message: signed.Message,
            Timestamp: signed.Timestamp,
            ...signing,
            // AWS says 1 here whatever the topic signs with (recorded).
            ...("SignatureVersion" in signing ? { SignatureVersion: "1" } : {}),
            UnsubscribeUrl: unsubscribeUrl(this.#call, arn),
            MessageAttributes: envelopeAttributes(this.#message),
          },
        },
      ],
    };
  }

  #parts(protocol: string, urlMember: "SigningCertURL" | "SigningCertUrl") {
    const message = this.#message;
    const signed = {
      Type: "Notification",
      MessageId: message.messageId,
      TopicArn: topicArn(this.#call, this.#topic.name),
      Subject: message.subject ?? undefined,
      Message: textFor(message, protocol),
      Timestamp: timestamp(message.publishedAtMs),
    };
    // Notifications of FIFO topics are not signed.
    if (this.#topic.fifo) return { signed, signing: {} };
    const version = signatureVersionOf(this.#topic);
    let signature = this.#signatures.get(signed.Message);
    if (signature === undefined)
      this.#signatures.set(signed.Message, (signature = signatureOf(signed, version)));
    return {
      signed,
      signing: {
        SignatureVersion: version,
        Signature: signature,
        [urlMember]: `${this.#call.endpoint}${certificatePath}`,
      },
    };
  }
}

/** The letter that asks an endpoint to confirm (or, after an unsubscribe, to undo it). */
export function confirmationEnvelope(
  call: Call,
  topic: TopicRow,
  request: {
    readonly kind: "SubscriptionConfirmation" | "UnsubscribeConfirmation";
    readonly messageId: string;
    readonly token: string;
    readonly subscription: SubscriptionRow;
  },
): string {
  const arn = topicArn(call, topic.name);
  const { kind, messageId, token, subscription } = request;
  const Message =
    kind === "SubscriptionConfirmation"
      ? `You have chosen to subscribe to the topic ${arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`
      : `You have chosen to deactivate subscription ${subscriptionArn(call, subscription)}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`;
  const signed = {
    Type: kind,
    MessageId: messageId,
    Token: token,
    TopicArn: arn,
    Message,
    SubscribeURL: `${call.endpoint}/?Action=ConfirmSubscription&TopicArn=${arn}&Token=${token}`,
    Timestamp: timestamp(call.nowMs),
  };
  const version = signatureVersionOf(topic);
  return layOut({
    ...signed,
    SignatureVersion: version,
    Signature: signatureOf(signed, version),
    SigningCertURL: `${call.endpoint}${certificatePath}`,
  });
}
