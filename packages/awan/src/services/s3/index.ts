/** S3: its operations, duties and effects by name. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { identifiedConfigs } from "./operations/identified-configs.ts";
import { deliverLogs, logged } from "./access-log.ts";
import * as access from "./operations/bucket-access.ts";
import * as configs from "./operations/bucket-configs.ts";
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  putBucketLifecycleConfiguration,
} from "./operations/bucket-lifecycle.ts";
import {
  getBucketNotificationConfiguration,
  putBucketNotificationConfiguration,
} from "./operations/bucket-notification.ts";
import {
  deleteBucketReplication,
  getBucketReplication,
  putBucketReplication,
} from "./operations/bucket-replication.ts";
import * as lock from "./operations/object-lock.ts";
import { authorizationOf } from "./authorization.ts";
import { inventory } from "./inventory.ts";
import { lifecycle } from "./lifecycle.ts";
import { collect, collected, confirm, discard, forgetBlob, orphans, sweep } from "./blob-references.ts";
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
import { getObject, getObjectTorrent, headObject } from "./operations/get-object.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { listObjects, listObjectsV2 } from "./operations/list-objects.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listMultipartUploads, listParts } from "./operations/list-uploads.ts";
import { abortMultipartUpload, completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { createMultipartUpload, uploadPart, uploadPartCopy } from "./operations/multipart-upload.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging.ts";
import { restored, restoreExpired, restoreObject, selectObjectContent } from "./operations/restore-object.ts";
import { bridge } from "./notifications.ts";
import { putObject } from "./operations/put-object.ts";
import { load, open } from "./read.ts";
import { rehash, restore } from "./rehash.ts";
import { s3Port } from "./s3-port.ts";
import { store } from "./store.ts";
import { cors, front } from "./web/front.ts";
import type { Client } from "./types.ts";

const operations = {
  ...identifiedConfigs,
  DeleteBucketCors: configs.deleteBucketCors,
  DeleteBucketEncryption: configs.deleteBucketEncryption,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  DeleteBucketOwnershipControls: access.deleteBucketOwnershipControls,
  DeleteBucketPolicy: access.deleteBucketPolicy,
  DeleteBucketReplication: deleteBucketReplication,
  DeleteBucketTagging: configs.deleteBucketTagging,
  DeleteBucketWebsite: configs.deleteBucketWebsite,
  DeletePublicAccessBlock: access.deletePublicAccessBlock,
  GetBucketAbac: configs.getBucketAbac,
  GetBucketAccelerateConfiguration: configs.getBucketAccelerateConfiguration,
  GetBucketAcl: access.getBucketAcl,
  GetBucketCors: configs.getBucketCors,
  GetBucketEncryption: configs.getBucketEncryption,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  GetBucketLogging: configs.getBucketLogging,
  GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
  GetBucketOwnershipControls: access.getBucketOwnershipControls,
  GetBucketPolicy: access.getBucketPolicy,
  GetBucketPolicyStatus: access.getBucketPolicyStatus,
  GetBucketReplication: getBucketReplication,
  GetBucketRequestPayment: configs.getBucketRequestPayment,
  GetBucketTagging: configs.getBucketTagging,
  GetBucketWebsite: configs.getBucketWebsite,
  GetObjectAcl: access.getObjectAcl,
  GetObjectLegalHold: lock.getObjectLegalHold,
  GetObjectLockConfiguration: lock.getObjectLockConfiguration,
  GetObjectRetention: lock.getObjectRetention,
  GetPublicAccessBlock: access.getPublicAccessBlock,
  PutBucketAbac: configs.putBucketAbac,
  PutBucketAccelerateConfiguration: configs.putBucketAccelerateConfiguration,
  PutBucketAcl: access.putBucketAcl,
  PutBucketCors: configs.putBucketCors,
  PutBucketEncryption: configs.putBucketEncryption,
  PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
  PutBucketLogging: configs.putBucketLogging,
  PutBucketNotificationConfiguration: putBucketNotificationConfiguration,
  PutBucketOwnershipControls: access.putBucketOwnershipControls,
  PutBucketPolicy: access.putBucketPolicy,
  PutBucketReplication: putBucketReplication,
  PutBucketRequestPayment: configs.putBucketRequestPayment,
  PutBucketTagging: configs.putBucketTagging,
  PutBucketWebsite: configs.putBucketWebsite,
  PutObjectAcl: access.putObjectAcl,
  PutObjectLegalHold: lock.putObjectLegalHold,
  PutObjectLockConfiguration: lock.putObjectLockConfiguration,
  PutObjectRetention: lock.putObjectRetention,
  PutPublicAccessBlock: access.putPublicAccessBlock,
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
  GetObjectTorrent: getObjectTorrent,
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
  RestoreObject: restoreObject,
  SelectObjectContent: selectObjectContent,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
} satisfies Operations<Client>;

export const service: Service = {
  name: "s3",
  needs: ["sqs", "sns", "lambda"],
  operations: logged(operations),
  duties: { deliverLogs, forgetBlob, forgetFinished, inventory, lifecycle, restored, restoreExpired },
  residents: { orphans },
  completions: { collected },
  front,
  authorization: authorizationOf(operations),
  port: s3Port,
  effects: { bridge, collect, confirm, cors, discard, load, open, rehash, restore, store, sweep },
};
