/** Vended log deliveries (source, destination, delivery) and cross-account destinations: records; nothing is delivered by them. */
import type { DeliveryDestination, DeliverySource } from "@aws-sdk/client-cloudwatch-logs";
import type { Call } from "../../../host/call.ts";
import { formatArn, parseArn } from "../../../kernel/arn.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { deliveries, deliveryDestinations, deliverySources, destinations } from "../keys.ts";

const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", `Requested ${what} does not exist in this account.`);

const arnOf = (call: Call, kind: string, name: string): string =>
  formatArn({ service: "logs", region: call.region, accountId: call.accountId, resource: `${kind}:${name}` });

const destinationTypes: Readonly<Record<string, "S3" | "CWL" | "FH" | "XRAY">> = {
  s3: "S3",
  logs: "CWL",
  firehose: "FH",
};

export function putDeliveryDestination(
  call: Call,
  input: Input<"PutDeliveryDestination">,
): Output<"PutDeliveryDestination"> {
  const target = input.deliveryDestinationConfiguration?.destinationResourceArn;
  const before = deliveryDestinations.get(call.tx, [input.name]);
  const record: DeliveryDestination = {
    name: input.name,
    arn: arnOf(call, "delivery-destination", input.name),
    deliveryDestinationType:
      input.deliveryDestinationType ?? destinationTypes[parseArn(target ?? "")?.service ?? ""] ?? "XRAY",
    ...(input.outputFormat === undefined ? {} : { outputFormat: input.outputFormat }),
    ...(target === undefined ? {} : { deliveryDestinationConfiguration: { destinationResourceArn: target } }),
    ...(input.tags === undefined ? {} : { tags: input.tags }),
  };
  deliveryDestinations.set(call.tx, [input.name], { record, policy: before?.policy ?? null });
  const { tags: _, ...answered } = record;
  return { deliveryDestination: answered };
}

function findDestination(call: Call, name: string) {
  const row = deliveryDestinations.get(call.tx, [name]);
  if (row === undefined) throw notFound("Delivery Destination");
  return row;
}

export function getDeliveryDestination(
  call: Call,
  input: Input<"GetDeliveryDestination">,
): Output<"GetDeliveryDestination"> {
  return { deliveryDestination: findDestination(call, input.name).record };
}

export function describeDeliveryDestinations(call: Call): Output<"DescribeDeliveryDestinations"> {
  return {
    deliveryDestinations: [...deliveryDestinations.scan(call.tx, [])].map(({ value }) => value.record),
  };
}

export function deleteDeliveryDestination(call: Call, input: Input<"DeleteDeliveryDestination">): void {
  const { record } = findDestination(call, input.name);
  for (const { value } of deliveries.scan(call.tx, [])) {
    if (value.deliveryDestinationArn === record.arn) {
      throw new AwsError("ConflictException", "The Delivery Destination is still used by a Delivery.");
    }
  }
  deliveryDestinations.delete(call.tx, [input.name]);
}

export function putDeliveryDestinationPolicy(
  call: Call,
  input: Input<"PutDeliveryDestinationPolicy">,
): Output<"PutDeliveryDestinationPolicy"> {
  const row = findDestination(call, input.deliveryDestinationName);
  const policy = input.deliveryDestinationPolicy;
  deliveryDestinations.set(call.tx, [input.deliveryDestinationName], { ...row, policy });
  return { policy: { deliveryDestinationPolicy: policy } };
}

export function getDeliveryDestinationPolicy(
  call: Call,
  input: Input<"GetDeliveryDestinationPolicy">,
): Output<"GetDeliveryDestinationPolicy"> {
  const { policy } = findDestination(call, input.deliveryDestinationName);
  return policy === null ? {} : { policy: { deliveryDestinationPolicy: policy } };
}

export function deleteDeliveryDestinationPolicy(
  call: Call,
  input: Input<"DeleteDeliveryDestinationPolicy">,
): void {
  const row = findDestination(call, input.deliveryDestinationName);
  deliveryDestinations.set(call.tx, [input.deliveryDestinationName], { ...row, policy: null });
}

/** Services whose logs can be delivered this way. */
const sourceServices = new Set([
  "cloudfront",
  "bedrock",
  "cognito-idp",
  "codewhisperer",
  "elasticache",
  "states",
  "sqs",
  "ses",
  "eks",
]);

export function putDeliverySource(
  call: Call,
  input: Input<"PutDeliverySource">,
): Output<"PutDeliverySource"> {
  const service = parseArn(input.resourceArn)?.service ?? "";
  if (!sourceServices.has(service))
    throw new AwsError("ResourceNotFoundException", "Cannot access provided service.");
  const record: DeliverySource = {
    name: input.name,
    arn: arnOf(call, "delivery-source", input.name),
    resourceArns: [input.resourceArn],
    service,
    logType: input.logType,
    ...(input.tags === undefined ? {} : { tags: input.tags }),
  };
  deliverySources.set(call.tx, [input.name], record);
  return { deliverySource: record };
}

function findSource(call: Call, name: string): DeliverySource {
  const row = deliverySources.get(call.tx, [name]);
  if (row === undefined) throw notFound("Delivery Source");
  return row;
}

export function getDeliverySource(
  call: Call,
  input: Input<"GetDeliverySource">,
): Output<"GetDeliverySource"> {
  return { deliverySource: findSource(call, input.name) };
}

export function describeDeliverySources(call: Call): Output<"DescribeDeliverySources"> {
  return { deliverySources: [...deliverySources.scan(call.tx, [])].map(({ value }) => value) };
}

export function deleteDeliverySource(call: Call, input: Input<"DeleteDeliverySource">): void {
  findSource(call, input.name);
  deliverySources.delete(call.tx, [input.name]);
}

export function createDelivery(call: Call, input: Input<"CreateDelivery">): Output<"CreateDelivery"> {
  findSource(call, input.deliverySourceName);
  const name = parseArn(input.deliveryDestinationArn)?.resource.replace(/^delivery-destination:/, "") ?? "";
  const { record: destination } = findDestination(call, name);
  const id = call.random.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
  const delivery = {
    id,
    arn: arnOf(call, "delivery", id),
    deliverySourceName: input.deliverySourceName,
    deliveryDestinationArn: input.deliveryDestinationArn,
    ...(destination.deliveryDestinationType === undefined
      ? {}
      : { deliveryDestinationType: destination.deliveryDestinationType }),
    ...(input.recordFields === undefined ? {} : { recordFields: input.recordFields }),
    ...(input.fieldDelimiter === undefined ? {} : { fieldDelimiter: input.fieldDelimiter }),
    ...(input.s3DeliveryConfiguration === undefined
      ? {}
      : { s3DeliveryConfiguration: input.s3DeliveryConfiguration }),
    ...(input.tags === undefined ? {} : { tags: input.tags }),
  };
  deliveries.set(call.tx, [id], delivery);
  return { delivery };
}

function findDelivery(call: Call, id: string) {
  const row = deliveries.get(call.tx, [id]);
  if (row === undefined) throw notFound("Delivery");
  return row;
}

export function getDelivery(call: Call, input: Input<"GetDelivery">): Output<"GetDelivery"> {
  return { delivery: findDelivery(call, input.id) };
}

export function describeDeliveries(call: Call): Output<"DescribeDeliveries"> {
  return { deliveries: [...deliveries.scan(call.tx, [])].map(({ value }) => value) };
}

export function deleteDelivery(call: Call, input: Input<"DeleteDelivery">): void {
  findDelivery(call, input.id);
  deliveries.delete(call.tx, [input.id]);
}

export function putDestination(call: Call, input: Input<"PutDestination">): Output<"PutDestination"> {
  const before = destinations.get(call.tx, [input.destinationName]);
  const destination = {
    destinationName: input.destinationName,
    targetArn: input.targetArn,
    roleArn: input.roleArn,
    ...(before?.destination.accessPolicy === undefined
      ? {}
      : { accessPolicy: before.destination.accessPolicy }),
    arn: arnOf(call, "destination", input.destinationName),
    creationTime: before?.destination.creationTime ?? call.nowMs,
  };
  destinations.set(call.tx, [input.destinationName], { destination, tags: before?.tags ?? input.tags ?? {} });
  return { destination };
}

export function describeDestinations(
  call: Call,
  input: Input<"DescribeDestinations">,
): Output<"DescribeDestinations"> {
  const prefix = input.DestinationNamePrefix ?? "";
  const found = [...destinations.scan(call.tx, [])].filter(({ key }) => key[0].startsWith(prefix));
  return { destinations: found.map(({ value }) => value.destination) };
}

function findCrossAccount(call: Call, name: string) {
  const row = destinations.get(call.tx, [name]);
  if (row === undefined)
    throw new AwsError("ResourceNotFoundException", "The specified destination does not exist.");
  return row;
}

export function putDestinationPolicy(call: Call, input: Input<"PutDestinationPolicy">): void {
  const row = findCrossAccount(call, input.destinationName);
  const destination = { ...row.destination, accessPolicy: input.accessPolicy };
  destinations.set(call.tx, [input.destinationName], { ...row, destination });
}

export function deleteDestination(call: Call, input: Input<"DeleteDestination">): void {
  findCrossAccount(call, input.destinationName);
  destinations.delete(call.tx, [input.destinationName]);
}
