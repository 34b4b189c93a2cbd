/** Every documented number of S3 (User Guide: "Amazon S3 multipart upload limits", "Object tags", API reference), once. */
export const limits = {
  bucketNameLengthMin: 3,
  bucketNameLengthMax: 63,
  keySizeBytesMax: 1024,
  putSizeBytesMax: 5 * 1024 ** 3,
  copySizeBytesMax: 5 * 1024 ** 3,
  partSizeBytesMin: 5 * 1024 ** 2,
  partNumberMax: 10_000,
  metadataSizeBytesMax: 2048,
  objectTagsMax: 10,
  bucketTagsMax: 50,
  tagKeyLengthMax: 128,
  tagValueLengthMax: 256,
  listKeysMax: 1000,
  listBucketsMax: 10_000,
  deleteObjectsMax: 1000,
  policySizeBytesMax: 20 * 1024,
  lifecycleRulesMax: 1000,
  lifecycleRuleIdLengthMax: 255,
  corsRulesMax: 100,
  grantsMax: 100,
  retentionDaysMax: 36_500,
  retentionYearsMax: 100,
  websiteRoutingRulesMax: 50,
} as const;

/**
 * Bodies up to this size are kept in the row store: a file of its own, with its own syncs, costs more than the bytes. Not
 * more, because what is in the row store is mapped into memory when it is touched.
 */
export const inlineSizeBytesMax = 16_384;
/** Bodies up to this size are collected in memory before they are written: fewer steps than a stream. */
export const collectedSizeBytesMax = 256 * 1024;
/** A download that began just before its object was deleted has this long to open its blob. */
export const blobGraceMs = 60_000;
/** How long a deleted blob's row is kept, longer than any upload's writer can be under way unnoticed. */
export const blobTombstoneMs = 3_600_000;
export const dayMs = 86_400_000;
