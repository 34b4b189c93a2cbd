/** Every number SNS documents (Developer Guide, "Amazon SNS quotas", and the API Reference), once. */
export const messageBytesMax = 262_144;
export const batchEntriesMax = 10;
export const batchEntryIdLengthMax = 80;
export const subjectLengthMax = 100;
export const attributeNameBytesMax = 256;
export const listPageSize = 100;
export const tagsMax = 50;
export const deduplicationMs = 300_000;
export const customUserDataBytesMax = 2_048;
export const platformNameLengthMax = 256;
export const smsSpendLimit = "1";
export const archiveDaysMax = 365;
/** Confirmations not answered are forgotten after two days; what a deleted topic leaves behind likewise. */
export const confirmationMs = 172_800_000;
/** Ours: rows one transaction touches when work is proportional to what is stored. */
export const rowsPerSweep = 500;
