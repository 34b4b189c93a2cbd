/** S3 Control: the account's public access block, access points and tags by ARN. All state is S3's, reached through its port. */
import type { Call } from "../../host/call.ts";
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Service } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parseArn } from "../../kernel/arn.ts";
import type { Input, Operations, Output } from "../../model/operations.ts";
import type { S3AccessPoint, S3PublicAccess } from "../s3/port.ts";

type Client = typeof import("@aws-sdk/client-s3-control");
type In<Name extends keyof Operations<Client>> = Input<Client, Name & string>;
type Out<Name extends keyof Operations<Client>> = Output<Client, Name & string>;

interface AskedPublicAccess {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
}

/** The account is in the request's header or host; without one it is the caller's own. */
const inAccount = (call: Call, accountId: string | undefined): Call =>
  accountId === undefined ? call : call.in({ accountId });

const readPublicAccess = (asked: AskedPublicAccess, otherwise: boolean): S3PublicAccess => ({
  blockPublicAcls: asked.BlockPublicAcls ?? otherwise,
  ignorePublicAcls: asked.IgnorePublicAcls ?? otherwise,
  blockPublicPolicy: asked.BlockPublicPolicy ?? otherwise,
  restrictPublicBuckets: asked.RestrictPublicBuckets ?? otherwise,
});

const tellPublicAccess = (access: S3PublicAccess) => ({
  BlockPublicAcls: access.blockPublicAcls,
  IgnorePublicAcls: access.ignorePublicAcls,
  BlockPublicPolicy: access.blockPublicPolicy,
  RestrictPublicBuckets: access.restrictPublicBuckets,
});

function getPublicAccessBlock(call: Call, input: In<"GetPublicAccessBlock">): Out<"GetPublicAccessBlock"> {
  const home = inAccount(call, input.AccountId);
  const access = call.ports.s3.control.accountPublicAccess(home);
  if (access === undefined) {
    throw new AwsError(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      {
        status: 404,
        members: { AccountId: home.accountId },
      },
    );
  }
  return { PublicAccessBlockConfiguration: tellPublicAccess(access) };
}

function putPublicAccessBlock(call: Call, input: In<"PutPublicAccessBlock">): void {
  call.ports.s3.control.setAccountPublicAccess(
    inAccount(call, input.AccountId),
    readPublicAccess(input.PublicAccessBlockConfiguration ?? {}, false),
  );
}

function deletePublicAccessBlock(call: Call, input: In<"DeletePublicAccessBlock">): void {
  call.ports.s3.control.setAccountPublicAccess(inAccount(call, input.AccountId), undefined);
}

/** Access points are addressed by name or ARN. */
const nameOf = (name: string): string => name.replace(/^arn:.*:accesspoint\//, "");

function createAccessPoint(call: Call, input: In<"CreateAccessPoint">): Out<"CreateAccessPoint"> {
  if (!/^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/.test(input.Name)) {
    throw new AwsError("InvalidRequest", "Access point name is invalid.", { status: 400 });
  }
  const asked = input.PublicAccessBlockConfiguration;
  const made = call.ports.s3.control.createAccessPoint(inAccount(call, input.AccountId), {
    name: input.Name,
    bucket: input.Bucket,
    vpcId: input.VpcConfiguration?.VpcId,
    ...(asked === undefined ? {} : { publicAccess: readPublicAccess(asked, true) }),
  });
  if (input.Tags !== undefined)
    tagsOf(call, made.arn).set(input.Tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
  return { AccessPointArn: made.arn, Alias: made.alias };
}

const summaryOf = (point: S3AccessPoint) => ({
  Name: point.name,
  NetworkOrigin: point.vpcId === null ? ("Internet" as const) : ("VPC" as const),
  ...(point.vpcId === null ? {} : { VpcConfiguration: { VpcId: point.vpcId } }),
  Bucket: point.bucket,
  Alias: point.alias,
  AccessPointArn: point.arn,
  BucketAccountId: point.bucketAccountId,
});

function getAccessPoint(call: Call, input: In<"GetAccessPoint">): Out<"GetAccessPoint"> {
  const home = inAccount(call, input.AccountId);
  const point = call.ports.s3.control.accessPoint(home, nameOf(input.Name));
  const host = `s3-accesspoint.${call.region}.amazonaws.com`;
  return {
    ...summaryOf(point),
    PublicAccessBlockConfiguration: tellPublicAccess(point.publicAccess),
    CreationDate: new Date(point.createdAtMs),
    Endpoints: {
      ipv4: host,
      dualstack: `s3-accesspoint.dualstack.${call.region}.amazonaws.com`,
      fips: `s3-accesspoint-fips.${call.region}.amazonaws.com`,
      fips_dualstack: `s3-accesspoint-fips.dualstack.${call.region}.amazonaws.com`,
    },
  };
}

function listAccessPoints(call: Call, input: In<"ListAccessPoints">): Out<"ListAccessPoints"> {
  const all = call.ports.s3.control.accessPoints(inAccount(call, input.AccountId), input.Bucket);
  const first = input.NextToken === undefined ? 0 : Number(input.NextToken);
  const last = first + (input.MaxResults ?? 1000);
  return {
    AccessPointList: all.slice(first, last).map((point) => summaryOf(point)),
    ...(last < all.length ? { NextToken: String(last) } : {}),
  };
}

function deleteAccessPoint(call: Call, input: In<"DeleteAccessPoint">): void {
  call.ports.s3.control.deleteAccessPoint(inAccount(call, input.AccountId), nameOf(input.Name));
}

function getAccessPointPolicy(call: Call, input: In<"GetAccessPointPolicy">): Out<"GetAccessPointPolicy"> {
  const { policy } = call.ports.s3.control.accessPoint(inAccount(call, input.AccountId), nameOf(input.Name));
  if (policy === null) {
    throw new AwsError("NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", {
      status: 404,
      members: { AccessPointName: nameOf(input.Name) },
    });
  }
  return { Policy: policy };
}

function getAccessPointPolicyStatus(
  call: Call,
  input: In<"GetAccessPointPolicyStatus">,
): Out<"GetAccessPointPolicyStatus"> {
  const home = inAccount(call, input.AccountId);
  return { PolicyStatus: { IsPublic: call.ports.s3.control.isAccessPointPublic(home, nameOf(input.Name)) } };
}

function putAccessPointPolicy(call: Call, input: In<"PutAccessPointPolicy">): void {
  call.ports.s3.control.setAccessPointPolicy(
    inAccount(call, input.AccountId),
    nameOf(input.Name),
    input.Policy,
  );
}

function deleteAccessPointPolicy(call: Call, input: In<"DeleteAccessPointPolicy">): void {
  call.ports.s3.control.setAccessPointPolicy(inAccount(call, input.AccountId), nameOf(input.Name), null);
}

type Tags = readonly (readonly [key: string, value: string])[];

/** Where a bucket's or an access point's tags are. */
function tagsOf(call: Call, resourceArn: string): { get(): Tags; set(tags: Tags): void } {
  const { control } = call.ports.s3;
  const arn = parseArn(resourceArn);
  const point = /^accesspoint\/([a-z0-9-]+)$/.exec(arn?.resource ?? "")?.[1];
  if (arn?.service === "s3" && point !== undefined) {
    const home = call.in({ accountId: arn.accountId, region: arn.region });
    return {
      get: () => control.accessPointTags(home, point),
      set: (tags) => control.setAccessPointTags(home, point, tags),
    };
  }
  if (arn === undefined || arn.service !== "s3" || arn.resource.includes("/"))
    throw new AwsError("InvalidRequest", "The resource ARN is invalid.", { status: 400 });
  return {
    get: () => control.bucketTags(call, arn.resource),
    set: (tags) => control.setBucketTags(call, arn.resource, tags),
  };
}

function listTagsForResource(call: Call, input: In<"ListTagsForResource">): Out<"ListTagsForResource"> {
  return {
    Tags: tagsOf(call, input.ResourceArn)
      .get()
      .map(([key, value]) => ({ Key: key, Value: value })),
  };
}

function tagResource(call: Call, input: In<"TagResource">): void {
  const place = tagsOf(call, input.ResourceArn);
  const tags = new Map(place.get());
  for (const { Key: key = "", Value: value = "" } of input.Tags) tags.set(key, value);
  place.set([...tags]);
}

function untagResource(call: Call, input: In<"UntagResource">): void {
  const place = tagsOf(call, input.ResourceArn);
  const gone = new Set(input.TagKeys);
  place.set(place.get().filter(([key]) => !gone.has(key)));
}

const operations = {
  CreateAccessPoint: createAccessPoint,
  DeleteAccessPoint: deleteAccessPoint,
  DeleteAccessPointPolicy: deleteAccessPointPolicy,
  DeletePublicAccessBlock: deletePublicAccessBlock,
  GetAccessPoint: getAccessPoint,
  GetAccessPointPolicy: getAccessPointPolicy,
  GetAccessPointPolicyStatus: getAccessPointPolicyStatus,
  GetPublicAccessBlock: getPublicAccessBlock,
  ListAccessPoints: listAccessPoints,
  ListTagsForResource: listTagsForResource,
  PutAccessPointPolicy: putAccessPointPolicy,
  PutPublicAccessBlock: putPublicAccessBlock,
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies Operations<Client>;

/** IAM knows the account's operations by other names; access points have ARNs. */
const onPoint =
  (action: string) =>
  (
    call: Call,
    input: { readonly Name?: string | undefined; readonly AccountId?: string | undefined },
  ): Access => ({
    action: `s3:${action}`,
    resource: `arn:${call.partition}:s3:${call.region}:${input.AccountId ?? call.accountId}:accesspoint/${nameOf(input.Name ?? "")}`,
  });
const onAccount = (action: string) => (): Access => ({ action: `s3:${action}`, resource: "*" });

const authorization: Authorization = {
  prefix: "s3",
  accesses: {
    ...Object.fromEntries(
      Object.keys(operations)
        .filter((name) => name.includes("AccessPoint") && name !== "ListAccessPoints")
        .map((name) => [name, onPoint(name)]),
    ),
    GetPublicAccessBlock: onAccount("GetAccountPublicAccessBlock"),
    PutPublicAccessBlock: onAccount("PutAccountPublicAccessBlock"),
    DeletePublicAccessBlock: onAccount("PutAccountPublicAccessBlock"),
  },
  denied: (_access, why) => new AwsError("AccessDenied", why, { status: 403 }),
};

export const service: Service = { name: "s3-control", operations, authorization, needs: ["s3"] };
