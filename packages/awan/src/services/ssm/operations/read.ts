/** Reading parameters: one, some, those below a path, their history, their descriptions. */
import type { Parameter, ParameterHistory, ParameterMetadata } from "@aws-sdk/client-ssm";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { validation } from "../errors.ts";
import { type Candidate, compileFilters, isUnder } from "../filters.ts";
import { labelsByVersion, parameters, type VersionRow, versions } from "../keys.ts";
import { pageDescriptionsMax, pageParametersMax } from "../limits.ts";
import {
  find,
  findParameter,
  nameOf,
  parameterArn,
  parameterRecord,
  storedName,
  valueOf,
} from "../parameter.ts";
import { checkPath } from "../validation.ts";

export function getParameter(call: Call, input: Input<"GetParameter">): Output<"GetParameter"> {
  return { Parameter: parameterRecord(call, find(call, input.Name), input.WithDecryption === true) };
}

export function getParameters(call: Call, input: Input<"GetParameters">): Output<"GetParameters"> {
  if (new Set(input.Names).size !== input.Names.length) {
    throw validation("Invalid request: duplicate parameter names or ARNs are not allowed.");
  }
  const found: Parameter[] = [];
  const InvalidParameters: string[] = [];
  for (const name of input.Names) {
    const parameter = call.tx.draft.attempt(() => find(call, name));
    if (parameter instanceof AwsError) InvalidParameters.push(name);
    else found.push(parameterRecord(call, parameter, input.WithDecryption === true));
  }
  return { Parameters: found, InvalidParameters };
}

const tokenOf = (name: string): string => Buffer.from(name).toString("base64url");

/** Parameters in the order of their names, from the token on; below `path` when one is given. */
function* candidates(call: Call, token: string | undefined, path?: string): Generator<Candidate> {
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  if (after === "") throw new AwsError("InvalidNextToken", "The specified token isn't valid.");
  const base = path === undefined || path === "/" ? undefined : path.endsWith("/") ? path : `${path}/`;
  const start = after !== undefined ? { after: [after] } : base !== undefined ? { from: [base] } : {};
  for (const { key, value } of parameters.scan(call.tx, [], start)) {
    const [name] = key;
    if (base !== undefined && !name.startsWith(base)) return;
    const row = versions.get(call.tx, [name, value.latestVersion]) as VersionRow;
    yield { name, parameter: value, row };
  }
}

export function getParametersByPath(
  call: Call,
  input: Input<"GetParametersByPath">,
): Output<"GetParametersByPath"> {
  checkPath(input.Path);
  const matches = compileFilters(call, input.ParameterFilters ?? [], true);
  const limit = input.MaxResults ?? pageParametersMax;
  const found: Parameter[] = [];
  for (const candidate of candidates(call, input.NextToken, input.Path)) {
    const { name, parameter, row } = candidate;
    if (!isUnder(name, input.Path, input.Recursive === true) || !matches(candidate)) continue;
    if (found.length === limit)
      return { Parameters: found, NextToken: tokenOf(found.at(-1)?.Name as string) };
    const version = { name, version: parameter.latestVersion, row, selector: undefined };
    found.push(parameterRecord(call, version, input.WithDecryption === true));
  }
  return { Parameters: found };
}

/** Members that metadata and history share. */
const described = (row: VersionRow) => ({
  Type: row.type,
  ...(row.keyId === null ? {} : { KeyId: row.keyId }),
  LastModifiedDate: new Date(row.modifiedAtMs),
  LastModifiedUser: row.modifiedBy,
  ...(row.description === null ? {} : { Description: row.description }),
  ...(row.allowedPattern === null ? {} : { AllowedPattern: row.allowedPattern }),
  Tier: row.tier,
  Policies: row.policies.map((PolicyText) => ({
    PolicyText,
    PolicyType: (JSON.parse(PolicyText) as { Type: string }).Type,
    PolicyStatus: "Pending",
  })),
  DataType: row.dataType,
});

export function describeParameters(
  call: Call,
  input: Input<"DescribeParameters">,
): Output<"DescribeParameters"> {
  if (input.Filters !== undefined && input.ParameterFilters !== undefined) {
    throw validation("You can use either Filters or ParameterFilters in a single request.");
  }
  const older = (input.Filters ?? []).map(({ Key, Values }) => ({
    Key,
    Values,
    Option: Key === "Name" ? "BeginsWith" : "Equals",
  }));
  const matches = compileFilters(call, input.ParameterFilters ?? older, false);
  const limit = input.MaxResults ?? pageDescriptionsMax;
  const found: ParameterMetadata[] = [];
  for (const candidate of candidates(call, input.NextToken)) {
    if (!matches(candidate)) continue;
    if (found.length === limit)
      return { Parameters: found, NextToken: tokenOf(found.at(-1)?.Name as string) };
    const { name, parameter, row } = candidate;
    found.push({
      Name: name,
      ARN: parameterArn(call, name),
      Version: parameter.latestVersion,
      ...described(row),
    });
  }
  return { Parameters: found };
}

export function getParameterHistory(
  call: Call,
  input: Input<"GetParameterHistory">,
): Output<"GetParameterHistory"> {
  const name = storedName(nameOf(input.Name));
  findParameter(call, name);
  const limit = input.MaxResults ?? pageDescriptionsMax;
  const after = input.NextToken === undefined ? undefined : Number(input.NextToken);
  const found: ParameterHistory[] = [];
  for (const { key, value: row } of versions.scan(
    call.tx,
    [name],
    after === undefined ? {} : { after: [after] },
  )) {
    if (found.length === limit) return { Parameters: found, NextToken: String(found.at(-1)?.Version) };
    const Labels = [...labelsByVersion.scan(call.tx, [name, key[1]])].map((label) => label.key[2]);
    const Value = valueOf(name, row, input.WithDecryption === true);
    found.push({ Name: name, Value, Version: key[1], Labels, ...described(row) });
  }
  return { Parameters: found };
}
