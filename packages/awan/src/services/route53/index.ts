/** Route 53 as records: zones, record sets, health checks. No name is resolved. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import * as records from "./records.ts";
import * as zones from "./zones.ts";

export const service: Service = {
  name: "route53",
  operations: {
    ChangeResourceRecordSets: records.changeResourceRecordSets,
    ChangeTagsForResource: zones.changeTags,
    CreateHealthCheck: records.createHealthCheck,
    CreateHostedZone: zones.createHostedZone,
    DeleteHealthCheck: records.deleteHealthCheck,
    DeleteHostedZone: zones.deleteHostedZone,
    GetChange: records.getChange,
    GetHealthCheck: records.getHealthCheck,
    GetHostedZone: zones.getHostedZone,
    ListHostedZones: zones.listHostedZones,
    ListHostedZonesByName: zones.listHostedZonesByName,
    ListResourceRecordSets: records.listResourceRecordSets,
    ListTagsForResource: zones.listTags,
  } satisfies Operations<zones.Client>,
};
