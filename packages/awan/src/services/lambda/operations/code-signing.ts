/** Code signing configurations: stored and shown; Awan checks no signatures. */
import type { CodeSigningConfig } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { notFoundUntyped } from "../errors.ts";
import { requireFunction } from "../function.ts";
import { type CodeSigningRow, codeSignings, functions } from "../keys.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

const arnOf = (call: Call, id: string): string =>
  `arn:${call.partition}:lambda:${call.region}:${call.accountId}:code-signing-config:${id}`;

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

function describe(call: Call, id: string, row: CodeSigningRow): CodeSigningConfig {
  return {
    CodeSigningConfigId: id,
    CodeSigningConfigArn: arnOf(call, id),
    Description: row.description,
    AllowedPublishers: { SigningProfileVersionArns: [...row.publishers] },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: row.untrusted as "Warn" },
    LastModified: new Date(row.lastModifiedMs).toISOString().replace("Z", "+0000"),
  };
}

function requireConfig(call: Call, arn: string): CodeSigningRow {
  const row = codeSignings.get(call.tx, [idOf(arn)]);
  if (row === undefined)
    throw notFoundUntyped(`The Lambda code signing configuration ${arn} can not be found.`);
  return row;
}

export function createCodeSigningConfig(
  call: Call,
  input: In<"CreateCodeSigningConfig">,
): Out<"CreateCodeSigningConfig"> {
  const id = `csc-${call.random.hex(17)}`;
  const row: CodeSigningRow = {
    description: input.Description ?? "",
    publishers: input.AllowedPublishers.SigningProfileVersionArns ?? [],
    untrusted: input.CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? "Warn",
    lastModifiedMs: call.nowMs,
    tags: input.Tags ?? {},
  };
  codeSignings.set(call.tx, [id], row);
  return { CodeSigningConfig: describe(call, id, row) };
}

export function updateCodeSigningConfig(
  call: Call,
  input: In<"UpdateCodeSigningConfig">,
): Out<"UpdateCodeSigningConfig"> {
  const before = requireConfig(call, input.CodeSigningConfigArn);
  const row: CodeSigningRow = {
    ...before,
    description: input.Description ?? before.description,
    publishers: input.AllowedPublishers?.SigningProfileVersionArns ?? before.publishers,
    untrusted: input.CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? before.untrusted,
    lastModifiedMs: call.nowMs,
  };
  const id = idOf(input.CodeSigningConfigArn);
  codeSignings.set(call.tx, [id], row);
  return { CodeSigningConfig: describe(call, id, row) };
}

export function getCodeSigningConfig(
  call: Call,
  input: In<"GetCodeSigningConfig">,
): Out<"GetCodeSigningConfig"> {
  const row = requireConfig(call, input.CodeSigningConfigArn);
  return { CodeSigningConfig: describe(call, idOf(input.CodeSigningConfigArn), row) };
}

export function deleteCodeSigningConfig(call: Call, input: In<"DeleteCodeSigningConfig">): void {
  requireConfig(call, input.CodeSigningConfigArn);
  codeSignings.delete(call.tx, [idOf(input.CodeSigningConfigArn)]);
}

export function listCodeSigningConfigs(
  call: Call,
  input: In<"ListCodeSigningConfigs">,
): Out<"ListCodeSigningConfigs"> {
  const { items, next } = pageOf(codeSignings.scan(call.tx, []), ({ key }) => key[0], {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  return {
    CodeSigningConfigs: items.map(({ key, value }) => describe(call, key[0], value)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

export function putFunctionCodeSigningConfig(
  call: Call,
  input: In<"PutFunctionCodeSigningConfig">,
): Out<"PutFunctionCodeSigningConfig"> {
  if (!codeSignings.has(call.tx, [idOf(input.CodeSigningConfigArn)])) {
    throw new AwsError(
      "CodeSigningConfigNotFoundException",
      `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${input.CodeSigningConfigArn}.`,
      { members: { Type: "User" } },
    );
  }
  const { name, row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  functions.set(call.tx, [name], { ...row, codeSigningConfigArn: input.CodeSigningConfigArn });
  return { CodeSigningConfigArn: input.CodeSigningConfigArn, FunctionName: name };
}

export function getFunctionCodeSigningConfig(
  call: Call,
  input: In<"GetFunctionCodeSigningConfig">,
): Out<"GetFunctionCodeSigningConfig"> {
  const { name, row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  return row.codeSigningConfigArn === null
    ? ({} as Out<"GetFunctionCodeSigningConfig">)
    : { CodeSigningConfigArn: row.codeSigningConfigArn, FunctionName: name };
}

export function deleteFunctionCodeSigningConfig(
  call: Call,
  input: In<"DeleteFunctionCodeSigningConfig">,
): void {
  const { name, row } = requireFunction(call, parseFunctionName(call, input.FunctionName));
  functions.set(call.tx, [name], { ...row, codeSigningConfigArn: null });
}

export function listFunctionsByCodeSigningConfig(
  call: Call,
  input: In<"ListFunctionsByCodeSigningConfig">,
): Out<"ListFunctionsByCodeSigningConfig"> {
  requireConfig(call, input.CodeSigningConfigArn);
  const rows = [...functions.scan(call.tx, [])].filter(
    ({ value }) => value.codeSigningConfigArn === input.CodeSigningConfigArn,
  );
  return { FunctionArns: rows.map(({ key }) => functionArn(call, key[0])) };
}
