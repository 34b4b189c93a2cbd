/** `bucket.addEventNotification`: sets a bucket's notifications, or adds to those somebody else set. */
import { createHash } from "node:crypto";
import { type Dict, isDict, textOf } from "../template/value.ts";
import type { Helper, HelperEvent } from "./helper.ts";

const kinds = ["TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations"] as const;

export const bucketNotifications: Helper = async (event) => {
  const { shell, scope, properties, requestType } = event;
  const Bucket = textOf(properties["BucketName"]);
  const wanted = isDict(properties["NotificationConfiguration"])
    ? properties["NotificationConfiguration"]
    : {};
  const isManaged = textOf(properties["Managed"] ?? true).toLowerCase() === "true";
  const whole = requestType === "Delete" ? {} : wanted;
  const configuration = isManaged ? whole : await besideOthers(event, Bucket, whole);
  await shell.invoke(
    "s3",
    "PutBucketNotificationConfiguration",
    { Bucket, NotificationConfiguration: inApiForm(configuration) },
    scope,
  );
  return { physicalId: event.physicalId ?? event.logicalId, attributes: {} };
};

/** What is there without what this stack had put there, and what it wants now under ids of its own. */
async function besideOthers(
  { shell, scope, stack }: HelperEvent,
  Bucket: string,
  wanted: Dict,
): Promise<Dict> {
  const existing = await shell.invoke("s3", "GetBucketNotificationConfiguration", { Bucket }, scope);
  const result: Dict = {};
  for (const kind of kinds) {
    const others = (existing[kind] ?? []) as readonly Dict[];
    const own = (wanted[kind] ?? []) as readonly Dict[];
    result[kind] = [
      ...others.filter(({ Id }) => !textOf(Id).startsWith(`${stack.id}-`)),
      ...own.map((each) => ({ ...each, Id: `${stack.id}-${hash(each)}` })),
    ];
  }
  const bus = wanted["EventBridgeConfiguration"] ?? existing["EventBridgeConfiguration"];
  return bus === undefined ? result : { ...result, EventBridgeConfiguration: bus };
}

const hash = (value: Dict): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

/** Filters' names in the API's case; templates write them in either. */
function inApiForm(configuration: Dict): Dict {
  return JSON.parse(
    JSON.stringify(configuration, (name, value: unknown) =>
      name === "Name" && typeof value === "string" ? value.toLowerCase() : value,
    ),
  ) as Dict;
}
