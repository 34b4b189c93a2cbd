/** CloudFormation's `AWS::ECR::Repository`. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { repositories } from "./keys.ts";

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

interface Scan {
  readonly ScanOnPush?: boolean;
}
interface Encryption {
  readonly EncryptionType?: string;
  readonly KmsKey?: string;
}

/** Everything but the name and the encryption, which are for life. */
function settle(
  call: Call,
  name: string,
  properties: Properties,
  stackTags: Readonly<Record<string, string>>,
): ResourceState {
  const tags = (properties["Tags"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  const policy = properties["RepositoryPolicyText"];
  const lifecycle = (properties["LifecyclePolicy"] as { LifecyclePolicyText?: unknown } | undefined)
    ?.LifecyclePolicyText;
  const row = repositories.get(call.tx, [name]);
  if (row !== undefined) {
    repositories.set(call.tx, [name], {
      ...row,
      tagMutability: properties["ImageTagMutability"] === "IMMUTABLE" ? "IMMUTABLE" : "MUTABLE",
      scanOnPush: (properties["ImageScanningConfiguration"] as Scan | undefined)?.ScanOnPush ?? false,
      policyText: policy === undefined ? null : asText(policy),
      lifecyclePolicyText: lifecycle === undefined ? null : asText(lifecycle),
      tags: { ...stackTags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) },
    });
  }
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:${call.partition}:ecr:${call.region}:${call.accountId}:repository/${name}`,
      RepositoryUri: `${call.accountId}.dkr.ecr.${call.region}.amazonaws.com/${name}`,
    },
  };
}

const repository: ResourceProvider = {
  type: "AWS::ECR::Repository",
  properties: {
    EmptyOnDelete: "mutable",
    EncryptionConfiguration: "replace",
    ImageScanningConfiguration: "mutable",
    ImageTagMutability: "mutable",
    ImageTagMutabilityExclusionFilters: "mutable",
    LifecyclePolicy: "mutable",
    RepositoryName: "replace",
    RepositoryPolicyText: "mutable",
    Tags: "mutable",
  },
  create: (call, { properties, generateName, stack }) => {
    const given = properties["RepositoryName"] as string | undefined;
    const name = given ?? generateName({ lengthMax: 256, lowerCase: true });
    const encryption = properties["EncryptionConfiguration"] as Encryption | undefined;
    call.invoke("ecr", "CreateRepository", {
      repositoryName: name,
      ...(encryption === undefined
        ? {}
        : {
            encryptionConfiguration: {
              encryptionType: encryption.EncryptionType ?? "AES256",
              ...(encryption.KmsKey === undefined ? {} : { kmsKey: encryption.KmsKey }),
            },
          }),
    });
    return settle(call, name, properties, stack.tags);
  },
  update: (call, { physicalId, properties, stack }) => settle(call, physicalId, properties, stack.tags),
  delete: (call, { physicalId }) => {
    call.invoke("ecr", "DeleteRepository", { repositoryName: physicalId, force: true });
  },
};

export const providers: readonly ResourceProvider[] = [repository];
