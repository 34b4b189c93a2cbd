/** CloudFormation's quotas, as its user guide lists them. */

export const resourcesPerTemplateMax = 500;
export const outputsPerTemplateMax = 200;
export const parametersPerTemplateMax = 200;
export const mappingsPerTemplateMax = 200;
export const attributesPerMappingMax = 200;

export const templateUrlBytesMax = 1_000_000;
export const descriptionBytesMax = 1024;
export const stacksPerRegionMax = 2000;
