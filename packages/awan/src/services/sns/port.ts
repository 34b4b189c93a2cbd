/** What other services may ask of SNS: publishing inside their own transaction, and reading what left by mail or phone. */
import type { Call } from "../../host/call.ts";

/** Whom a service acts for. */
export interface OnBehalf {
  /** `sns`, `s3`, `events`. */
  readonly service: string;
  readonly sourceArn: string;
  /** Where the ARN does not tell whose it is: buckets. */
  readonly sourceAccount?: string;
}

export interface SnsPublishRequest {
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string | undefined;
  readonly structure?: "json" | undefined;
  readonly attributes?:
    | Readonly<
        Record<
          string,
          { DataType: string; StringValue?: string | undefined; BinaryValue?: Uint8Array | undefined }
        >
      >
    | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly traceHeader?: string | undefined;
  /** A service that publishes for a resource: the topic's policy must let it, when IAM is enforced. */
  readonly onBehalf?: OnBehalf | undefined;
}

/** A mail, a text message or a push notification that would have left AWS. */
export interface SnsLetter {
  readonly kind: "email" | "sms" | "push";
  readonly to: string;
  readonly subject: string | null;
  readonly body: string;
  readonly messageId: string;
  readonly topicArn: string | null;
  readonly subscriptionArn: string | null;
  readonly sentAtMs: number;
}

export interface SnsPort {
  /** Publishes to the topic of an ARN, whatever scope the call is in. Throws what Publish would. */
  publish(
    call: Call,
    request: SnsPublishRequest,
  ): { readonly messageId: string; readonly sequenceNumber: string | null };
  /** Letters of the call's account and region in the order they were sent; of one address if `to` is given. */
  letters(call: Call, to?: string): readonly SnsLetter[];
  /** Whether the topic of an ARN exists, and its resource policy's text. */
  describe(call: Call, topicArn: string): { readonly fifo: boolean; readonly policy: string } | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly sns: SnsPort;
  }
}
