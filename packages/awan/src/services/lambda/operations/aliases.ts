/** Aliases: names of versions, optionally shared between two of them by weight. */
import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import {
  aliasNotFound,
  conflict,
  functionNotFound,
  invalidParameter,
  invalidUntyped,
  notFound,
  wrongRevision,
} from "../errors.ts";
import { qualifierExists, requireFunction } from "../function.ts";
import { aliases, type AliasRow, invokeConfigs, policies, provisioned } from "../keys.ts";
import { limits } from "../limits.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

function describe(call: Call, name: string, alias: string, row: AliasRow): AliasConfiguration {
  return {
    AliasArn: functionArn(call, name, alias),
    Name: alias,
    FunctionVersion: row.version,
    Description: row.description,
    RevisionId: row.revisionId,
    ...(Object.keys(row.weights).length === 0
      ? {}
      : { RoutingConfig: { AdditionalVersionWeights: { ...row.weights } } }),
  };
}

function checkTarget(
  call: Call,
  name: string,
  version: string,
  routing: { AdditionalVersionWeights?: Record<string, number> | undefined } | undefined,
): Readonly<Record<string, number>> {
  const weights = routing?.AdditionalVersionWeights ?? {};
  const extra = Object.keys(weights);
  if (extra.length > limits.additionalVersionsMax) {
    throw invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  if (extra.length > 0 && version === "$LATEST") {
    throw invalidUntyped("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  if (!qualifierExists(call, { name, qualifier: version }))
    throw functionNotFound(functionArn(call, name, version));
  for (const each of extra) {
    if (each === version) {
      throw invalidParameter(
        `Invalid function version ${each}. Function version ${each} is already included in routing configuration.`,
      );
    }
    if (!qualifierExists(call, { name, qualifier: each }))
      throw functionNotFound(functionArn(call, name, each));
  }
  return weights;
}

export function createAlias(call: Call, input: In<"CreateAlias">): Out<"CreateAlias"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  const weights = checkTarget(call, name, input.FunctionVersion, input.RoutingConfig);
  if (aliases.has(call.tx, [name, input.Name])) {
    throw conflict(`Alias already exists: ${functionArn(call, name, input.Name)}`);
  }
  const row: AliasRow = {
    version: input.FunctionVersion,
    description: input.Description ?? "",
    weights,
    revisionId: call.random.uuid(),
  };
  aliases.set(call.tx, [name, input.Name], row);
  return describe(call, name, input.Name, row);
}

export function updateAlias(call: Call, input: In<"UpdateAlias">): Out<"UpdateAlias"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  const before = aliases.get(call.tx, [name, input.Name]);
  if (before === undefined) throw notFound(`Alias not found: ${functionArn(call, name, input.Name)}`);
  if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId)
    throw wrongRevision("GetFunction/GetAlias");
  const version = input.FunctionVersion ?? before.version;
  const weights =
    input.RoutingConfig === undefined && input.FunctionVersion === undefined
      ? before.weights
      : checkTarget(
          call,
          name,
          version,
          input.RoutingConfig ?? { AdditionalVersionWeights: { ...before.weights } },
        );
  const row: AliasRow = {
    version,
    description: input.Description ?? before.description,
    weights,
    revisionId: call.random.uuid(),
  };
  aliases.set(call.tx, [name, input.Name], row);
  return describe(call, name, input.Name, row);
}

export function getAlias(call: Call, input: In<"GetAlias">): Out<"GetAlias"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  const row = aliases.get(call.tx, [name, input.Name]);
  if (row === undefined) throw aliasNotFound(functionArn(call, name, input.Name));
  return describe(call, name, input.Name, row);
}

export function listAliases(call: Call, input: In<"ListAliases">): Out<"ListAliases"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  requireFunction(call, { name, qualifier: undefined });
  const rows = [...aliases.scan(call.tx, [name])].filter(
    ({ value }) =>
      input.FunctionVersion === undefined ||
      value.version === input.FunctionVersion ||
      Object.hasOwn(value.weights, input.FunctionVersion),
  );
  const { items, next } = pageOf(rows, ({ key }) => key[1], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    Aliases: items.map(({ key, value }) => describe(call, name, key[1], value)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

/** Deleting an alias that is not there succeeds. */
export function deleteAlias(call: Call, input: In<"DeleteAlias">): void {
  const { name } = parseFunctionName(call, input.FunctionName);
  requireFunction(call, { name, qualifier: undefined });
  aliases.delete(call.tx, [name, input.Name]);
  policies.delete(call.tx, [name, input.Name]);
  invokeConfigs.delete(call.tx, [name, input.Name]);
  provisioned.delete(call.tx, [name, input.Name]);
}
