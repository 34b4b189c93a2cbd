/** CloudFormation's alarms and dashboards: whatever is put, is put whole. */
import type { Call } from "../../host/call.ts";
import type { Properties, PropertyKind, ResourceProvider, ResourceState } from "../../host/resource.ts";

const mutable = (names: string): Record<string, PropertyKind> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "mutable"]));

function alarm(
  type: string,
  operation: string,
  names: string,
  required: readonly string[],
): ResourceProvider {
  const put = (
    call: Call,
    name: string,
    properties: Properties,
    stackTags: Readonly<Record<string, string>>,
  ): ResourceState => {
    const own = (properties["Tags"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
    const tags = { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])) };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    call.invoke("cloudwatch", operation, { ...properties, AlarmName: name, Tags });
    const arn = `arn:${call.partition}:cloudwatch:${call.region}:${call.accountId}:alarm:${name}`;
    if (Tags.length > 0) call.invoke("cloudwatch", "TagResource", { ResourceARN: arn, Tags });
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return {
    type,
    properties: { ...mutable(names), AlarmName: "replace" },
    required,
    create: (call, { properties, generateName, stack }) => {
      const given = properties["AlarmName"] as string | undefined;
      return put(call, given ?? generateName({ lengthMax: 255 }), properties, stack.tags);
    },
    update: (call, { physicalId, properties, stack }) => put(call, physicalId, properties, stack.tags),
    delete: (call, { physicalId }) => {
      call.invoke("cloudwatch", "DeleteAlarms", { AlarmNames: [physicalId] });
    },
  };
}

const putDashboard = (call: Call, name: string, { DashboardBody: body }: Properties): ResourceState => {
  const DashboardBody = typeof body === "string" ? body : JSON.stringify(body);
  call.invoke("cloudwatch", "PutDashboard", { DashboardName: name, DashboardBody });
  return { physicalId: name, attributes: {} };
};

const dashboard: ResourceProvider = {
  type: "AWS::CloudWatch::Dashboard",
  properties: { DashboardBody: "mutable", DashboardName: "replace" },
  required: ["DashboardBody"],
  create: (call, { properties, generateName }) => {
    const given = properties["DashboardName"] as string | undefined;
    return putDashboard(call, given ?? generateName({ lengthMax: 255 }), properties);
  },
  update: (call, { physicalId, properties }) => putDashboard(call, physicalId, properties),
  delete: (call, { physicalId }) => {
    call.invoke("cloudwatch", "DeleteDashboards", { DashboardNames: [physicalId] });
  },
};

export const providers: readonly ResourceProvider[] = [
  alarm(
    "AWS::CloudWatch::Alarm",
    "PutMetricAlarm",
    "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit",
    ["ComparisonOperator", "EvaluationPeriods"],
  ),
  alarm(
    "AWS::CloudWatch::CompositeAlarm",
    "PutCompositeAlarm",
    "ActionsEnabled ActionsSuppressor ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod AlarmActions AlarmDescription AlarmRule InsufficientDataActions OKActions Tags",
    ["AlarmRule"],
  ),
  dashboard,
];
