/** S3: its operations, duties and effects by name. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { collect, collected, confirm, discard, forgetBlob } from "./blob-references.ts";
import { forgetFinished } from "./duties.ts";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
  listDirectoryBuckets,
} from "./operations/buckets.ts";
import { getBucketVersioning, putBucketVersioning } from "./operations/bucket-versioning.ts";
import { copyObject } from "./operations/copy-object.ts";
import { deleteObject, deleteObjects } from "./operations/delete-object.ts";
import { getObject, headObject } from "./operations/get-object.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { listObjects, listObjectsV2 } from "./operations/list-objects.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listMultipartUploads, listParts } from "./operations/list-uploads.ts";
import { abortMultipartUpload, completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from "./operations/multipart-upload.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging.ts";
import { putObject } from "./operations/put-object.ts";
import { load, open } from "./read.ts";
import { rehash, restore } from "./rehash.ts";
import { store } from "./store.ts";
import type { Client } from "./types.ts";

const operations = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  DeleteObjectTagging: deleteObjectTagging,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListDirectoryBuckets: listDirectoryBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectTagging: putObjectTagging,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
} satisfies Operations<Client>;

export const service: Service = {
  name: "s3",
  operations,
  duties: { forgetBlob, forgetFinished },
  completions: { collected },
  effects: { collect, confirm, discard, load, open, rehash, restore, store },
};
