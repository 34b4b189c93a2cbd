/** `autoDeleteObjects`: empties a bucket before it goes, if it is still marked so. */
import { textOf } from "../template/value.ts";
import { type Helper, type HelperEvent, unless } from "./helper.ts";

export const autoDeleteObjects: Helper = async (event) => {
  const bucket = textOf(event.properties["BucketName"]);
  // Another bucket is another resource: CloudFormation then deletes the one before, with its bucket's name.
  if (event.requestType !== "Delete") return { physicalId: bucket, attributes: {} };
  if (await isMarked(event, bucket)) await emptyBucket(event, bucket);
  return { physicalId: event.physicalId ?? bucket, attributes: {} };
};

async function isMarked({ shell, scope }: HelperEvent, Bucket: string): Promise<boolean> {
  const tagging = await unless(/^NoSuch/, shell.invoke("s3", "GetBucketTagging", { Bucket }, scope));
  const tags = (tagging?.["TagSet"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  return tags.some(({ Key, Value }) => Key === "aws-cdk:auto-delete-objects" && Value === "true");
}

async function emptyBucket({ shell, scope }: HelperEvent, Bucket: string): Promise<void> {
  for (;;) {
    const page = await shell.invoke("s3", "ListObjectVersions", { Bucket }, scope);
    type Version = { readonly Key: string; readonly VersionId?: string };
    const found = [
      ...((page["Versions"] ?? []) as Version[]),
      ...((page["DeleteMarkers"] ?? []) as Version[]),
    ];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found)
      await shell.invoke("s3", "DeleteObject", { Bucket, Key, VersionId }, scope);
  }
}
