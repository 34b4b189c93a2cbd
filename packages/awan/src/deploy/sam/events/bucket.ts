/** S3: a bucket of the template notifies the function; the notification is written into the bucket. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { expectList, expectMap } from "../expect.ts";
import { conditional, ref } from "../intrinsics.ts";
import { shown } from "../python/text.ts";
import { arnOf, ownAttributeNames, Resource, tagList } from "../resource.ts";
import { checkNames, shape, type Shape } from "../shape.ts";
import { type EventKind, type EventKinds, permission, type SamEvent, type Target } from "./event.ts";

const bucketShape = shape(
  [
    "AccessControl",
    "AccelerateConfiguration",
    "AnalyticsConfigurations",
    "BucketEncryption",
    "BucketName",
    "CorsConfiguration",
    "IntelligentTieringConfigurations",
    "InventoryConfigurations",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "MetricsConfigurations",
    "NotificationConfiguration",
    "ObjectLockConfiguration",
    "ObjectLockEnabled",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "ReplicationConfiguration",
    "Tags",
    "VersioningConfiguration",
    "WebsiteConfiguration",
  ]
    .map((name) => `${name}: pass`)
    .join(";"),
);

const s3: EventKind = {
  shape: shape(`Bucket: !string; Events: !=string|[string]; Filter: {string}`),
  link: (sam, event) => {
    const bucket = event.properties["Bucket"];
    if (isDict(bucket) && "Ref" in bucket) {
      const id = bucket["Ref"];
      if (typeof id !== "string") {
        throw new InvalidEvent(event.name, "'Ref' value in S3 events is not a valid string.");
      }
      if (id in sam.resources) return { id, bucket: sam.resources[id] };
    }
    throw new InvalidEvent(event.name, "S3 events must reference an S3 bucket in the same template.");
  },
  make: (_sam, event, { target, link }) => {
    const bucket = link["bucket"] as Dict;
    const bucketId = link["id"] as string;
    const allowed = permission(event, target, {
      principal: "s3.amazonaws.com",
      SourceAccount: ref("AWS::AccountId"),
    });
    if ("Condition" in allowed.attributes) dependByTag(bucket, bucketId, allowed);
    else depend(bucket, event, allowed);
    addNotifications(event, target, { bucket, bucketId });
    return [allowed, existing(bucketId, bucket, { type: "AWS::S3::Bucket", of: bucketShape })];
  },
};

export const bucketEvents: EventKinds = { S3: s3 };

/** A resource of the template, changed, to take the place of the original. */
export function existing(id: string, raw: Dict, { type, of }: { type: string; of: Shape }): Resource {
  if (!("Type" in raw)) throw new InvalidResource(id, "Resource dict missing key 'Type'.");
  if (raw["Type"] !== type) {
    throw new InvalidResource(
      id,
      `Resource has incorrect Type; expected '${type}', got '${shown(raw["Type"])}'`,
    );
  }
  const properties = (raw["Properties"] ?? {}) as Dict;
  if (!isDict(properties)) throw new InvalidResource(id, "Properties of a resource must be an object.");
  checkNames(id, type, { properties, of });
  const attributes = Object.fromEntries(
    ownAttributeNames.flatMap((name) => (name in raw ? [[name, raw[name]]] : [])),
  );
  return new Resource(id, type, { properties, attributes, dependsOn: raw["DependsOn"] });
}

function depend(bucket: Dict, event: SamEvent, allowed: Resource): void {
  const own = "DependsOn" in bucket ? bucket["DependsOn"] : [];
  const list: unknown = typeof own === "string" ? [own] : own;
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
    throw new InvalidResource(
      event.id,
      "Invalid type for field 'DependsOn'. Expected a string or list of strings.",
    );
  }
  bucket["DependsOn"] = [...new Set([...list, allowed.id])];
}

/** What may not exist cannot be depended on, but a tag may mention it. */
function dependByTag(bucket: Dict, bucketId: string, allowed: Resource): void {
  bucket["Properties"] ??= {};
  const properties = bucket["Properties"] as Dict;
  const tags = properties["Tags"] ?? [];
  expectList(tags, { id: bucketId, path: "Tags" });
  properties["Tags"] = [
    ...tags,
    ...tagList({
      [`sam:ConditionalDependsOn:${allowed.id}`]: conditional(
        allowed.attributes["Condition"],
        ref(allowed.id),
        "no dependency",
      ),
    }),
  ];
}

function addNotifications(
  { properties: event }: SamEvent,
  { resource }: Target,
  { bucket, bucketId }: { bucket: Dict; bucketId: string },
): void {
  const types = typeof event["Events"] === "string" ? [event["Events"]] : (event["Events"] as string[]);
  const filter = event["Filter"] ?? undefined;
  const condition = resource.attributes["Condition"];
  const mappings = types.map((type) => {
    const mapping = {
      Function: arnOf(resource),
      ...(filter === undefined ? {} : { Filter: structuredClone(filter) }),
      Event: type,
    };
    return "Condition" in resource.attributes ? conditional(condition, mapping) : mapping;
  });
  const properties = "Properties" in bucket ? bucket["Properties"] : {};
  expectMap(properties, { id: bucketId, path: "" }, "Properties should be a map.");
  bucket["Properties"] = properties;
  const configuration = properties["NotificationConfiguration"] ?? {};
  expectMap(configuration, { id: bucketId, path: "NotificationConfiguration" });
  properties["NotificationConfiguration"] = configuration;
  const there = configuration["LambdaConfigurations"] ?? [];
  if (!Array.isArray(there)) {
    throw new InvalidResource(bucketId, "Invalid type for LambdaConfigurations. Must be a list.");
  }
  for (const mapping of mappings) if (!there.some((each) => deepEqual(each, mapping))) there.push(mapping);
  configuration["LambdaConfigurations"] = there;
}
