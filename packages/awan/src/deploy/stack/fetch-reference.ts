/** Values of dynamic references, asked of SSM and Secrets Manager as a user would. */
import { AwsError } from "../../kernel/errors.ts";
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";
import { type DynamicReference, parseSecretReference } from "../template/dynamic-references.ts";
import { isDict, validationError, textOf } from "../template/value.ts";

export async function fetchReference(
  shell: Shell,
  scope: Scope,
  reference: DynamicReference,
): Promise<string> {
  return reference.service === "secretsmanager"
    ? await fetchSecret(shell, scope, reference)
    : await fetchParameter(shell, scope, reference.reference, reference.service === "ssm-secure");
}

/** The value of an SSM parameter, by `name` or `name:version`. */
export async function fetchParameter(
  shell: Shell,
  scope: Scope,
  name: string,
  decrypt = false,
): Promise<string> {
  try {
    const answer = await shell.invoke("ssm", "GetParameter", { Name: name, WithDecryption: decrypt }, scope);
    const parameter = answer["Parameter"];
    return isDict(parameter) ? String(parameter["Value"]) : "";
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith("ParameterNotFound")) {
      throw validationError(
        `Unable to fetch parameters [${name.replace(/:\d+$/, "")}] from parameter store for this account.`,
      );
    }
    throw error;
  }
}

async function fetchSecret(
  shell: Shell,
  scope: Scope,
  { text, reference }: DynamicReference,
): Promise<string> {
  const { secretId, jsonKey, versionStage, versionId } = parseSecretReference(reference);
  const answer = await shell.invoke(
    "secretsmanager",
    "GetSecretValue",
    {
      SecretId: secretId,
      ...(versionStage === undefined ? {} : { VersionStage: versionStage }),
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    },
    scope,
  );
  const secret = textOf(answer["SecretString"]);
  if (jsonKey === undefined) return secret;
  const fields: unknown = JSON.parse(secret);
  const value = isDict(fields) ? fields[jsonKey] : undefined;
  if (value === undefined) {
    throw validationError(`Could not parse SecretString JSON: the key ${jsonKey} of ${text} does not exist`);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
