/** Documented limits of Parameter Store. */
export const standardValueLengthMax = 4096;
export const advancedValueLengthMax = 8192;
export const hierarchyLevelsMax = 15;
export const nameLengthMax = 1011;
export const versionsMax = 100;
export const labelsPerVersionMax = 10;
export const policiesMax = 10;
export const tagsMax = 50;
export const pageParametersMax = 10;
export const pageDescriptionsMax = 50;
