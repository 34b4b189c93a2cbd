/** The role an operation is to use: one that IAM knows must trust CloudFormation; one it does not know is taken as good. */
import { AwsError } from "../../kernel/errors.ts";
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";
import { isDict, validationError } from "../template/value.ts";

/** @throws AwsError ValidationError */
export async function refuseRole(shell: Shell, scope: Scope, roleArn: string | null): Promise<void> {
  if (roleArn === null || roleArn === "") return;
  const name = /^arn:[\w-]+:iam::\d{12}:role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(roleArn)?.[1];
  if (name === undefined) throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  try {
    const { Role } = await shell.invoke("iam", "GetRole", { RoleName: name }, scope);
    const document = isDict(Role) ? Role["AssumeRolePolicyDocument"] : undefined;
    if (typeof document === "string" && !trusts(JSON.parse(decodeURIComponent(document)))) {
      throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
    }
  } catch (error) {
    // CDK's bootstrap roles need not exist here, as they need not for STS.
    if (!(error instanceof AwsError) || !error.code.startsWith("NoSuchEntity")) throw error;
  }
}

function trusts(document: unknown): boolean {
  const statements = isDict(document) ? document["Statement"] : [];
  return (Array.isArray(statements) ? statements : [statements]).some((statement: unknown) => {
    if (!isDict(statement) || statement["Effect"] !== "Allow") return false;
    const principal = statement["Principal"];
    if (!isDict(principal)) return principal === "*";
    const services = [principal["Service"]].flat();
    return services.includes("cloudformation.amazonaws.com");
  });
}
