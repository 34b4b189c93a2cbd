/** ECR as records: repositories with their policies and tags. No image is kept; pushing one answers 501. */
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Service } from "../../host/service.ts";
import type { Input, Operations, Output } from "../../model/operations.ts";
import { repositories, type RepositoryRow } from "./keys.ts";

type Client = typeof import("@aws-sdk/client-ecr");
type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

const arnOf = (call: Call, name: string): string =>
  formatArn({
    partition: call.partition,
    service: "ecr",
    region: call.region,
    accountId: call.accountId,
    resource: `repository/${name}`,
  });

const uriOf = (call: Call, name: string): string =>
  `${call.accountId}.dkr.ecr.${call.region}.amazonaws.com/${name}`;

const described = (call: Call, row: RepositoryRow) => ({
  repositoryArn: arnOf(call, row.name),
  registryId: call.accountId,
  repositoryName: row.name,
  repositoryUri: uriOf(call, row.name),
  createdAt: new Date(row.createdAtMs),
  imageTagMutability: row.tagMutability,
  imageScanningConfiguration: { scanOnPush: row.scanOnPush },
  encryptionConfiguration: {
    encryptionType: row.encryption.type as "AES256",
    ...(row.encryption.kmsKey === null ? {} : { kmsKey: row.encryption.kmsKey }),
  },
});

function need(call: Call, name: string | undefined): RepositoryRow {
  const row = name === undefined ? undefined : repositories.get(call.tx, [name]);
  if (row !== undefined) return row;
  throw new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${call.accountId}'`,
  );
}

const byArn = (call: Call, arn: string | undefined): RepositoryRow =>
  need(call, (arn ?? "").split(":repository/")[1]);

function change(call: Call, row: RepositoryRow, members: Partial<RepositoryRow>): void {
  repositories.set(call.tx, [row.name], { ...row, ...members });
}

const tagsOf = (
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
) => Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

const common = (call: Call, row: RepositoryRow) => ({ registryId: call.accountId, repositoryName: row.name });

function createRepository(call: Call, input: In<"CreateRepository">): Out<"CreateRepository"> {
  const name = input.repositoryName ?? "";
  if (repositories.has(call.tx, [name])) {
    throw new AwsError(
      "RepositoryAlreadyExistsException",
      `The repository with name '${name}' already exists in the registry with id '${call.accountId}'`,
    );
  }
  const row: RepositoryRow = {
    name,
    createdAtMs: call.nowMs,
    tagMutability: input.imageTagMutability === "IMMUTABLE" ? "IMMUTABLE" : "MUTABLE",
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: {
      type: input.encryptionConfiguration?.encryptionType ?? "AES256",
      kmsKey: input.encryptionConfiguration?.kmsKey ?? null,
    },
    policyText: null,
    lifecyclePolicyText: null,
    tags: tagsOf(input.tags),
  };
  repositories.set(call.tx, [name], row);
  return { repository: described(call, row) };
}

function describeRepositories(call: Call, input: In<"DescribeRepositories">): Out<"DescribeRepositories"> {
  const names = input.repositoryNames;
  const rows =
    names === undefined || names.length === 0
      ? [...repositories.scan(call.tx, [])].map(({ value }) => value)
      : names.map((name) => need(call, name));
  const start = Number(input.nextToken ?? 0);
  const end = start + (input.maxResults ?? 100);
  return {
    repositories: rows.slice(start, end).map((row) => described(call, row)),
    ...(end < rows.length ? { nextToken: String(end) } : {}),
  };
}

function deleteRepository(call: Call, input: In<"DeleteRepository">): Out<"DeleteRepository"> {
  const row = need(call, input.repositoryName);
  repositories.delete(call.tx, [row.name]);
  return { repository: described(call, row) };
}

function setRepositoryPolicy(call: Call, input: In<"SetRepositoryPolicy">): Out<"SetRepositoryPolicy"> {
  const row = need(call, input.repositoryName);
  change(call, row, { policyText: input.policyText ?? "" });
  return { ...common(call, row), policyText: input.policyText };
}

function policyOf(call: Call, row: RepositoryRow): string {
  if (row.policyText !== null) return row.policyText;
  throw new AwsError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${row.name}' in the registry with id '${call.accountId}'`,
  );
}

function getRepositoryPolicy(call: Call, input: In<"GetRepositoryPolicy">): Out<"GetRepositoryPolicy"> {
  const row = need(call, input.repositoryName);
  return { ...common(call, row), policyText: policyOf(call, row) };
}

function deleteRepositoryPolicy(
  call: Call,
  input: In<"DeleteRepositoryPolicy">,
): Out<"DeleteRepositoryPolicy"> {
  const row = need(call, input.repositoryName);
  const policyText = policyOf(call, row);
  change(call, row, { policyText: null });
  return { ...common(call, row), policyText };
}

function putLifecyclePolicy(call: Call, input: In<"PutLifecyclePolicy">): Out<"PutLifecyclePolicy"> {
  const row = need(call, input.repositoryName);
  change(call, row, { lifecyclePolicyText: input.lifecyclePolicyText ?? "" });
  return { ...common(call, row), lifecyclePolicyText: input.lifecyclePolicyText };
}

function lifecycleOf(call: Call, row: RepositoryRow): string {
  if (row.lifecyclePolicyText !== null) return row.lifecyclePolicyText;
  throw new AwsError(
    "LifecyclePolicyNotFoundException",
    `Lifecycle policy does not exist for the repository with name '${row.name}' in the registry with id '${call.accountId}'`,
  );
}

function getLifecyclePolicy(call: Call, input: In<"GetLifecyclePolicy">): Out<"GetLifecyclePolicy"> {
  const row = need(call, input.repositoryName);
  return { ...common(call, row), lifecyclePolicyText: lifecycleOf(call, row) };
}

function deleteLifecyclePolicy(call: Call, input: In<"DeleteLifecyclePolicy">): Out<"DeleteLifecyclePolicy"> {
  const row = need(call, input.repositoryName);
  const lifecyclePolicyText = lifecycleOf(call, row);
  change(call, row, { lifecyclePolicyText: null });
  return { ...common(call, row), lifecyclePolicyText };
}

function putImageTagMutability(call: Call, input: In<"PutImageTagMutability">): Out<"PutImageTagMutability"> {
  const row = need(call, input.repositoryName);
  const imageTagMutability = input.imageTagMutability === "IMMUTABLE" ? "IMMUTABLE" : "MUTABLE";
  change(call, row, { tagMutability: imageTagMutability });
  return { ...common(call, row), imageTagMutability };
}

function putImageScanningConfiguration(
  call: Call,
  input: In<"PutImageScanningConfiguration">,
): Out<"PutImageScanningConfiguration"> {
  const row = need(call, input.repositoryName);
  const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
  change(call, row, { scanOnPush });
  return { ...common(call, row), imageScanningConfiguration: { scanOnPush } };
}

/** There are no images, and so none to list. */
function listImages(call: Call, input: In<"ListImages">): Out<"ListImages"> {
  need(call, input.repositoryName);
  return { imageIds: [] };
}

function describeImages(call: Call, input: In<"DescribeImages">): Out<"DescribeImages"> {
  const row = need(call, input.repositoryName);
  const [asked] = input.imageIds ?? [];
  if (asked === undefined) return { imageDetails: [] };
  throw new AwsError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${asked.imageDigest ?? "null"}', imageTag:'${asked.imageTag ?? "null"}'} does not exist within the repository with name '${row.name}' in the registry with id '${call.accountId}'`,
  );
}

function getAuthorizationToken(call: Call): Out<"GetAuthorizationToken"> {
  return {
    authorizationData: [
      {
        authorizationToken: Buffer.from(`AWS:${call.random.text(32)}`).toString("base64"),
        expiresAt: new Date(call.nowMs + 12 * 3_600_000),
        proxyEndpoint: `https://${call.accountId}.dkr.ecr.${call.region}.amazonaws.com`,
      },
    ],
  };
}

function tagResource(call: Call, input: In<"TagResource">): void {
  const row = byArn(call, input.resourceArn);
  change(call, row, { tags: { ...row.tags, ...tagsOf(input.tags) } });
}

function untagResource(call: Call, input: In<"UntagResource">): void {
  const row = byArn(call, input.resourceArn);
  const gone = input.tagKeys ?? [];
  change(call, row, {
    tags: Object.fromEntries(Object.entries(row.tags).filter(([key]) => !gone.includes(key))),
  });
}

function listTagsForResource(call: Call, input: In<"ListTagsForResource">): Out<"ListTagsForResource"> {
  const { tags } = byArn(call, input.resourceArn);
  return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

export const service: Service = {
  name: "ecr",
  operations: {
    CreateRepository: createRepository,
    DeleteLifecyclePolicy: deleteLifecyclePolicy,
    DeleteRepository: deleteRepository,
    DeleteRepositoryPolicy: deleteRepositoryPolicy,
    DescribeImages: describeImages,
    DescribeRepositories: describeRepositories,
    GetAuthorizationToken: getAuthorizationToken,
    GetLifecyclePolicy: getLifecyclePolicy,
    GetRepositoryPolicy: getRepositoryPolicy,
    ListImages: listImages,
    ListTagsForResource: listTagsForResource,
    PutImageScanningConfiguration: putImageScanningConfiguration,
    PutImageTagMutability: putImageTagMutability,
    PutLifecyclePolicy: putLifecyclePolicy,
    SetRepositoryPolicy: setRepositoryPolicy,
    TagResource: tagResource,
    UntagResource: untagResource,
  } satisfies Operations<Client>,
};
