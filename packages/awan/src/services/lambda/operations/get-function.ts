/** GetFunction, GetFunctionConfiguration and ListFunctions. */
import type { Call } from "../../../host/call.ts";
import { functionNotFound } from "../errors.ts";
import { describeVersion, requireVersion } from "../function.ts";
import { functions, latest, versions } from "../keys.ts";
import { functionArn, parseFunctionName } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { In, Out } from "../sdk.ts";

export function getFunction(call: Call, input: In<"GetFunction">): Out<"GetFunction"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const { name, number, version, row } = requireVersion(call, reference);
  const { code } = version.code;
  const isImage = code.kind === "image";
  return {
    Configuration: configurationAs(call, name, number, version, reference.qualifier),
    Code: isImage
      ? {
          ImageUri: code.uri,
          RepositoryType: "ECR",
          ResolvedImageUri: `${code.uri.split(":")[0]}@sha256:${version.code.sha256}`,
        }
      : { Location: codeLocation(call, code.kind === "blob" ? code.blob : ""), RepositoryType: "S3" },
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: { ...row.tags } }),
    ...(row.reservedConcurrency === null
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: row.reservedConcurrency } }),
  };
}

const codeLocation = (call: Call, blob: string): string => `${call.endpoint}/awan-lambda-code/${blob}.zip`;

/** An alias shows in the ARN, not in the version. */
function configurationAs(
  call: Call,
  name: string,
  number: number,
  version: Parameters<typeof describeVersion>[3],
  qualifier: string | undefined,
): Out<"GetFunctionConfiguration"> {
  const described = describeVersion(call, name, number, version);
  return qualifier === undefined
    ? described
    : { ...described, FunctionArn: functionArn(call, name, qualifier) };
}

export function getFunctionConfiguration(
  call: Call,
  input: In<"GetFunctionConfiguration">,
): Out<"GetFunctionConfiguration"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const { name, number, version } = requireVersion(call, reference);
  return configurationAs(call, name, number, version, reference.qualifier);
}

export function listFunctions(call: Call, input: In<"ListFunctions">): Out<"ListFunctions"> {
  const all = input.FunctionVersion === "ALL";
  const rows = (function* () {
    for (const row of versions.scan(call.tx, [])) if (all || row.key[1] === latest) yield row;
  })();
  const { items, next } = pageOf(rows, ({ key }) => `${key[0]}:${key[1]}`, {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  const Functions = items.map(({ key: [name, number], value }) => {
    const described = describeVersion(call, name, number, value);
    // Lists leave out what changes by itself.
    for (const member of ["State", "LastUpdateStatus", "RuntimeVersionConfig"] as const)
      delete described[member];
    return all && number === latest
      ? { ...described, FunctionArn: functionArn(call, name, "$LATEST") }
      : described;
  });
  return { Functions, ...(next === undefined ? {} : { NextMarker: next }) };
}

export function listVersionsByFunction(
  call: Call,
  input: In<"ListVersionsByFunction">,
): Out<"ListVersionsByFunction"> {
  const { name } = parseFunctionName(call, input.FunctionName);
  if (!functions.has(call.tx, [name])) throw functionNotFound(functionArn(call, name));
  const { items, next } = pageOf(versions.scan(call.tx, [name]), ({ key }) => String(key[1]), {
    marker: input.Marker,
    limit: Math.min(input.MaxItems ?? 50, 50),
  });
  const Versions = items.map(({ key: [, number], value }) => {
    const described = describeVersion(call, name, number, value);
    for (const member of ["State", "LastUpdateStatus", "RuntimeVersionConfig"] as const)
      delete described[member];
    return number === latest ? { ...described, FunctionArn: functionArn(call, name, "$LATEST") } : described;
  });
  return { Versions, ...(next === undefined ? {} : { NextMarker: next }) };
}
