/** PutParameter: a new parameter, or the next version of one. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { validation } from "../errors.ts";
import { labelsByVersion, parameters, type VersionRow, versions } from "../keys.ts";
import { standardValueLengthMax, versionsMax } from "../limits.ts";
import { storedName } from "../parameter.ts";
import { checkNewTags } from "../tags.ts";
import {
  checkDataType,
  checkName,
  checkPattern,
  checkValue,
  expirationOf,
  parsePolicies,
} from "../validation.ts";

export function putParameter(call: Call, input: Input<"PutParameter">): Output<"PutParameter"> {
  checkName(input.Name);
  const name = storedName(input.Name);
  const parameter = parameters.get(call.tx, [name]);
  if (input.Overwrite === true && input.Tags !== undefined && input.Tags.length > 0) {
    throw validation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (parameter !== undefined && input.Overwrite !== true) {
    throw new AwsError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
  const before = parameter === undefined ? undefined : versions.get(call.tx, [name, parameter.latestVersion]);
  const row = nextVersion(call, input, before);
  const version = (parameter?.latestVersion ?? 0) + 1;
  dropOldest(call, name, version);
  const tags = parameter?.tags ?? checkNewTags(input.Tags ?? []);
  parameters.set(call.tx, [name], { latestVersion: version, tags });
  versions.set(call.tx, [name, version], row);
  const expiresAtMs = expirationOf(row.policies);
  if (expiresAtMs === undefined) call.unschedule("ssm.expire", [name]);
  else call.schedule("ssm.expire", [name], expiresAtMs);
  return { Version: version, Tier: row.tier };
}

function nextVersion(call: Call, input: Input<"PutParameter">, before: VersionRow | undefined): VersionRow {
  const type = input.Type ?? before?.type;
  if (type === undefined) throw validation("A parameter type is required when you create a parameter.");
  const policies = parsePolicies(input.Policies);
  const needsAdvanced = input.Value.length > standardValueLengthMax || policies.length > 0;
  const tier = chooseTier(input.Tier, before, needsAdvanced);
  if (policies.length > 0 && tier === "Standard") {
    throw validation(
      "The parameter must be an advanced-tier parameter to use parameter policies. Please upgrade the parameter's tier.",
    );
  }
  if (input.KeyId !== undefined && type !== "SecureString")
    throw validation("KeyId is required for SecureString type parameter only.");
  const dataType = input.DataType ?? before?.dataType ?? "text";
  checkDataType(dataType);
  checkValue(input.Value, tier);
  // Terraform sends an empty pattern for none.
  if (input.AllowedPattern !== undefined && input.AllowedPattern !== "")
    checkPattern(input.AllowedPattern, input.Value);
  return {
    type,
    value: input.Value,
    keyId: type === "SecureString" ? (input.KeyId ?? before?.keyId ?? "alias/aws/ssm") : null,
    description: input.Description ?? null,
    allowedPattern: input.AllowedPattern === "" ? null : (input.AllowedPattern ?? null),
    dataType,
    tier,
    policies,
    modifiedAtMs: call.nowMs,
    modifiedBy: call.principal.arn,
  };
}

/** An advanced parameter cannot go back; intelligent tiering takes the advanced tier when it is needed. */
function chooseTier(
  asked: string | undefined,
  before: VersionRow | undefined,
  needsAdvanced: boolean,
): VersionRow["tier"] {
  if (asked === "Standard" && before?.tier === "Advanced") {
    throw validation(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. ",
    );
  }
  if (asked === "Advanced" || before?.tier === "Advanced") return "Advanced";
  return asked === "Intelligent-Tiering" && needsAdvanced ? "Advanced" : "Standard";
}

/** A hundred versions are kept; the oldest goes unless a label holds it. */
function dropOldest(call: Call, name: string, version: number): void {
  const oldest = version - versionsMax;
  if (oldest < 1) return;
  if (labelsByVersion.first(call.tx, [name, oldest]) !== undefined) {
    throw new AwsError(
      "ParameterMaxVersionLimitExceeded",
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  versions.delete(call.tx, [name, oldest]);
}
