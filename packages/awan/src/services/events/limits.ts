/** Numbers AWS documents for EventBridge. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const limits = {
  /** All entries of a PutEvents together. */
  entriesBytesMax: 256 * 1024,
  rulesPerBusMax: 300,
  targetsPerRuleMax: 5,
  tagsMax: 50,
  policyBytesMax: 10_240,
  listedDefault: 100,
  /** Default retry policy: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html */
  retryAttemptsDefault: 185,
  retryAgeSecondsDefault: 86_400,
  /** 185 attempts fill about 24 hours with this. */
  retryDelayMsFirst: 1000,
  retryDelayMsMax: 480_000,
  /** How often an event may go on from one bus to another: loops end here. */
  hopsMax: 5,
  /** Replays under way at a time. */
  replaysMax: 10,
  /** Rows that one run of a sweep or replay touches. */
  rowsPerRun: 200,
} as const;
