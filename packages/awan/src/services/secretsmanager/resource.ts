/** CloudFormation's `AWS::SecretsManager::*`. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { deleteSecret } from "./operations/delete.ts";
import * as write from "./operations/write.ts";
import { secrets } from "./keys.ts";
import { makePassword, type PasswordOptions } from "./password.ts";
import { findSecret } from "./secret.ts";

const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : (value as string);

interface Generate extends PasswordOptions {
  readonly GenerateStringKey?: string;
  readonly SecretStringTemplate?: string;
}

/** The value a template asks for: given, or a password, alone or put into a JSON template. */
function valueOf(call: Call, properties: Properties): string | undefined {
  const generate = properties["GenerateSecretString"] as Generate | undefined;
  if (generate === undefined) return optional(properties["SecretString"]);
  const password = makePassword(call, typedOptions(generate));
  if (generate.GenerateStringKey === undefined) return password;
  const template = JSON.parse(generate.SecretStringTemplate ?? "{}") as Record<string, unknown>;
  return JSON.stringify({ ...template, [generate.GenerateStringKey]: password });
}

function typed(name: string, value: unknown): unknown {
  if (name === "PasswordLength") return Number(value);
  return value === "true" || (value === "false" ? false : value);
}

/** Templates may write booleans and numbers as text. */
function typedOptions(options: Generate): PasswordOptions {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, typed(name, value)]));
}

function tagsOf(properties: Properties, stackTags: Readonly<Record<string, string>>) {
  const own = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
  return { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) };
}

const state = (arn: string): ResourceState => ({ physicalId: arn, attributes: { Id: arn } });

const secret: ResourceProvider = {
  type: "AWS::SecretsManager::Secret",
  properties: {
    Description: "mutable",
    GenerateSecretString: "mutable",
    KmsKeyId: "mutable",
    Name: "replace",
    ReplicaRegions: "mutable",
    SecretString: "mutable",
    Tags: "mutable",
  },
  create: (call, { properties, stack, generateName }) => {
    const { ARN } = write.createSecret(call, {
      Name: optional(properties["Name"]) ?? generateName({ lengthMax: 128 }),
      ClientRequestToken: call.random.uuid(),
      Description: optional(properties["Description"]),
      KmsKeyId: optional(properties["KmsKeyId"]),
      SecretString: valueOf(call, properties) ?? "",
      Tags: Object.entries(tagsOf(properties, stack.tags)).map(([Key, Value]) => ({ Key, Value })),
    });
    return state(ARN as string);
  },
  update: (call, { physicalId, properties, previousProperties, stack }) => {
    const changed = (name: string): boolean =>
      JSON.stringify(properties[name]) !== JSON.stringify(previousProperties[name]);
    const isNew = changed("SecretString") || changed("GenerateSecretString");
    write.updateSecret(call, {
      SecretId: physicalId,
      ClientRequestToken: call.random.uuid(),
      Description: optional(properties["Description"]) ?? "",
      KmsKeyId: optional(properties["KmsKeyId"]),
      SecretString: isNew ? valueOf(call, properties) : undefined,
    });
    const { name, row } = findSecret(call, physicalId);
    secrets.set(call.tx, [name], { ...row, tags: tagsOf(properties, stack.tags) });
    return state(physicalId);
  },
  delete: (call, { physicalId }) => {
    deleteSecret(call, { SecretId: physicalId, ForceDeleteWithoutRecovery: true });
  },
};

const resourcePolicy: ResourceProvider = {
  type: "AWS::SecretsManager::ResourcePolicy",
  properties: { BlockPublicPolicy: "mutable", ResourcePolicy: "mutable", SecretId: "replace" },
  required: ["ResourcePolicy", "SecretId"],
  create: (call, { properties }) => putPolicy(call, properties),
  update: (call, { properties }) => putPolicy(call, properties),
  delete: (call, { properties }) => {
    try {
      write.deleteResourcePolicy(call, { SecretId: properties["SecretId"] as string });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
    }
  },
};

function putPolicy(call: Call, properties: Properties): ResourceState {
  const document = properties["ResourcePolicy"];
  const ResourcePolicy = typeof document === "string" ? document : JSON.stringify(document);
  const { ARN } = write.putResourcePolicy(call, {
    SecretId: properties["SecretId"] as string,
    ResourcePolicy,
  });
  return state(ARN as string);
}

/** Rewrites a secret with the address of its database; here it keeps the secret and says what it would add. */
const attachment: ResourceProvider = {
  type: "AWS::SecretsManager::SecretTargetAttachment",
  properties: { SecretId: "replace", TargetId: "mutable", TargetType: "mutable" },
  required: ["SecretId", "TargetId", "TargetType"],
  create: (call, { properties }) => state(findSecret(call, properties["SecretId"] as string).row.arn),
  update: (_, { physicalId }) => state(physicalId),
  delete: () => {},
};

export const providers: readonly ResourceProvider[] = [secret, resourcePolicy, attachment];
