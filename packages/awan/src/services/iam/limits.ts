/** Documented quotas of IAM ("IAM and AWS STS quotas"), those that can be met by accident. */
export const versionsPerPolicyMax = 5;
export const managedPoliciesPerIdentityMax = 10;
export const accessKeysPerUserMax = 2;
export const tagsMax = 50;
export const pageItemsDefault = 100;
export const sessionSecondsDefault = 3600;
/** Sums of an identity's inline policies, without white space. */
export const inlineSizeMax = { role: 10_240, user: 2_048, group: 5_120 } as const;
export const managedPolicySizeMax = 6_144;
