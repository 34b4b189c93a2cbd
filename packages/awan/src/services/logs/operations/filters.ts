/** Metric filters and subscription filters of a group. */
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { invalidParameter, limitExceeded } from "../errors.ts";
import { findGroup, groupArn } from "../group.ts";
import { metricFilters, subscriptionFilters } from "../keys.ts";
import { describeLimitMax, metricFiltersMax, subscriptionFiltersMax } from "../limits.ts";
import { patternOf } from "../pattern.ts";
import { send } from "../subscriptions.ts";

const filterNotFound = (kind: string): AwsError =>
  new AwsError("ResourceNotFoundException", `The specified ${kind} does not exist.`);

export function putMetricFilter(call: Call, input: Input<"PutMetricFilter">): void {
  const { logGroupName, filterName } = input;
  findGroup(call, logGroupName);
  patternOf(input.filterPattern);
  if (!metricFilters.has(call.tx, [logGroupName, filterName])) {
    let count = 0;
    for (const _ of metricFilters.scan(call.tx, [logGroupName])) count += 1;
    if (count >= metricFiltersMax) throw limitExceeded("Resource limit exceeded.");
  }
  for (const { dimensions, defaultValue } of input.metricTransformations) {
    if (defaultValue !== undefined && dimensions !== undefined && Object.keys(dimensions).length > 0) {
      throw invalidParameter(
        "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
      );
    }
  }
  metricFilters.set(call.tx, [logGroupName, filterName], {
    filterName,
    filterPattern: input.filterPattern,
    metricTransformations: [...input.metricTransformations],
    creationTime: call.nowMs,
    logGroupName,
    applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
  });
}

export function deleteMetricFilter(call: Call, input: Input<"DeleteMetricFilter">): void {
  findGroup(call, input.logGroupName);
  const key: [string, string] = [input.logGroupName, input.filterName];
  if (!metricFilters.has(call.tx, key)) throw filterNotFound("metric filter");
  metricFilters.delete(call.tx, key);
}

export function describeMetricFilters(
  call: Call,
  input: Input<"DescribeMetricFilters">,
): Output<"DescribeMetricFilters"> {
  if ((input.metricName === undefined) !== (input.metricNamespace === undefined)) {
    throw invalidParameter(
      "If you include the metricName parameter in your request, you must also include the metricNamespace parameter.",
    );
  }
  if (input.logGroupName !== undefined) findGroup(call, input.logGroupName);
  const prefix = input.logGroupName === undefined ? [] : [input.logGroupName];
  const found = [];
  for (const { value } of metricFilters.scan(call.tx, prefix)) {
    if (!(value.filterName ?? "").startsWith(input.filterNamePrefix ?? "")) continue;
    const named = (value.metricTransformations ?? []).some(
      (each) => each.metricName === input.metricName && each.metricNamespace === input.metricNamespace,
    );
    if (input.metricName !== undefined && !named) continue;
    found.push(value);
  }
  // "The results are ASCII-sorted by filter name" (DescribeMetricFilters' documentation).
  const sorted = found.toSorted((a, b) => ((a.filterName ?? "") < (b.filterName ?? "") ? -1 : 1));
  return paged("metricFilters", sorted, input);
}

/** Filters are few (100 a group): a token is the number of those already seen. */
function paged<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
  input: { readonly limit?: number | undefined; readonly nextToken?: string | undefined },
): { [Key in Name]: Item[] } & { nextToken?: string } {
  const start = Number(input.nextToken ?? 0);
  const limit = input.limit ?? describeLimitMax;
  const part = items.slice(start, start + limit);
  const rest = start + limit < items.length ? { nextToken: String(start + limit) } : {};
  return { [name]: part, ...rest } as { [Key in Name]: Item[] } & { nextToken?: string };
}

export function testMetricFilter(_: Call, input: Input<"TestMetricFilter">): Output<"TestMetricFilter"> {
  const pattern = patternOf(input.filterPattern);
  const matches = input.logEventMessages.flatMap((eventMessage, index) =>
    pattern.matches(eventMessage)
      ? [{ eventNumber: index + 1, eventMessage, extractedValues: { ...pattern.extract(eventMessage) } }]
      : [],
  );
  return { matches };
}

export function putSubscriptionFilter(call: Call, input: Input<"PutSubscriptionFilter">): void {
  const { logGroupName, filterName } = input;
  checkAccount(call, input.destinationArn);
  findGroup(call, logGroupName);
  patternOf(input.filterPattern);
  const key: [string, string] = [logGroupName, filterName];
  const before = subscriptionFilters.get(call.tx, key);
  if (before === undefined) {
    let count = 0;
    for (const _ of subscriptionFilters.scan(call.tx, [logGroupName])) count += 1;
    if (count >= subscriptionFiltersMax) throw limitExceeded("Resource limit exceeded.");
  }
  const filter = {
    filterName,
    logGroupName,
    filterPattern: input.filterPattern,
    destinationArn: input.destinationArn,
    ...(input.roleArn === undefined ? {} : { roleArn: input.roleArn }),
    distribution: input.distribution ?? ("ByLogStream" as const),
    applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
    creationTime: before?.creationTime ?? call.nowMs,
  };
  checkDestination(call, filter);
  subscriptionFilters.set(call.tx, key, filter);
}

interface Subscribing {
  readonly filterName: string;
  readonly logGroupName: string;
  readonly destinationArn: string;
  readonly roleArn?: string;
  readonly distribution: "ByLogStream" | "Random";
}

function checkAccount(call: Call, destinationArn: string): void {
  const arn = parseArn(destinationArn);
  if (arn?.service === "lambda" && arn.accountId !== call.accountId) {
    throw new AwsError(
      "AccessDeniedException",
      "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.",
    );
  }
}

/** AWS delivers a test message (streams) or checks the permission (functions) before it accepts a filter. */
function checkDestination(call: Call, filter: Subscribing): void {
  const arn = parseArn(filter.destinationArn);
  if (arn === undefined) throw invalidParameter("destinationArn is not a valid ARN");
  if (arn.service === "lambda") return checkFunction(call, filter);
  if (arn.service !== "kinesis" && arn.service !== "firehose") {
    throw invalidParameter(
      `PutSubscriptionFilter operation cannot work with destinationArn for vendor ${arn.service}`,
    );
  }
  if (filter.roleArn === undefined)
    throw invalidParameter(`destinationArn for vendor ${arn.service} cannot be used without roleArn`);
  const record = {
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [],
    logEvents: [
      {
        id: "",
        timestamp: call.nowMs,
        message: "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.",
      },
    ],
  };
  const sent = call.tx.draft.attempt(() => send(call, filter, { record, streamName: "" }));
  if (!(sent instanceof AwsError)) return;
  if (sent.status === 501) throw sent;
  throw invalidParameter(
    arn.service === "kinesis"
      ? "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state. "
      : "Could not deliver test message to specified Firehose stream. Check if the given Firehose stream is in ACTIVE state. ",
  );
}

function checkFunction(call: Call, filter: Subscribing): void {
  const { destinationArn: functionArn, logGroupName } = filter;
  const sourceArn = `${groupArn(call, logGroupName)}:*`;
  const ask = (principal: string): boolean =>
    call.ports.lambda.allows(call, { functionArn, principal, sourceArn, sourceAccount: call.accountId });
  const exists = call.ports.lambda.exists(call, functionArn);
  if (!exists || !(ask("logs.amazonaws.com") || ask(`logs.${call.region}.amazonaws.com`))) {
    throw invalidParameter(
      "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
    );
  }
}

export function deleteSubscriptionFilter(call: Call, input: Input<"DeleteSubscriptionFilter">): void {
  findGroup(call, input.logGroupName);
  const key: [string, string] = [input.logGroupName, input.filterName];
  if (!subscriptionFilters.has(call.tx, key)) throw filterNotFound("subscription filter");
  subscriptionFilters.delete(call.tx, key);
}

export function describeSubscriptionFilters(
  call: Call,
  input: Input<"DescribeSubscriptionFilters">,
): Output<"DescribeSubscriptionFilters"> {
  findGroup(call, input.logGroupName);
  const found = [];
  for (const { value } of subscriptionFilters.scan(call.tx, [input.logGroupName])) {
    if ((value.filterName ?? "").startsWith(input.filterNamePrefix ?? "")) found.push(value);
  }
  return paged("subscriptionFilters", found, input);
}
