/** How asynchronous events of a function, version or alias are retried, and where their results go. */
import type { FunctionEventInvokeConfig } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { invalidParameter, notFound } from "../errors.ts";
import { qualifierExists, requireFunction } from "../function.ts";
import { functions, invokeConfigs, type InvokeConfigRow } from "../keys.ts";
import { functionArn, type FunctionReference, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

type Destinations = In<"PutFunctionEventInvokeConfig">["DestinationConfig"];

const destination = (arn: string | null) => (arn === null ? {} : { Destination: arn });

function describe(
  call: Call,
  { name, qualifier }: FunctionReference,
  row: InvokeConfigRow,
): FunctionEventInvokeConfig {
  return {
    LastModified: new Date(row.lastModifiedMs),
    FunctionArn: functionArn(call, name, qualifier ?? "$LATEST"),
    ...(row.retryAttempts === null ? {} : { MaximumRetryAttempts: row.retryAttempts }),
    ...(row.eventAgeSeconds === null ? {} : { MaximumEventAgeInSeconds: row.eventAgeSeconds }),
    DestinationConfig: { OnSuccess: destination(row.onSuccess), OnFailure: destination(row.onFailure) },
  };
}

const rowKey = ({ name, qualifier }: FunctionReference): [string, string] => [name, qualifier ?? "$LATEST"];

function requireConfig(call: Call, reference: FunctionReference): InvokeConfigRow {
  const row = invokeConfigs.get(call.tx, rowKey(reference));
  if (row !== undefined) return row;
  const arn = functionArn(call, reference.name, reference.qualifier ?? "$LATEST");
  throw notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

const shown = (value: string | undefined, kind: string): string =>
  value === undefined ? "null" : `${kind}(destination=${value})`;

function checkDestination(call: Call, name: string, arn: string, config: Destinations): string {
  const parsed = parseArn(arn);
  const service = parsed?.service ?? "";
  if (!["lambda", "sns", "sqs", "events", "s3"].includes(service)) {
    throw invalidParameter(
      `The provided destination config DestinationConfig(onSuccess=${shown(config?.OnSuccess?.Destination, "OnSuccess")}, onFailure=${shown(config?.OnFailure?.Destination, "OnFailure")}) is invalid.`,
    );
  }
  if (service === "lambda" && parsed !== undefined) {
    const [, target = ""] = parsed.resource.split(":");
    if (target === name && parsed.region === call.region) {
      throw invalidParameter("You can't specify the function as a destination for itself.");
    }
    if (!functions.has(call.in(parsed).tx, [target]))
      throw invalidParameter(`The destination ARN ${arn} is invalid.`);
  }
  return arn;
}

function changed(
  call: Call,
  input: In<"PutFunctionEventInvokeConfig">,
  before: InvokeConfigRow | undefined,
): { readonly reference: FunctionReference; readonly row: InvokeConfigRow } {
  if (
    input.MaximumRetryAttempts === undefined &&
    input.MaximumEventAgeInSeconds === undefined &&
    input.DestinationConfig === undefined
  ) {
    throw invalidParameter("You must specify at least one of error handling or destination setting.");
  }
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  if (!functions.has(call.tx, [reference.name])) throw notFound("The function doesn't exist.");
  if (!qualifierExists(call, reference)) throw notFound("The function doesn't exist.");
  const { OnSuccess, OnFailure } = input.DestinationConfig ?? {};
  const checked = (arn: string | undefined, kept: string | null): string | null =>
    arn === undefined
      ? kept
      : arn === ""
        ? null
        : checkDestination(call, reference.name, arn, input.DestinationConfig);
  const row: InvokeConfigRow = {
    lastModifiedMs: call.nowMs,
    retryAttempts: input.MaximumRetryAttempts ?? before?.retryAttempts ?? null,
    eventAgeSeconds: input.MaximumEventAgeInSeconds ?? before?.eventAgeSeconds ?? null,
    onSuccess: checked(OnSuccess?.Destination, before?.onSuccess ?? null),
    onFailure: checked(OnFailure?.Destination, before?.onFailure ?? null),
  };
  invokeConfigs.set(call.tx, rowKey(reference), row);
  return { reference, row };
}

/** Replaces what was there. */
export function putFunctionEventInvokeConfig(
  call: Call,
  input: In<"PutFunctionEventInvokeConfig">,
): Out<"PutFunctionEventInvokeConfig"> {
  const { reference, row } = changed(call, input, undefined);
  return describe(call, reference, row);
}

/** Changes only what is given. */
export function updateFunctionEventInvokeConfig(
  call: Call,
  input: In<"UpdateFunctionEventInvokeConfig">,
): Out<"UpdateFunctionEventInvokeConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  if (!functions.has(call.tx, [reference.name])) throw notFound("The function doesn't exist.");
  const { row } = changed(call, input, requireConfig(call, reference));
  return describe(call, reference, row);
}

export function getFunctionEventInvokeConfig(
  call: Call,
  input: In<"GetFunctionEventInvokeConfig">,
): Out<"GetFunctionEventInvokeConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  return describe(call, reference, requireConfig(call, reference));
}

export function deleteFunctionEventInvokeConfig(
  call: Call,
  input: In<"DeleteFunctionEventInvokeConfig">,
): void {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  requireConfig(call, reference);
  invokeConfigs.delete(call.tx, rowKey(reference));
}

export function listFunctionEventInvokeConfigs(
  call: Call,
  input: In<"ListFunctionEventInvokeConfigs">,
): Out<"ListFunctionEventInvokeConfigs"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  if (!functions.has(call.tx, [name])) throw notFound("The function doesn't exist.");
  requireFunction(call, { name, qualifier: undefined });
  const { items, next } = pageOf(invokeConfigs.scan(call.tx, [name]), ({ key }) => key[1], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    FunctionEventInvokeConfigs: items.map(({ key, value }) =>
      describe(call, { name, qualifier: key[1] }, value),
    ),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}
