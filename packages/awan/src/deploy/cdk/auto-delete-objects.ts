/** `autoDeleteObjects`: empties a bucket before it goes, if it is still marked so. */
import { emptyBucket } from "./empty-bucket.ts";
import { textOf } from "../template/value.ts";
import { type Helper, type HelperEvent, unless } from "./helper.ts";

export const autoDeleteObjects: Helper = async (event) => {
  const bucket = textOf(event.properties["BucketName"]);
  // Another bucket is another resource: CloudFormation then deletes the one before, with its bucket's name.
  if (event.requestType !== "Delete") return { physicalId: bucket, attributes: {} };
  if (await isMarked(event, bucket)) await emptyBucket(event.shell, event.scope, bucket);
  return { physicalId: event.physicalId ?? bucket, attributes: {} };
};

async function isMarked({ shell, scope }: HelperEvent, Bucket: string): Promise<boolean> {
  const tagging = await unless(/^NoSuch/, shell.invoke("s3", "GetBucketTagging", { Bucket }, scope));
  const tags = (tagging?.["TagSet"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  return tags.some(({ Key, Value }) => Key === "aws-cdk:auto-delete-objects" && Value === "true");
}
