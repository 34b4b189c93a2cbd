/** S3's CloudFormation types, through the operations a user would call. Each property is one setter; removing it is its opposite. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceRequest, ResourceState } from "../../host/resource.ts";
import { AwsError, notImplemented } from "../../kernel/errors.ts";
import {
  cannedOf,
  corsOf,
  encryptionOf,
  fieldsOf,
  filteredOf,
  inventoryOf,
  isTrue,
  lifecycleOf,
  listOf,
  lockOf,
  loggingOf,
  notificationOf,
  publicAccessOf,
  replicationOf,
  websiteOf,
} from "./cloudformation-shapes.ts";

type S3 = (operation: string, input: object) => Record<string, unknown>;
interface Setter {
  readonly set: (s3: S3, value: unknown, bucket: string) => void;
  readonly unset: (s3: S3, before: unknown) => void;
}

const simple = (
  put: string,
  member: string,
  convert: (value: unknown) => object,
  remove: string,
): Setter => ({
  set: (s3, value) => void s3(put, { [member]: convert(value) }),
  unset: (s3) => void s3(remove, {}),
});

const identified = (
  name: string,
  member: string,
  convert: (each: Readonly<Record<string, unknown>>) => object,
): Setter => ({
  set: (s3, value) => {
    for (const each of listOf(value)) s3(`Put${name}`, { Id: each["Id"], [member]: convert(each) });
  },
  unset: (s3, before) => {
    for (const each of listOf(before)) s3(`Delete${name}`, { Id: each["Id"] });
  },
});

const plain = (value: unknown): object => fieldsOf(value);

/** In the order in which they may depend on each other. */
const setters: Readonly<Record<string, Setter>> = {
  OwnershipControls: simple(
    "PutBucketOwnershipControls",
    "OwnershipControls",
    plain,
    "DeleteBucketOwnershipControls",
  ),
  PublicAccessBlockConfiguration: simple(
    "PutPublicAccessBlock",
    "PublicAccessBlockConfiguration",
    publicAccessOf,
    "DeletePublicAccessBlock",
  ),
  VersioningConfiguration: {
    set: (s3, value) => void s3("PutBucketVersioning", { VersioningConfiguration: fieldsOf(value) }),
    unset: (s3) => void s3("PutBucketVersioning", { VersioningConfiguration: { Status: "Suspended" } }),
  },
  BucketEncryption: simple(
    "PutBucketEncryption",
    "ServerSideEncryptionConfiguration",
    encryptionOf,
    "DeleteBucketEncryption",
  ),
  CorsConfiguration: simple("PutBucketCors", "CORSConfiguration", corsOf, "DeleteBucketCors"),
  LifecycleConfiguration: simple(
    "PutBucketLifecycleConfiguration",
    "LifecycleConfiguration",
    lifecycleOf,
    "DeleteBucketLifecycle",
  ),
  WebsiteConfiguration: simple("PutBucketWebsite", "WebsiteConfiguration", websiteOf, "DeleteBucketWebsite"),
  ReplicationConfiguration: simple(
    "PutBucketReplication",
    "ReplicationConfiguration",
    replicationOf,
    "DeleteBucketReplication",
  ),
  Tags: {
    set: (s3, value) =>
      void (
        listOf(value).length > 0 &&
        s3("PutBucketTagging", {
          Tagging: { TagSet: listOf(value).map((tag) => ({ Key: tag["Key"], Value: String(tag["Value"]) })) },
        })
      ),
    unset: (s3) => void s3("DeleteBucketTagging", {}),
  },
  AccelerateConfiguration: {
    set: (s3, value) =>
      void s3("PutBucketAccelerateConfiguration", {
        AccelerateConfiguration: { Status: fieldsOf(value)["AccelerationStatus"] },
      }),
    unset: (s3) =>
      void s3("PutBucketAccelerateConfiguration", { AccelerateConfiguration: { Status: "Suspended" } }),
  },
  LoggingConfiguration: {
    set: (s3, value, bucket) =>
      void s3("PutBucketLogging", { BucketLoggingStatus: loggingOf(value, bucket) }),
    unset: (s3) => void s3("PutBucketLogging", { BucketLoggingStatus: {} }),
  },
  ObjectLockConfiguration: {
    set: (s3, value) => void s3("PutObjectLockConfiguration", { ObjectLockConfiguration: lockOf(value) }),
    unset: (s3) =>
      void s3("PutObjectLockConfiguration", { ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
  },
  AnalyticsConfigurations: identified("BucketAnalyticsConfiguration", "AnalyticsConfiguration", filteredOf),
  IntelligentTieringConfigurations: identified(
    "BucketIntelligentTieringConfiguration",
    "IntelligentTieringConfiguration",
    filteredOf,
  ),
  InventoryConfigurations: identified("BucketInventoryConfiguration", "InventoryConfiguration", inventoryOf),
  MetricsConfigurations: identified("BucketMetricsConfiguration", "MetricsConfiguration", filteredOf),
  AccessControl: {
    set: (s3, value) => void s3("PutBucketAcl", { ACL: cannedOf(value) }),
    unset: (s3) => void s3("PutBucketAcl", { ACL: "private" }),
  },
  AbacStatus: {
    set: (s3, value) => void s3("PutBucketAbac", { AbacStatus: { Status: value } }),
    unset: (s3) => void s3("PutBucketAbac", { AbacStatus: { Status: "Disabled" } }),
  },
  NotificationConfiguration: {
    set: (s3, value) =>
      void s3("PutBucketNotificationConfiguration", { NotificationConfiguration: notificationOf(value) }),
    unset: (s3) => void s3("PutBucketNotificationConfiguration", { NotificationConfiguration: {} }),
  },
};

const onBucket =
  (call: Call, bucket: string): S3 =>
  (operation, input) =>
    call.invoke("s3", operation, { Bucket: bucket, ...input });

function bucketState(call: Call, name: string): ResourceState {
  const { region, partition } = call;
  const { host } = new URL(call.endpoint === "" ? "http://127.0.0.1:4566" : call.endpoint);
  const port = host.includes(":") ? host.slice(host.lastIndexOf(":")) : "";
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:${partition}:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      // Where the website can be visited here, not where AWS would put it.
      WebsiteURL: `http://${name}.s3-website.${region}.localhost${port}`,
    },
  };
}

function createBucket(call: Call, request: ResourceRequest): ResourceState {
  const { properties } = request;
  const name =
    (properties["BucketName"] as string | undefined) ??
    request.generateName({ lengthMax: 63, lowerCase: true });
  const ownership = listOf(fieldsOf(properties["OwnershipControls"])["Rules"])[0]?.["ObjectOwnership"];
  if (call.ports.s3.bucket(call, name) !== undefined) {
    throw new AwsError("BucketAlreadyExists", `${name} already exists`, { status: 409 });
  }
  const namespace = properties["BucketNamespace"] ?? "global";
  if (namespace !== "global")
    throw notImplemented(`s3:CreateBucket in the namespace ${JSON.stringify(namespace)}`);
  const s3 = onBucket(call, name);
  s3("CreateBucket", {
    ...(call.region === "us-east-1"
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: call.region } }),
    ...(isTrue(properties["ObjectLockEnabled"]) ? { ObjectLockEnabledForBucket: true } : {}),
    ...(ownership === undefined ? {} : { ObjectOwnership: ownership }),
  });
  for (const [property, { set }] of Object.entries(setters)) {
    if (property === "OwnershipControls" && ownership !== undefined) continue;
    if (properties[property] !== undefined) set(s3, properties[property], name);
  }
  return bucketState(call, name);
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function updateBucket(call: Call, name: string, properties: Properties, before: Properties): ResourceState {
  const s3 = onBucket(call, name);
  if (isTrue(properties["ObjectLockEnabled"]) && !isTrue(before["ObjectLockEnabled"]))
    s3("PutObjectLockConfiguration", { ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } });
  for (const [property, { set, unset }] of Object.entries(setters)) {
    const [now, then] = [properties[property], before[property]];
    if (isSame(now, then)) continue;
    if (then !== undefined && (now === undefined || Array.isArray(then))) unset(s3, then);
    if (now !== undefined) set(s3, now, name);
  }
  return bucketState(call, name);
}

/** What is gone already is deleted. */
function unlessGone(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (
      !(error instanceof AwsError) ||
      !(error.code === "NoSuchBucket" || error.code === "NoSuchAccessPoint")
    )
      throw error;
  }
}

const bucketProvider: ResourceProvider = {
  type: "AWS::S3::Bucket",
  properties: {
    ...Object.fromEntries(Object.keys(setters).map((name) => [name, "mutable" as const])),
    BucketName: "replace",
    BucketNamespace: "replace",
    ObjectLockEnabled: "mutable",
  },
  create: createBucket,
  update: (call, request) =>
    updateBucket(call, request.physicalId, request.properties, request.previousProperties),
  delete: (call, { physicalId }) =>
    unlessGone(() => void call.invoke("s3", "DeleteBucket", { Bucket: physicalId })),
};

const documentOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function putPolicy(call: Call, { properties }: ResourceRequest): ResourceState {
  const bucket = properties["Bucket"] as string;
  call.invoke("s3", "PutBucketPolicy", { Bucket: bucket, Policy: documentOf(properties["PolicyDocument"]) });
  return { physicalId: bucket, attributes: {} };
}

const bucketPolicyProvider: ResourceProvider = {
  type: "AWS::S3::BucketPolicy",
  properties: { Bucket: "replace", PolicyDocument: "mutable" },
  required: ["Bucket", "PolicyDocument"],
  create: putPolicy,
  update: putPolicy,
  delete: (call, { physicalId }) =>
    unlessGone(() => void call.invoke("s3", "DeleteBucketPolicy", { Bucket: physicalId })),
};

function accessPointState(call: Call, name: string): ResourceState {
  const point = call.ports.s3.control.accessPoint(call, name);
  return {
    physicalId: name,
    attributes: {
      Alias: point.alias,
      Arn: point.arn,
      Name: name,
      NetworkOrigin: point.vpcId === null ? "Internet" : "VPC",
    },
  };
}

const tagsOf = (tags: unknown): [string, string][] =>
  listOf(tags).map((tag) => [String(tag["Key"]), String(tag["Value"])]);

const accessPointProvider: ResourceProvider = {
  type: "AWS::S3::AccessPoint",
  properties: {
    Bucket: "replace",
    BucketAccountId: "replace",
    Name: "replace",
    Policy: "mutable",
    PublicAccessBlockConfiguration: "replace",
    Tags: "mutable",
    VpcConfiguration: "replace",
  },
  required: ["Bucket"],
  create: (call, request) => {
    const { properties } = request;
    const { control } = call.ports.s3;
    const name =
      (properties["Name"] as string | undefined) ?? request.generateName({ lengthMax: 50, lowerCase: true });
    const access = properties["PublicAccessBlockConfiguration"] as Record<string, unknown> | undefined;
    const blocks = (member: string): boolean =>
      access === undefined || access[member] === undefined || isTrue(access[member]);
    control.createAccessPoint(call, {
      name,
      bucket: properties["Bucket"] as string,
      vpcId: fieldsOf(properties["VpcConfiguration"])["VpcId"] as string | undefined,
      publicAccess: {
        blockPublicAcls: blocks("BlockPublicAcls"),
        ignorePublicAcls: blocks("IgnorePublicAcls"),
        blockPublicPolicy: blocks("BlockPublicPolicy"),
        restrictPublicBuckets: blocks("RestrictPublicBuckets"),
      },
    });
    if (properties["Policy"] !== undefined)
      control.setAccessPointPolicy(call, name, documentOf(properties["Policy"]));
    control.setAccessPointTags(call, name, tagsOf(properties["Tags"]));
    return accessPointState(call, name);
  },
  update: (call, { physicalId, properties }) => {
    const policy = properties["Policy"];
    call.ports.s3.control.setAccessPointTags(call, physicalId, tagsOf(properties["Tags"]));
    call.ports.s3.control.setAccessPointPolicy(
      call,
      physicalId,
      policy === undefined ? null : documentOf(policy),
    );
    return accessPointState(call, physicalId);
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.ports.s3.control.deleteAccessPoint(call, physicalId)),
};

export const providers: readonly ResourceProvider[] = [
  bucketProvider,
  bucketPolicyProvider,
  accessPointProvider,
];
