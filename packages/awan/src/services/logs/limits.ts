/** Documented numbers of CloudWatch Logs ("CloudWatch Logs quotas", PutLogEvents). */

/** Of a batch: the sum of its messages' UTF-8 bytes and 26 bytes for each event. */
export const batchSizeBytesMax = 1_048_576;
export const eventOverheadBytes = 26;
export const eventSizeBytesMax = 1_048_576;
export const batchSpanMsMax = 24 * 60 * 60 * 1000;
export const eventAgeMsMax = 14 * 24 * 60 * 60 * 1000;
export const eventFutureMsMax = 2 * 60 * 60 * 1000;
export const pageEventsMax = 10_000;
export const pageSizeBytesMax = 1_048_576;
export const describeLimitMax = 50;
export const tagsMax = 50;
export const subscriptionFiltersMax = 2;
export const resourcePoliciesMax = 10;
export const metricFiltersMax = 100;
export const retentionDaysAllowed: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** Rows one run of the retention duty deletes before it lets others in. */
export const retentionRowsPerRun = 1000;
