/**
 * Where EventBridge keeps its state. The default bus has a row only once something about it was set; rules hang on the name
 * of their bus, targets on their rule, and every target is found again by its ARN.
 */
import { table } from "../../store/table.ts";

export interface TagRow {
  readonly Key: string;
  readonly Value: string;
}

export interface BusRow {
  readonly name: string;
  readonly description: string | null;
  readonly kmsKeyIdentifier: string | null;
  readonly deadLetterArn: string | null;
  /** JSON: the resource policy, null without statements. */
  readonly policy: string | null;
  readonly tags: readonly TagRow[];
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export type RuleState = "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

export interface RuleRow {
  readonly bus: string;
  readonly name: string;
  /** JSON as it was put. */
  readonly pattern: string | null;
  readonly schedule: string | null;
  readonly state: RuleState;
  readonly description: string | null;
  readonly roleArn: string | null;
  readonly tags: readonly TagRow[];
  readonly createdBy: string;
}

/** A target as it was put: members that deliveries use, and all others beside them. */
export interface TargetRow {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string | undefined;
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?:
    | {
        readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
        readonly InputTemplate: string | undefined;
      }
    | undefined;
  readonly SqsParameters?: { readonly MessageGroupId?: string | undefined } | undefined;
  readonly KinesisParameters?: { readonly PartitionKeyPath: string | undefined } | undefined;
  readonly DeadLetterConfig?: { readonly Arn?: string | undefined } | undefined;
  readonly RetryPolicy?:
    | {
        readonly MaximumRetryAttempts?: number | undefined;
        readonly MaximumEventAgeInSeconds?: number | undefined;
      }
    | undefined;
}

/** An event as rules see it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly "replay-name"?: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event under way to one target, kept between attempts. */
export interface DeliveryRow {
  readonly event: BusEvent;
  readonly ingestedAtMs: number;
  readonly hops: number;
  readonly traceHeader: string | null;
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly target: TargetRow;
  /** Attempts made after the first. */
  readonly retries: number;
  readonly code: string;
  readonly message: string;
}

/** An event on its way from one bus to another. */
export interface ForwardedEvent {
  readonly event: BusEvent;
  readonly hops: number;
  readonly traceHeader: string | null;
}

/** The request of the effect `events.forward`. */
export interface Forward {
  readonly bus: string;
  readonly forwarded: ForwardedEvent;
}

export interface ArchiveRow {
  readonly name: string;
  readonly bus: string;
  readonly description: string | null;
  readonly pattern: string | null;
  /** 0 keeps events for ever. */
  readonly retentionDays: number;
  readonly createdAtMs: number;
  /** Never used again by an archive of the same name. */
  readonly number: number;
}

/** What changes with every event. */
export interface ArchiveCountsRow {
  readonly events: number;
  readonly bytes: number;
  readonly nextSequence: number;
}

export interface ArchivedEventRow {
  readonly event: BusEvent;
  readonly bytes: number;
}

export interface ReplayRow {
  readonly name: string;
  readonly description: string | null;
  readonly archive: string;
  readonly archiveNumber: number;
  readonly bus: string;
  readonly filterArns: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: "STARTING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "CANCELLED" | "FAILED";
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly lastReplayedAtMs: number | null;
}

export const buses = table<[busName: string], BusRow>("events", "bus");
export const rules = table<[busName: string, ruleName: string], RuleRow>("events", "rule");
export const targets = table<[busName: string, ruleName: string, targetId: string], TargetRow>(
  "events",
  "target",
);
export const targetsByArn = table<
  [busName: string, targetArn: string, ruleName: string, targetId: string],
  true
>("events", "target-by-arn");
export const deliveries = table<[deliveryId: string], DeliveryRow>("events", "delivery");
export const archives = table<[archiveName: string], ArchiveRow>("events", "archive");
export const archiveNumbers = table<[], number>("events", "archive-number");
export const archivesByBus = table<[busName: string, archiveName: string], true>("events", "archive-by-bus");
export const archiveCounts = table<[archiveNumber: number], ArchiveCountsRow>("events", "archive-counts");
export const archivedEvents = table<
  [archiveNumber: number, ingestedAtMs: number, sequence: number],
  ArchivedEventRow
>("events", "archived-event");
export const replays = table<[replayName: string], ReplayRow>("events", "replay");
