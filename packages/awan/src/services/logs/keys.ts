/**
 * Rows of CloudWatch Logs. An event is one row under its group, stream, time and sequence; the sequence is counted per
 * group, so it also tells the order of arrival. Every append adds one `batches` row that names the keys it wrote, which
 * is how a group is followed without a second row per event.
 */
import type {
  Delivery,
  DeliveryDestination,
  DeliverySource,
  Destination,
  LogGroupClass,
  MetricFilter,
  SubscriptionFilter,
} from "@aws-sdk/client-cloudwatch-logs";
import { table } from "../../store/table.ts";

export interface GroupRow {
  readonly createdAtMs: number;
  readonly retentionDays: number | null;
  readonly kmsKeyId: string | null;
  readonly logGroupClass: LogGroupClass;
  readonly deletionProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StreamRow {
  readonly createdAtMs: number;
  /** Undefined on AWS, null here, while the stream is empty. */
  readonly firstEventAtMs: number | null;
  readonly lastEventAtMs: number | null;
  readonly lastIngestedAtMs: number | null;
  readonly storedBytes: number;
}

export interface EventRow {
  readonly message: string;
  readonly ingestedAtMs: number;
}

export interface BatchRow {
  readonly streamName: string;
  readonly ingestedAtMs: number;
  /** Times of its events; their sequences follow each other from the batch's own on. */
  readonly timestampsMs: readonly number[];
}

export interface StoredDestination {
  readonly destination: Destination;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeliveryDestinationRow {
  readonly record: DeliveryDestination;
  readonly policy: string | null;
}

export const groups = table<[groupName: string], GroupRow>("logs", "group");
export const streams = table<[groupName: string, streamName: string], StreamRow>("logs", "stream");
/** Streams by the time of their last event; an empty stream is at 0. */
export const streamsByTime = table<[groupName: string, lastEventAtMs: number, streamName: string], null>(
  "logs",
  "stream-by-time",
);
export const events = table<
  [groupName: string, streamName: string, timestampMs: number, sequence: number],
  EventRow
>("logs", "event");
export const batches = table<[groupName: string, firstSequence: number], BatchRow>("logs", "batch");
/** The next sequence of the group. */
export const sequences = table<[groupName: string], number>("logs", "sequence");
/** When the group's retention duty is due; only while it is scheduled. */
export const retentionDue = table<[groupName: string], number>("logs", "retention-due");
export const metricFilters = table<[groupName: string, filterName: string], MetricFilter>(
  "logs",
  "metric-filter",
);
export const subscriptionFilters = table<[groupName: string, filterName: string], SubscriptionFilter>(
  "logs",
  "subscription-filter",
);
export const destinations = table<[name: string], StoredDestination>("logs", "destination");
export const deliverySources = table<[name: string], DeliverySource>("logs", "delivery-source");
export const deliveryDestinations = table<[name: string], DeliveryDestinationRow>(
  "logs",
  "delivery-destination",
);
export const deliveries = table<[id: string], Delivery>("logs", "delivery");
export const resourcePolicies = table<
  [policyName: string],
  { readonly document: string; readonly updatedAtMs: number }
>("logs", "resource-policy");
