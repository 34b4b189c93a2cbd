/**
 * Whose resources can be tagged from here, and how each service is asked: through the operations a user would call,
 * so that tags are kept in one place only. A service whose answers have another shape says so in a line.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";

export type Tags = Readonly<Record<string, string>>;

export interface Tagged {
  readonly arn: string;
  readonly tags: Tags;
}

export interface Taggable {
  /** The service's name as in ARNs, and as of its operations. */
  readonly service: string;
  readonly operations: string;
  list(call: Call): Iterable<Tagged>;
  tag(call: Call, arn: string, tags: Tags): void;
  untag(call: Call, arn: string, keys: readonly string[]): void;
}

type Answer = Readonly<Record<string, unknown>>;
type TagList = readonly {
  readonly Key?: string;
  readonly Value?: string;
  readonly TagKey?: string;
  readonly TagValue?: string;
}[];

const mapOf = (value: unknown): Tags =>
  Array.isArray(value)
    ? Object.fromEntries(
        (value as TagList).map((tag) => [tag.Key ?? tag.TagKey ?? "", tag.Value ?? tag.TagValue ?? ""]),
      )
    : ((value ?? {}) as Tags);

const listOf = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const prefixed = (tags: Tags): { TagKey: string; TagValue: string }[] =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

interface Shape {
  readonly service: string;
  readonly operations?: string;
  /** ARNs, or what has its tags in the listing already. */
  readonly resources: (call: Call) => Iterable<Tagged | string>;
  /** How a resource is named in inputs: the member, and its value made of the ARN. */
  readonly member: string;
  readonly value?: (call: Call, arn: string) => string;
  readonly more?: Answer;
  readonly listTags?: string;
  readonly tagsMember?: string;
  readonly tagOperation?: string;
  readonly untagOperation?: string;
  /** Whether tags are given as a map. */
  readonly asMap?: boolean;
  /** Whether a tag's members are TagKey and TagValue. */
  readonly prefixed?: boolean;
  readonly keysMember?: string;
}

function taggable(shape: Shape): Taggable {
  const operations = shape.operations ?? shape.service;
  const named = (call: Call, arn: string): Answer => ({
    ...shape.more,
    [shape.member]: shape.value?.(call, arn) ?? arn,
  });
  const tagsMember = shape.tagsMember ?? "Tags";
  return {
    service: shape.service,
    operations,
    *list(call) {
      for (const resource of shape.resources(call)) {
        if (typeof resource !== "string") yield resource;
        else {
          const answer = call.invoke(
            operations,
            shape.listTags ?? "ListTagsForResource",
            named(call, resource),
          );
          yield { arn: resource, tags: mapOf(answer[tagsMember]) };
        }
      }
    },
    tag(call, arn, tags) {
      const given = shape.asMap === true ? tags : shape.prefixed === true ? prefixed(tags) : listOf(tags);
      call.invoke(operations, shape.tagOperation ?? "TagResource", {
        ...named(call, arn),
        [tagsMember]: given,
      });
    },
    untag(call, arn, keys) {
      const input = { ...named(call, arn), [shape.keysMember ?? "TagKeys"]: keys };
      call.invoke(operations, shape.untagOperation ?? "UntagResource", input);
    },
  };
}

/** What a listing answers in all its pages. */
function* pages(
  call: Call,
  service: string,
  operation: string,
  {
    list,
    token = "NextToken",
    input = {},
  }: { readonly list: string; readonly token?: string; readonly input?: Answer },
): Generator<Answer & string, void> {
  let next: unknown;
  do {
    const answer = call.invoke(service, operation, {
      ...input,
      ...(next === undefined ? {} : { [token]: next }),
    });
    yield* (answer[list] ?? []) as (Answer & string)[];
    next = answer[token];
  } while (typeof next === "string" && next !== "");
}

function* field(items: Iterable<Answer>, name: string): Generator<string, void> {
  for (const item of items) yield String(item[name]);
}

const afterLast = (separator: string) => (_call: Call, arn: string) => arn.split(separator).at(-1) ?? "";

const queueUrl = (call: Call, arn: string): string =>
  String(call.invoke("sqs", "GetQueueUrl", { QueueName: arn.split(":")[5] })["QueueUrl"]);

function* queues(call: Call): Generator<string, void> {
  for (const url of pages(call, "sqs", "ListQueues", { list: "QueueUrls" })) {
    const name = url.split("/").at(-1) ?? "";
    yield `arn:${call.partition}:sqs:${call.region}:${call.accountId}:${name}`;
  }
}

function* tables(call: Call): Generator<string, void> {
  for (const name of pages(call, "dynamodb", "ListTables", { list: "TableNames" })) {
    yield `arn:${call.partition}:dynamodb:${call.region}:${call.accountId}:table/${name}`;
  }
}

/** Names with levels begin with a slash, which their ARN does not repeat. */
const parameterName = (path: string): string => (path.includes("/") ? `/${path}` : path);

function* parameters(call: Call): Generator<string, void> {
  for (const { Name } of pages(call, "ssm", "DescribeParameters", { list: "Parameters" })) {
    const name = String(Name).replace(/^\//, "");
    yield `arn:${call.partition}:ssm:${call.region}:${call.accountId}:parameter/${name}`;
  }
}

function* logGroups(call: Call): Generator<string, void> {
  for (const group of pages(call, "logs", "DescribeLogGroups", { list: "logGroups", token: "nextToken" })) {
    yield String(group["arn"]).replace(/:\*$/, "");
  }
}

function* secrets(call: Call): Generator<Tagged, void> {
  for (const secret of pages(call, "secretsmanager", "ListSecrets", { list: "SecretList" })) {
    yield { arn: String(secret["ARN"]), tags: mapOf(secret["Tags"]) };
  }
}

/** Buckets are tagged whole: what is added goes over what is there. */
const buckets: Taggable = {
  service: "s3",
  operations: "s3",
  *list(call) {
    const { Buckets } = call.invoke("s3", "ListBuckets", {});
    for (const { Name } of (Buckets ?? []) as { Name: string }[]) {
      yield { arn: `arn:${call.partition}:s3:::${Name}`, tags: bucketTags(call, Name) };
    }
  },
  tag: (call, arn, tags) => putBucketTags(call, arn, (now) => ({ ...now, ...tags })),
  untag: (call, arn, keys) =>
    putBucketTags(call, arn, (now) =>
      Object.fromEntries(Object.entries(now).filter(([key]) => !keys.includes(key))),
    ),
};

function bucketTags(call: Call, bucket: string): Tags {
  try {
    return mapOf(call.invoke("s3", "GetBucketTagging", { Bucket: bucket })["TagSet"]);
  } catch (error) {
    if (error instanceof AwsError && error.code === "NoSuchTagSet") return {};
    throw error;
  }
}

function putBucketTags(call: Call, arn: string, change: (now: Tags) => Tags): void {
  const Bucket = arn.split(":::")[1] ?? "";
  const TagSet = listOf(change(bucketTags(call, Bucket)));
  call.invoke("s3", "PutBucketTagging", { Bucket, Tagging: { TagSet } });
}

export const taggables: readonly Taggable[] = [
  buckets,
  taggable({
    service: "sqs",
    resources: queues,
    member: "QueueUrl",
    value: queueUrl,
    listTags: "ListQueueTags",
    tagOperation: "TagQueue",
    untagOperation: "UntagQueue",
    asMap: true,
  }),
  taggable({
    service: "sns",
    resources: (call) => field(pages(call, "sns", "ListTopics", { list: "Topics" }), "TopicArn"),
    member: "ResourceArn",
  }),
  taggable({ service: "dynamodb", resources: tables, member: "ResourceArn", listTags: "ListTagsOfResource" }),
  taggable({
    service: "lambda",
    resources: (call) =>
      field(
        pages(call, "lambda", "ListFunctions", { list: "Functions", token: "NextMarker" }),
        "FunctionArn",
      ),
    member: "Resource",
    listTags: "ListTags",
    asMap: true,
  }),
  taggable({
    service: "logs",
    resources: logGroups,
    member: "resourceArn",
    tagsMember: "tags",
    asMap: true,
    keysMember: "tagKeys",
  }),
  taggable({ service: "secretsmanager", resources: secrets, member: "SecretId" }),
  taggable({
    service: "ssm",
    resources: parameters,
    member: "ResourceId",
    value: (_call, arn) => parameterName(arn.split(":parameter/")[1] ?? ""),
    more: { ResourceType: "Parameter" },
    tagsMember: "TagList",
    tagOperation: "AddTagsToResource",
    untagOperation: "RemoveTagsFromResource",
  }),
  taggable({
    service: "ecr",
    resources: (call) =>
      field(
        pages(call, "ecr", "DescribeRepositories", { list: "repositories", token: "nextToken" }),
        "repositoryArn",
      ),
    member: "resourceArn",
    tagsMember: "tags",
    keysMember: "tagKeys",
  }),
  taggable({
    service: "acm",
    resources: (call) =>
      field(pages(call, "acm", "ListCertificates", { list: "CertificateSummaryList" }), "CertificateArn"),
    member: "CertificateArn",
    listTags: "ListTagsForCertificate",
    tagOperation: "AddTagsToCertificate",
    untagOperation: "RemoveTagsFromCertificate",
  }),
  taggable({
    service: "cloudwatch",
    resources: (call) =>
      field(pages(call, "cloudwatch", "DescribeAlarms", { list: "MetricAlarms" }), "AlarmArn"),
    member: "ResourceARN",
  }),
  taggable({
    service: "kms",
    resources: (call) =>
      field(pages(call, "kms", "ListKeys", { list: "Keys", token: "NextMarker" }), "KeyArn"),
    member: "KeyId",
    value: afterLast("/"),
    listTags: "ListResourceTags",
    prefixed: true,
  }),
];
