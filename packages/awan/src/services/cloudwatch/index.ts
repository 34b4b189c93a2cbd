/** CloudWatch as far as templates mention it: alarms and dashboards as records. Metrics answer 501. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import * as alarms from "./alarms.ts";
import * as dashboards from "./dashboards.ts";

export const service: Service = {
  name: "cloudwatch",
  operations: {
    DeleteAlarms: alarms.deleteAlarms,
    DeleteDashboards: dashboards.deleteDashboards,
    DescribeAlarms: alarms.describeAlarms,
    DisableAlarmActions: alarms.disableAlarmActions,
    EnableAlarmActions: alarms.enableAlarmActions,
    GetDashboard: dashboards.getDashboard,
    ListDashboards: dashboards.listDashboards,
    ListTagsForResource: alarms.listTagsForResource,
    PutCompositeAlarm: alarms.putCompositeAlarm,
    PutDashboard: dashboards.putDashboard,
    PutMetricAlarm: alarms.putMetricAlarm,
    SetAlarmState: alarms.setAlarmState,
    TagResource: alarms.tagResource,
    UntagResource: alarms.untagResource,
  } satisfies Operations<alarms.Client>,
};
