/**
 * Queue attributes: which there are, AWS's defaults, what values they take, and what they mean. Computed ones
 * (counters, times, ARN) are added when a queue is looked at.
 */
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";
import { invalidAttributeValue, unknownAttribute } from "./errors.ts";
import type { QueueSettings } from "./keys.ts";
import { redriveSourceQueuesMax } from "./limits.ts";

export type Attributes = Readonly<Record<string, string>>;

const integers: Readonly<Record<string, readonly [min: number, max: number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};
const booleans = new Set(["FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"]);
const choices: Readonly<Record<string, readonly string[]>> = {
  DeduplicationScope: ["messageGroup", "queue"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
};
const texts = new Set(["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"]);
const fifoOnly = new Set([
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
]);

const computed = [
  "QueueArn",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
] as const;

/** Everything GetQueueAttributes can be asked for. */
export const attributeNames: ReadonlySet<string> = new Set([
  ...Object.keys(integers),
  ...booleans,
  ...Object.keys(choices),
  ...texts,
  ...computed,
]);

const standardDefaults: Attributes = {
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};
const fifoDefaults: Attributes = {
  ...standardDefaults,
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

export const defaultAttributes = (fifo: boolean): Attributes => (fifo ? fifoDefaults : standardDefaults);

/** Checks given attributes for a queue of this kind and brings them into the form they are kept in. */
export function checkedAttributes(given: Attributes, fifo: boolean): Attributes {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    checkName(name, fifo);
    checked[name] = checkedValue(name, value);
  }
  if (checked["SqsManagedSseEnabled"] === "true" && (checked["KmsMasterKeyId"] ?? "") !== "") {
    throw new AwsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  }
  return checked;
}

function checkName(name: string, fifo: boolean): void {
  if (!attributeNames.has(name) || (computed as readonly string[]).includes(name))
    throw unknownAttribute(name);
  if (fifo || !fifoOnly.has(name)) return;
  if (name in choices) {
    throw new AwsError(
      "InvalidAttributeName",
      `You can specify the ${name} only when FifoQueue is set to true.`,
    );
  }
  throw unknownAttribute(name);
}

function checkedValue(name: string, value: string): string {
  const range = integers[name];
  if (range !== undefined) {
    // An empty value sets the default back, as CloudFormation does.
    if (value === "" && standardDefaults[name] !== undefined) return standardDefaults[name];
    const number = /^\s*-?\d+\s*$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range[0] && number <= range[1])) throw invalidAttributeValue(name);
    return String(number);
  }
  if (booleans.has(name)) {
    const lower = value.toLowerCase();
    if (lower !== "true" && lower !== "false") throw invalidAttributeValue(name);
    return lower;
  }
  const options = choices[name];
  if (options !== undefined && !options.includes(value)) throw invalidAttributeValue(name);
  if (value === "") return value;
  if (name === "Policy") checkPolicy(value);
  if (name === "RedriveAllowPolicy") checkRedriveAllowPolicy(value);
  return name === "RedrivePolicy" ? JSON.stringify(checkedRedrivePolicy(value)) : value;
}

function checkPolicy(text: string): void {
  const policy = parsedObject(text);
  if (policy === undefined || !("Statement" in policy)) throw invalidAttributeValue("Policy");
}

/** The attributes after a change: empty documents are removed, and KMS takes the place of SQS's own encryption. */
export function changedAttributes(before: Attributes, change: Attributes): Attributes {
  const after: Record<string, string> = { ...before, ...change };
  if ((change["KmsMasterKeyId"] ?? "") !== "") after["SqsManagedSseEnabled"] = "false";
  else if (change["SqsManagedSseEnabled"] === "true") delete after["KmsMasterKeyId"];
  for (const name of texts) if (after[name] === "") delete after[name];
  if (after["KmsMasterKeyId"] === undefined) delete after["KmsDataKeyReusePeriodSeconds"];
  else after["KmsDataKeyReusePeriodSeconds"] ??= "300";
  return after;
}

export function settingsOf(attributes: Attributes): QueueSettings {
  const seconds = (name: string): number => Number(attributes[name]) * 1_000;
  return {
    visibilityTimeoutMs: seconds("VisibilityTimeout"),
    delayMs: seconds("DelaySeconds"),
    retentionMs: seconds("MessageRetentionPeriod"),
    waitMs: seconds("ReceiveMessageWaitTimeSeconds"),
    messageBytesMax: Number(attributes["MaximumMessageSize"]),
    contentBasedDeduplication: attributes["ContentBasedDeduplication"] === "true",
    deadLetter: deadLetterOf(attributes["RedrivePolicy"]),
  };
}

function deadLetterOf(text: string | undefined): QueueSettings["deadLetter"] {
  if (text === undefined || text === "") return null;
  const policy = parsedObject(text) ?? {};
  return {
    targetArn: String(policy["deadLetterTargetArn"]),
    receiveCountMax: Number(policy["maxReceiveCount"]),
  };
}

interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** A redrive policy that is well formed; whether its target exists and agrees is the caller's to check. */
function checkedRedrivePolicy(text: string): RedrivePolicy {
  const invalid = (reason: string): AwsError =>
    new AwsError(
      "InvalidParameterValueException",
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    );
  const policy = parsedObject(text);
  if (policy === undefined) throw invalid("Redrive policy is not a valid JSON map.");
  const { deadLetterTargetArn: target, maxReceiveCount, ...others } = policy;
  if (target === undefined) {
    throw invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (maxReceiveCount === undefined) {
    throw invalid("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  const other = Object.keys(others)[0];
  if (other !== undefined)
    throw invalid("Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].");
  if (typeof target !== "string" || parseArn(target)?.service !== "sqs") {
    throw invalid("Invalid value for deadLetterTargetArn.");
  }
  const count = typeof maxReceiveCount === "string" ? Number(maxReceiveCount) : maxReceiveCount;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > 1_000) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${JSON.stringify(maxReceiveCount)}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  return { deadLetterTargetArn: target, maxReceiveCount: count };
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: "allowAll" | "denyAll" | "byQueue";
  readonly sourceQueueArns: readonly string[];
}

export function redriveAllowPolicyOf(text: string | undefined): RedriveAllowPolicy {
  const policy = text === undefined ? undefined : parsedObject(text);
  const permission = policy?.["redrivePermission"];
  const arns = policy?.["sourceQueueArns"];
  return {
    redrivePermission: permission === "denyAll" || permission === "byQueue" ? permission : "allowAll",
    sourceQueueArns: Array.isArray(arns) ? arns.map(String) : [],
  };
}

function checkRedriveAllowPolicy(text: string): void {
  const invalid = (reason: string): AwsError =>
    new AwsError(
      "InvalidParameterValueException",
      `Value ${text} for parameter RedriveAllowPolicy is invalid. Reason: ${reason}`,
    );
  const policy = parsedObject(text);
  if (policy === undefined) throw invalid("RedriveAllowPolicy is not a valid JSON map.");
  const { redrivePermission: permission, sourceQueueArns: arns } = policy;
  if (permission !== "allowAll" && permission !== "denyAll" && permission !== "byQueue") {
    throw invalid("Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.");
  }
  const count = Array.isArray(arns) ? arns.length : 0;
  if (permission === "byQueue" ? count < 1 || count > redriveSourceQueuesMax : arns !== undefined) {
    throw invalid("Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.");
  }
}

export function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
