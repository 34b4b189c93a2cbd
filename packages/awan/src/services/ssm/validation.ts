/** What Parameter Store refuses of names, values, policies and paths. */
import { AwsError } from "../../kernel/errors.ts";
import { validation } from "./errors.ts";
import {
  advancedValueLengthMax,
  hierarchyLevelsMax,
  nameLengthMax,
  policiesMax,
  standardValueLengthMax,
} from "./limits.ts";

/** Names that cannot exist are refused where they are read, too. */
export function checkReadName(name: string): void {
  if (/^(\/?[^/]+|(\/[^/]+)+)$/.test(name)) return;
  throw validation(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}

export function checkName(name: string): void {
  if (/^\/aws(\/|$)/i.test(name))
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw validation(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes("/") && !name.startsWith("/")) {
    throw validation("Parameter name must be a fully qualified name.");
  }
  if (!/^\/?[a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*$/.test(name)) {
    throw validation(
      "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>",
    );
  }
  if (name.length > nameLengthMax)
    throw validation(`Parameter name can't be longer than ${nameLengthMax} characters.`);
  const levels = name.split("/").length - (name.startsWith("/") ? 1 : 0);
  if (levels > hierarchyLevelsMax) {
    throw new AwsError(
      "HierarchyLevelLimitExceededException",
      `Parameter name hierarchy depth: ${levels} can't exceed the maximum number of levels: ${hierarchyLevelsMax}.`,
    );
  }
}

export function checkValue(value: string, tier: string): void {
  if (tier === "Standard" && value.length > standardValueLengthMax) {
    throw validation(
      `Standard tier parameters support a maximum parameter value of ${standardValueLengthMax} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (value.length > advancedValueLengthMax) {
    throw validation(
      `Advanced tier parameters support a maximum parameter value of ${advancedValueLengthMax} characters. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
}

export function checkPattern(pattern: string, value: string): void {
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${pattern})$`, "s");
  } catch {
    throw new AwsError(
      "InvalidAllowedPatternException",
      "The allowed pattern is not a valid regular expression.",
    );
  }
  if (!regex.test(value)) {
    throw new AwsError(
      "ParameterPatternMismatchException",
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

const dataTypes = new Set(["text", "aws:ec2:image", "aws:ssm:integration"]);

export function checkDataType(dataType: string): void {
  if (!dataTypes.has(dataType)) {
    throw validation(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  }
}

export function checkPath(path: string): void {
  if (/^\/([a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*\/?)?$/.test(path)) return;
  throw validation(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

interface PolicyText {
  readonly Type?: string;
  readonly Version?: string;
  readonly Attributes?: { readonly Timestamp?: string };
}

/** The policies' texts, each on its own. */
export function parsePolicies(text: string | undefined): string[] {
  if (text === undefined || text.trim() === "" || text.trim() === "{}") return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new AwsError("InvalidPolicyTypeException", "The policy's JSON is invalid.");
  }
  const policies = Array.isArray(list) ? (list as PolicyText[]) : [list as PolicyText];
  if (policies.length > policiesMax) {
    throw new AwsError(
      "PoliciesLimitExceededException",
      `You specified more than the maximum number of allowed policies for the parameter. The maximum is ${policiesMax}.`,
    );
  }
  for (const { Type, Attributes } of policies) {
    if (!["Expiration", "ExpirationNotification", "NoChangeNotification"].includes(Type ?? "")) {
      throw new AwsError("InvalidPolicyTypeException", `The policy type isn't supported: ${Type}`);
    }
    if (Type === "Expiration" && Number.isNaN(Date.parse(Attributes?.Timestamp ?? ""))) {
      throw new AwsError(
        "InvalidPolicyAttributeException",
        "The Timestamp of an Expiration policy is invalid.",
      );
    }
  }
  return policies.map((policy) => JSON.stringify(policy));
}

/** When the parameter expires, if a policy says so. */
export function expirationOf(policies: readonly string[]): number | undefined {
  for (const text of policies) {
    const policy = JSON.parse(text) as PolicyText;
    if (policy.Type === "Expiration") return Date.parse(policy.Attributes?.Timestamp ?? "");
  }
  return undefined;
}
