/** Function URLs: their configurations. `function-url.ts` answers requests to them. */
import type { Cors } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { conflict, invalidParameter, notFound } from "../errors.ts";
import { qualifierExists } from "../function.ts";
import { functions, urlOwners, type UrlRow, urls } from "../keys.ts";
import { functionArn, type FunctionReference, isVersion, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";
import { globalScope, urlOf } from "../url.ts";

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

const rowKey = ({ name, qualifier }: FunctionReference): [string, string] => [name, qualifier ?? ""];

function describe(call: Call, { name, qualifier }: FunctionReference, row: UrlRow) {
  return {
    FunctionUrl: urlOf(call, row.urlId),
    FunctionArn: functionArn(call, name, qualifier),
    AuthType: row.authType as "NONE",
    ...(row.cors === null ? {} : { Cors: row.cors as Cors }),
    CreationTime: iso(row.createdAtMs),
  };
}

/** Shown when it was given, or is not the default. */
const shownMode = (given: string | undefined, row: UrlRow): { InvokeMode?: "BUFFERED" } =>
  given === undefined && row.invokeMode === "BUFFERED" ? {} : { InvokeMode: row.invokeMode as "BUFFERED" };

function requireUrl(call: Call, reference: FunctionReference, isUpdate = false): UrlRow {
  const row = urls.get(call.tx, rowKey(reference));
  if (isUpdate && !qualifierExists(call, reference)) throw notFound("Function does not exist");
  if (row === undefined) throw notFound("The resource you requested does not exist.");
  return row;
}

function checkQualifier(qualifier: string | undefined): void {
  if (qualifier === undefined || (!isVersion(qualifier) && qualifier !== "$LATEST")) return;
  throw invalidParameter("You cannot use a version or $LATEST as the qualifier of a function URL.");
}

export function createFunctionUrlConfig(
  call: Call,
  input: In<"CreateFunctionUrlConfig">,
): Out<"CreateFunctionUrlConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  if (!functions.has(call.tx, [reference.name])) throw notFound("Function does not exist");
  checkQualifier(reference.qualifier);
  if (!qualifierExists(call, reference)) throw notFound("Function does not exist");
  if (urls.has(call.tx, rowKey(reference))) {
    throw conflict(
      `Failed to create function url config for [functionArn = ${functionArn(call, reference.name, reference.qualifier)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    );
  }
  const urlId = call.random.text(32, "abcdefghijklmnopqrstuvwxyz0123456789");
  const row: UrlRow = {
    urlId,
    authType: input.AuthType,
    invokeMode: input.InvokeMode ?? "BUFFERED",
    cors: input.Cors === undefined ? null : { ...input.Cors },
    createdAtMs: call.nowMs,
    lastModifiedMs: call.nowMs,
  };
  urls.set(call.tx, rowKey(reference), row);
  const { accountId, region } = call;
  const owner = { accountId, region, functionName: reference.name, qualifier: reference.qualifier ?? "" };
  urlOwners.set(call.in(globalScope).tx, [urlId], owner);
  const shown = shownMode(input.InvokeMode, row);
  return { ...describe(call, reference, row), ...shown };
}

export function getFunctionUrlConfig(
  call: Call,
  input: In<"GetFunctionUrlConfig">,
): Out<"GetFunctionUrlConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const row = requireUrl(call, reference);
  return {
    ...describe(call, reference, row),
    LastModifiedTime: iso(row.lastModifiedMs),
    InvokeMode: row.invokeMode as "BUFFERED",
  };
}

export function updateFunctionUrlConfig(
  call: Call,
  input: In<"UpdateFunctionUrlConfig">,
): Out<"UpdateFunctionUrlConfig"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const before = requireUrl(call, reference, true);
  const row: UrlRow = {
    ...before,
    authType: input.AuthType ?? before.authType,
    invokeMode: input.InvokeMode ?? before.invokeMode,
    cors: input.Cors === undefined ? before.cors : { ...input.Cors },
    lastModifiedMs: call.nowMs,
  };
  urls.set(call.tx, rowKey(reference), row);
  const shown = shownMode(input.InvokeMode, row);
  return { ...describe(call, reference, row), LastModifiedTime: iso(row.lastModifiedMs), ...shown };
}

export function deleteFunctionUrlConfig(call: Call, input: In<"DeleteFunctionUrlConfig">): void {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const row = requireUrl(call, reference);
  urls.delete(call.tx, rowKey(reference));
  urlOwners.delete(call.in(globalScope).tx, [row.urlId]);
}

export function listFunctionUrlConfigs(
  call: Call,
  input: In<"ListFunctionUrlConfigs">,
): Out<"ListFunctionUrlConfigs"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  if (!functions.has(call.tx, [name])) throw notFound("Function does not exist");
  const { items, next } = pageOf(urls.scan(call.tx, [name]), ({ key }) => key[1], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    FunctionUrlConfigs: items.map(({ key, value }) => ({
      ...describe(call, { name, qualifier: key[1] === "" ? undefined : key[1] }, value),
      LastModifiedTime: iso(value.lastModifiedMs),
      InvokeMode: value.invokeMode as "BUFFERED",
    })),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}
