/** Every number Firehose documents (Developer Guide, "Quota" and "Configure buffering hints"), once. */
export const mebibyte = 1_048_576;
const secondMs = 1_000;

export const batchBytesMax = 4 * mebibyte;
export const listMax = 10;
export const tagsMax = 50;
export const listTagsMax = 50;
export const streamsMax = 5_000;

export const sizeMebibytesDefault = 5;
export const intervalSecondsDefault = 300;
/** With dynamic partitioning each buffer must be at least this large. */
export const partitionedMebibytesMin = 64;

/** Of the buffer in front of a transforming function. */
export const transformMebibytesDefault = 1;
export const transformSecondsDefault = 60;
export const transformRetriesDefault = 3;

export const httpRetrySecondsDefault = 300;
export const httpRetrySecondsMax = 7_200;
/** How long a bucket that refuses is tried again before the data is lost. */
export const s3RetryMs = 24 * 3_600 * secondMs;
const s3DelaysMs = [5, 10, 20, 40, 80, 160].map((seconds) => seconds * secondMs);
export const s3RetryDelaysMs = [
  ...s3DelaysMs,
  ...Array.from({ length: s3RetryMs / (300 * secondMs) }, () => 300 * secondMs),
];
/** Growing pauses that together last `seconds`. */
export function retryDelaysMs(seconds: number): number[] {
  const delays: number[] = [];
  let sumMs = 0;
  for (
    let delayMs = secondMs;
    sumMs + delayMs <= seconds * secondMs;
    delayMs = Math.min(delayMs * 2, 120 * secondMs)
  ) {
    delays.push(delayMs);
    sumMs += delayMs;
  }
  return delays;
}

/** Ours: how many rows one run of a duty touches, and how many records one run reads from a shard. */
export const rowsPerRun = 500;
export const sourceRecordsPerRead = 500;
