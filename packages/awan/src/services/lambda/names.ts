/**
 * The many ways to name a function: `name`, `name:qualifier`, `account:function:name`, a whole ARN, each with or without
 * a qualifier beside it.
 */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameter, notFound, validation } from "./errors.ts";

export interface FunctionReference {
  readonly name: string;
  /** Version, alias, `$LATEST`; undefined when none was given. */
  readonly qualifier: string | undefined;
}

const named =
  /^(?:arn:(?:aws[a-zA-Z-]*):lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):(?:function:)?|(?<partialAccount>\d{12}):function:|function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Reads a `FunctionName` and a `Qualifier` as one reference within the call's account and region. */
export function parseFunctionName(call: Call, functionName: string, qualifier?: string): FunctionReference {
  const groups = named.exec(functionName)?.groups;
  if (groups === undefined) {
    throw validation(
      `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  const name = groups["name"] as string;
  if (functionName.startsWith("arn:") && functionName.length > 140) {
    throw validation(
      `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 140`,
    );
  }
  const region = groups["region"];
  const account = groups["account"] ?? groups["partialAccount"];
  if (account !== undefined && account !== call.accountId) {
    // AWS says nothing at all (recorded answer).
    throw new AwsError("AccessDeniedException", "", {
      status: 403,
      fault: "client",
      members: { Message: null, message: undefined },
    });
  }
  if (region !== undefined && region !== call.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${call.region}')`);
  }
  const inName = groups["qualifier"];
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw invalidParameter(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  return { name, qualifier: inName ?? qualifier };
}

export function functionArn(call: Call, name: string, qualifier?: string): string {
  const arn = `arn:${call.partition}:lambda:${call.region}:${call.accountId}:function:${name}`;
  return qualifier === undefined || qualifier === "" ? arn : `${arn}:${qualifier}`;
}

export const isVersion = (qualifier: string): boolean => /^\d+$/.test(qualifier);

/** Whether it names `$LATEST`, spelled out or not. */
export const isLatest = (qualifier: string | undefined): boolean =>
  qualifier === undefined || qualifier === "" || qualifier === "$LATEST";

/** Account, region, name and qualifier of a whole function ARN, whoever's it is. */
export function parseFunctionArn(
  arn: string,
):
  | { readonly accountId: string; readonly region: string; readonly name: string; readonly qualifier: string }
  | undefined {
  const groups = named.exec(arn)?.groups;
  if (groups?.["region"] === undefined) return undefined;
  return {
    accountId: groups["account"] ?? "",
    region: groups["region"],
    name: groups["name"] ?? "",
    qualifier: groups["qualifier"] ?? "",
  };
}
