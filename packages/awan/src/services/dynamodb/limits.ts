/** DynamoDB's documented numbers (Developer Guide, "Quotas in Amazon DynamoDB"). */
export const limits = {
  itemSizeBytesMax: 409_600,
  pageSizeBytesMax: 1_048_576,
  hashKeySizeBytesMax: 2048,
  rangeKeySizeBytesMax: 1024,
  batchGetKeysMax: 100,
  batchGetSizeBytesMax: 16 * 1_048_576,
  batchWriteRequestsMax: 25,
  transactionItemsMax: 100,
  transactionSizeBytesMax: 4 * 1_048_576,
  /** How long a ClientRequestToken keeps a TransactWriteItems from happening twice. */
  tokenLifetimeMs: 10 * 60_000,
  readUnitBytes: 4096,
  writeUnitBytes: 1024,
  localIndexesMax: 5,
  /** Attributes in each of a global index's two keys. */
  indexKeyAttributesMax: 4,
  globalIndexesMax: 20,
  capacityUnitsMax: 1_000_000_000_000,
  tagsMax: 50,
  /** Stream records are readable this long. */
  streamRetentionMs: 24 * 3_600_000,
  /** A stream's shard takes records this long; then the next begins. */
  streamShardLifetimeMs: 4 * 3_600_000,
  /** A TTL further back than this is taken for a mistake and ignored. */
  timeToLiveAgeMsMax: 5 * 365 * 86_400_000,
  /** A Scan's TotalSegments. */
  segmentsMax: 1_000_000,
} as const;

/** Developer Guide, "Read consistency": an eventually consistent read is "usually within a second" up to date. */
export const lagMs = 1_000;
