/** `BucketDeployment`: unpacks archives into a bucket, with the values of the deployment in the places CDK marked. */
import { Readable } from "node:stream";
import { unzipSync } from "fflate";
import type { ResourceState } from "../../host/resource.ts";
import { type Dict, isDict, textOf } from "../template/value.ts";
import { type Helper, type HelperEvent, unless } from "./helper.ts";
import { contentTypeOf } from "./content-type.ts";

const isTrue = (value: unknown, otherwise: boolean): boolean =>
  value === undefined ? otherwise : textOf(value).toLowerCase() === "true";

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

interface Place {
  readonly bucket: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
}

function placeOf(properties: Dict): Place {
  const prefix = textOf(properties["DestinationBucketKeyPrefix"]).replace(/^\//, "").replace(/\/$/, "");
  return { bucket: textOf(properties["DestinationBucketName"]), prefix: prefix === "" ? "" : `${prefix}/` };
}

export const bucketDeployment: Helper = async (event) => {
  const { properties, requestType, previous } = event;
  const place = placeOf(properties);
  const retain = isTrue(properties["RetainOnDelete"], true);
  if (requestType === "Delete") {
    if (!retain) await clear(event, place, () => false);
    return state(event, place);
  }
  if (requestType === "Update" && previous !== undefined && !isTrue(previous["RetainOnDelete"], true)) {
    const before = placeOf(previous);
    if (before.bucket !== place.bucket || before.prefix !== place.prefix)
      await clear(event, before, () => false);
  }
  const written = await unpack(event, place);
  const isKept = (name: string): boolean => written.has(name) || !isChosen(properties, name);
  if (isTrue(properties["Prune"], true)) await clear(event, place, isKept);
  return state(event, place);
};

function state(event: HelperEvent, { bucket }: Place): ResourceState {
  const keys = isTrue(event.properties["OutputObjectKeys"], true)
    ? list(event.properties["SourceObjectKeys"])
    : [];
  return {
    physicalId: event.physicalId ?? `aws.cdk.s3deployment.${event.stack.name}.${event.logicalId}`,
    attributes: { DestinationBucketArn: `arn:aws:s3:::${bucket}`, SourceObjectKeys: keys },
  };
}

/** Writes the sources' files; answers their names below the prefix. */
async function unpack(event: HelperEvent, place: Place): Promise<Set<string>> {
  const { properties } = event;
  const keys = list(properties["SourceObjectKeys"]);
  const written = new Set<string>();
  for (const [i, bucket] of list(properties["SourceBucketNames"]).entries()) {
    const archive = await read(event, textOf(bucket), textOf(keys[i]));
    const marks = list(properties["SourceMarkers"])[i];
    const settings = list(properties["SourceMarkersConfig"])[i];
    const isJson = isDict(settings) && isTrue(settings["jsonEscape"], false);
    const files = isTrue(properties["Extract"], true)
      ? unzipSync(archive)
      : { [textOf(keys[i]).split("/").at(-1) ?? ""]: archive };
    for (const [name, content] of Object.entries(files)) {
      if (name.endsWith("/") || !isChosen(properties, name)) continue;
      written.add(name);
      await put(event, { ...place, name }, isDict(marks) ? filled(content, marks, isJson) : content);
    }
  }
  return written;
}

async function read({ shell, scope }: HelperEvent, Bucket: string, Key: string): Promise<Uint8Array> {
  const { Body } = await shell.invoke("s3", "GetObject", { Bucket, Key }, scope);
  if (Body instanceof Uint8Array) return Body;
  if (Body instanceof Readable) return Buffer.concat(await Body.toArray());
  const range = Body as { readonly blob: string; readonly start: number; readonly end: number };
  return Buffer.concat(await shell.blobs.stream(range.blob, range.start, range.end).toArray());
}

function filled(content: Uint8Array, marks: Dict, isJson: boolean): Uint8Array {
  const entries = Object.entries(marks);
  if (entries.length === 0) return content;
  let text = Buffer.from(content).toString("utf8");
  for (const [mark, value] of entries) {
    const plain = textOf(value);
    text = text.replaceAll(mark, () => (isJson ? JSON.stringify(plain).slice(1, -1) : plain));
  }
  return Buffer.from(text, "utf8");
}

/** CDK's names of metadata, and the members of PutObject that carry them. */
const systemMetadata: Readonly<Record<string, string>> = {
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  "content-type": "ContentType",
  "storage-class": "StorageClass",
  "website-redirect": "WebsiteRedirectLocation",
  sse: "ServerSideEncryption",
  "sse-kms-key-id": "SSEKMSKeyId",
  acl: "ACL",
};

async function put(
  { shell, scope, properties }: HelperEvent,
  { bucket, prefix, name }: Place & { readonly name: string },
  Body: Uint8Array,
): Promise<void> {
  const system = isDict(properties["SystemMetadata"]) ? properties["SystemMetadata"] : {};
  const user = isDict(properties["UserMetadata"]) ? properties["UserMetadata"] : {};
  const members = Object.entries(system).flatMap(([key, value]) => {
    const member = systemMetadata[key];
    return member === undefined ? [] : [[member, textOf(value)] as const];
  });
  await shell.invoke(
    "s3",
    "PutObject",
    {
      Bucket: bucket,
      Key: `${prefix}${name}`,
      Body,
      ContentType: contentTypeOf(name),
      Metadata: Object.fromEntries(
        Object.entries(user).map(([key, value]) => [
          key.replace(/^x-amz-meta-/i, "").toLowerCase(),
          textOf(value),
        ]),
      ),
      ...Object.fromEntries(members),
    },
    scope,
  );
}

/** Deletes what is below the prefix and not kept, by its name there. */
async function clear(
  { shell, scope }: HelperEvent,
  { bucket, prefix }: Place,
  isKept: (name: string) => boolean,
): Promise<void> {
  let ContinuationToken: unknown;
  do {
    const page = await unless(
      /^NoSuchBucket$/,
      shell.invoke("s3", "ListObjectsV2", { Bucket: bucket, Prefix: prefix, ContinuationToken }, scope),
    );
    for (const { Key } of (page?.["Contents"] ?? []) as readonly { readonly Key: string }[])
      if (!isKept(Key.slice(prefix.length)))
        await shell.invoke("s3", "DeleteObject", { Bucket: bucket, Key }, scope);
    ContinuationToken = page?.["NextContinuationToken"];
  } while (ContinuationToken !== undefined);
}

/** The AWS CLI's filters: what is excluded is left alone, unless it is included again. */
function isChosen(properties: Dict, name: string): boolean {
  const matches = (patterns: unknown): boolean =>
    list(patterns).some((pattern) => globOf(textOf(pattern)).test(name));
  return !matches(properties["Exclude"]) || matches(properties["Include"]);
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  );
