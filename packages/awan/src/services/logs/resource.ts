/** CloudFormation's `AWS::Logs::*`. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { groupArn } from "./group.ts";
import * as filters from "./operations/filters.ts";
import * as groups from "./operations/groups.ts";
import * as policies from "./operations/policies.ts";
import * as streams from "./operations/streams.ts";
import { listTagsLogGroup } from "./operations/tags.ts";
import { addTags, removeTags } from "./tags.ts";

const text = (value: unknown): string => value as string;
const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : (value as string);

const isOn = (value: unknown): boolean => value === true || value === "true";

/** Deleting what is already gone succeeds. */
function gone(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}

function tagsOf(properties: Properties, stackTags: Readonly<Record<string, string>>): Record<string, string> {
  const list = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
  return { ...stackTags, ...Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) };
}

function groupState(call: Call, logGroupName: string): ResourceState {
  return { physicalId: logGroupName, attributes: { Arn: `${groupArn(call, logGroupName)}:*` } };
}

function configureGroup(call: Call, logGroupName: string, properties: Properties): void {
  const days = properties["RetentionInDays"];
  if (days === undefined) groups.deleteRetentionPolicy(call, { logGroupName });
  else groups.putRetentionPolicy(call, { logGroupName, retentionInDays: Number(days) });
}

const logGroup: ResourceProvider = {
  type: "AWS::Logs::LogGroup",
  properties: {
    DataProtectionPolicy: "mutable",
    DeletionProtectionEnabled: "mutable",
    FieldIndexPolicies: "mutable",
    KmsKeyId: "mutable",
    LogGroupClass: "replace",
    LogGroupName: "replace",
    ResourcePolicyDocument: "mutable",
    RetentionInDays: "mutable",
    Tags: "mutable",
  },
  create: (call, { properties, stack, generateName }) => {
    const logGroupName = optional(properties["LogGroupName"]) ?? generateName({ lengthMax: 512 });
    groups.createLogGroup(call, {
      logGroupName,
      kmsKeyId: optional(properties["KmsKeyId"]),
      logGroupClass: optional(properties["LogGroupClass"]) as "STANDARD" | undefined,
      deletionProtectionEnabled: isOn(properties["DeletionProtectionEnabled"]),
      tags: tagsOf(properties, stack.tags),
    });
    configureGroup(call, logGroupName, properties);
    return groupState(call, logGroupName);
  },
  update: (call, { physicalId, properties, stack }) => {
    configureGroup(call, physicalId, properties);
    const key = optional(properties["KmsKeyId"]);
    if (key === undefined) groups.disassociateKmsKey(call, { logGroupName: physicalId });
    else groups.associateKmsKey(call, { logGroupName: physicalId, kmsKeyId: key });
    const tags = tagsOf(properties, stack.tags);
    const before = Object.keys(listTagsLogGroup(call, { logGroupName: physicalId }).tags ?? {});
    removeTags(
      call,
      physicalId,
      before.filter((name) => tags[name] === undefined),
    );
    addTags(call, physicalId, tags);
    return groupState(call, physicalId);
  },
  delete: (call, { physicalId }) => gone(() => groups.deleteLogGroup(call, { logGroupName: physicalId })),
};

const logStream: ResourceProvider = {
  type: "AWS::Logs::LogStream",
  properties: { LogGroupName: "replace", LogStreamName: "replace" },
  required: ["LogGroupName"],
  create: (call, { properties, generateName }) => {
    const logStreamName = optional(properties["LogStreamName"]) ?? generateName({ lengthMax: 512 });
    streams.createLogStream(call, { logGroupName: text(properties["LogGroupName"]), logStreamName });
    return { physicalId: logStreamName, attributes: {} };
  },
  update: (_, { physicalId }) => ({ physicalId, attributes: {} }),
  delete: (call, { physicalId, properties }) =>
    gone(() =>
      streams.deleteLogStream(call, {
        logGroupName: text(properties["LogGroupName"]),
        logStreamName: physicalId,
      }),
    ),
};

function putSubscription(call: Call, filterName: string, properties: Properties): ResourceState {
  filters.putSubscriptionFilter(call, {
    logGroupName: text(properties["LogGroupName"]),
    filterName,
    filterPattern: text(properties["FilterPattern"]),
    destinationArn: text(properties["DestinationArn"]),
    roleArn: optional(properties["RoleArn"]),
    distribution: optional(properties["Distribution"]) as "Random" | undefined,
  });
  return { physicalId: filterName, attributes: {} };
}

const subscriptionFilter: ResourceProvider = {
  type: "AWS::Logs::SubscriptionFilter",
  properties: {
    ApplyOnTransformedLogs: "mutable",
    DestinationArn: "mutable",
    Distribution: "mutable",
    FilterName: "replace",
    FilterPattern: "mutable",
    LogGroupName: "replace",
    RoleArn: "mutable",
  },
  required: ["DestinationArn", "FilterPattern", "LogGroupName"],
  create: (call, { properties, generateName }) =>
    putSubscription(call, optional(properties["FilterName"]) ?? generateName({ lengthMax: 512 }), properties),
  update: (call, { physicalId, properties }) => putSubscription(call, physicalId, properties),
  delete: (call, { physicalId, properties }) =>
    gone(() =>
      filters.deleteSubscriptionFilter(call, {
        logGroupName: text(properties["LogGroupName"]),
        filterName: physicalId,
      }),
    ),
};

interface Transformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
  readonly DefaultValue?: number | string;
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
  readonly Unit?: string;
}

function putMetric(call: Call, filterName: string, properties: Properties): ResourceState {
  const list = properties["MetricTransformations"] as readonly Transformation[];
  filters.putMetricFilter(call, {
    logGroupName: text(properties["LogGroupName"]),
    filterName,
    filterPattern: text(properties["FilterPattern"]),
    metricTransformations: list.map((each) => ({
      metricName: each.MetricName,
      metricNamespace: each.MetricNamespace,
      metricValue: each.MetricValue,
      ...(each.DefaultValue === undefined ? {} : { defaultValue: Number(each.DefaultValue) }),
      ...(each.Dimensions === undefined
        ? {}
        : { dimensions: Object.fromEntries(each.Dimensions.map(({ Key, Value }) => [Key, Value])) }),
      ...(each.Unit === undefined ? {} : { unit: each.Unit as "Count" }),
    })),
  });
  return { physicalId: filterName, attributes: {} };
}

const metricFilter: ResourceProvider = {
  type: "AWS::Logs::MetricFilter",
  properties: {
    ApplyOnTransformedLogs: "mutable",
    FilterName: "replace",
    FilterPattern: "mutable",
    LogGroupName: "replace",
    MetricTransformations: "mutable",
  },
  required: ["FilterPattern", "LogGroupName", "MetricTransformations"],
  create: (call, { properties, generateName }) =>
    putMetric(call, optional(properties["FilterName"]) ?? generateName({ lengthMax: 512 }), properties),
  update: (call, { physicalId, properties }) => putMetric(call, physicalId, properties),
  delete: (call, { physicalId, properties }) =>
    gone(() =>
      filters.deleteMetricFilter(call, {
        logGroupName: text(properties["LogGroupName"]),
        filterName: physicalId,
      }),
    ),
};

function putPolicy(call: Call, policyName: string, properties: Properties): ResourceState {
  policies.putResourcePolicy(call, { policyName, policyDocument: text(properties["PolicyDocument"]) });
  return { physicalId: policyName, attributes: {} };
}

const resourcePolicy: ResourceProvider = {
  type: "AWS::Logs::ResourcePolicy",
  properties: { PolicyDocument: "mutable", PolicyName: "replace" },
  required: ["PolicyDocument", "PolicyName"],
  create: (call, { properties }) => putPolicy(call, text(properties["PolicyName"]), properties),
  update: (call, { physicalId, properties }) => putPolicy(call, physicalId, properties),
  delete: (call, { physicalId }) =>
    gone(() => policies.deleteResourcePolicy(call, { policyName: physicalId })),
};

export const providers: readonly ResourceProvider[] = [
  logGroup,
  logStream,
  subscriptionFilter,
  metricFilter,
  resourcePolicy,
];
