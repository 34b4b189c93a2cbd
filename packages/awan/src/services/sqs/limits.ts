/** Every number SQS documents (Developer Guide, "Amazon SQS quotas", and the API Reference), once. */
const secondMs = 1_000;

export const visibilityTimeoutMsMax = 43_200 * secondMs;
export const delaySecondsMax = 900;
export const waitSecondsMax = 20;
export const receiveCountPerCallMax = 10;
export const batchEntriesMax = 10;
export const batchBytesMax = 1_048_576;
export const messageAttributesMax = 10;
export const attributeNameBytesMax = 256;
export const attributeTypeBytesMax = 256;
export const inFlightMaxStandard = 120_000;
export const inFlightMaxFifo = 20_000;
export const deduplicationMs = 300 * secondMs;
export const receiveAttemptMs = 300 * secondMs;
export const purgeIntervalMs = 60 * secondMs;
export const nameReuseMs = 60 * secondMs;
export const tagsMax = 50;
export const permissionActionsMax = 7;
export const policyStatementsMax = 20;
export const redriveSourceQueuesMax = 10;
export const moveRatePerSecondMax = 500;
export const moveTasksListedMax = 10;
export const listPageMax = 1_000;

/** Ours: how many rows one transaction touches when work is proportional to what is stored. */
export const rowsPerSweep = 1_000;
/** Ours: bodies up to this length are kept in their message's row, which a receive writes again. */
export const inlineCharactersMax = 1_024;
