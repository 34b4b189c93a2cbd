/** ParameterFilters of DescribeParameters and GetParametersByPath. */
import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { validation } from "./errors.ts";
import { labels, type ParameterRow, type VersionRow } from "./keys.ts";

export interface Candidate {
  readonly name: string;
  readonly parameter: ParameterRow;
  readonly row: VersionRow;
}

export type Predicate = (candidate: Candidate) => boolean;

const describable = new Set(["Name", "Type", "KeyId", "Path", "Label", "Tier", "DataType"]);

/** One predicate of all filters. `byPath` allows only what GetParametersByPath does. */
export function compileFilters(
  call: Call,
  filters: readonly ParameterStringFilter[],
  byPath: boolean,
): Predicate {
  const seen = new Set<string>();
  const predicates = filters.map((filter) => {
    const key = filter.Key as string;
    if (byPath ? !["Type", "KeyId", "Label"].includes(key) : !describable.has(key) && !/^tag:.+/.test(key)) {
      throw byPath
        ? new AwsError(
            "InvalidFilterKey",
            `The following filter key is not valid: ${key}. Valid filter keys include: [Type, KeyId].`,
          )
        : validation(
            `1 validation error detected: Value '${key}' at 'parameterFilters.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier`,
          );
    }
    if (seen.has(key)) {
      throw new AwsError(
        "InvalidFilterKey",
        "A filter key can only be used once in a request: duplicates are not allowed.",
      );
    }
    seen.add(key);
    return compile(call, key, filter);
  });
  return (candidate) => predicates.every((predicate) => predicate(candidate));
}

function compile(call: Call, key: string, filter: ParameterStringFilter): Predicate {
  const values = filter.Values ?? [];
  const option = filter.Option ?? (key === "Path" ? "OneLevel" : "Equals");
  if (values.length === 0 && !key.startsWith("tag:")) {
    throw new AwsError(
      "InvalidFilterValue",
      `The following filter values are missing : null for filter key ${key}`,
    );
  }
  const matches = (text: string): boolean =>
    values.some((value) =>
      option === "BeginsWith"
        ? text.startsWith(value)
        : option === "Contains"
          ? text.includes(value)
          : text === value,
    );
  switch (key) {
    case "Name":
      return ({ name }) => matches(name) || matches(name.replace(/^\//, ""));
    case "Type":
      return ({ row }) => matches(row.type);
    case "KeyId":
      return ({ row }) => row.keyId !== null && matches(row.keyId);
    case "Tier":
      return ({ row }) => matches(row.tier);
    case "DataType":
      return ({ row }) => matches(row.dataType);
    case "Label":
      return ({ name }) => values.some((label) => labels.has(call.tx, [name, label]));
    case "Path":
      return ({ name }) => values.some((path) => isUnder(name, path, option === "Recursive"));
    default: {
      const tag = key.slice("tag:".length);
      return ({ parameter }) => {
        const value = parameter.tags[tag];
        return value !== undefined && (values.length === 0 || values.includes(value));
      };
    }
  }
}

/** Whether `name` is below `path`: at any depth, or as its direct child. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const base = path.endsWith("/") ? path : `${path}/`;
  const whole = name.startsWith("/") ? name : `/${name}`;
  if (!whole.startsWith(base)) return false;
  return recursive || !whole.slice(base.length).includes("/");
}
