/** CloudWatch Logs: groups, streams, events, filters, subscriptions, retention. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import * as deliveries from "./operations/deliveries.ts";
import { filterLogEvents } from "./operations/filter-log-events.ts";
import * as filters from "./operations/filters.ts";
import { getLogEvents } from "./operations/get-log-events.ts";
import * as groups from "./operations/groups.ts";
import * as policies from "./operations/policies.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import * as streams from "./operations/streams.ts";
import * as tags from "./operations/tags.ts";
import { expireEvents } from "./retention.ts";
import { port } from "./tail.ts";

export const operations = {
  AssociateKmsKey: groups.associateKmsKey,
  CreateLogGroup: groups.createLogGroup,
  CreateLogStream: streams.createLogStream,
  DeleteLogGroup: groups.deleteLogGroup,
  DeleteLogStream: streams.deleteLogStream,
  DeleteMetricFilter: filters.deleteMetricFilter,
  DeleteResourcePolicy: policies.deleteResourcePolicy,
  DeleteRetentionPolicy: groups.deleteRetentionPolicy,
  DeleteSubscriptionFilter: filters.deleteSubscriptionFilter,
  DescribeLogGroups: groups.describeLogGroups,
  DescribeLogStreams: streams.describeLogStreams,
  DescribeMetricFilters: filters.describeMetricFilters,
  DescribeResourcePolicies: policies.describeResourcePolicies,
  DescribeSubscriptionFilters: filters.describeSubscriptionFilters,
  DisassociateKmsKey: groups.disassociateKmsKey,
  ListLogGroups: groups.listLogGroups,
  ListTagsForResource: tags.listTagsForResource,
  ListTagsLogGroup: tags.listTagsLogGroup,
  PutLogGroupDeletionProtection: groups.putLogGroupDeletionProtection,
  PutMetricFilter: filters.putMetricFilter,
  PutResourcePolicy: policies.putResourcePolicy,
  PutRetentionPolicy: groups.putRetentionPolicy,
  PutSubscriptionFilter: filters.putSubscriptionFilter,
  TagLogGroup: tags.tagLogGroup,
  TagResource: tags.tagResource,
  TestMetricFilter: filters.testMetricFilter,
  UntagLogGroup: tags.untagLogGroup,
  UntagResource: tags.untagResource,
  PutDeliveryDestination: deliveries.putDeliveryDestination,
  GetDeliveryDestination: deliveries.getDeliveryDestination,
  DescribeDeliveryDestinations: deliveries.describeDeliveryDestinations,
  DeleteDeliveryDestination: deliveries.deleteDeliveryDestination,
  PutDeliveryDestinationPolicy: deliveries.putDeliveryDestinationPolicy,
  GetDeliveryDestinationPolicy: deliveries.getDeliveryDestinationPolicy,
  DeleteDeliveryDestinationPolicy: deliveries.deleteDeliveryDestinationPolicy,
  PutDeliverySource: deliveries.putDeliverySource,
  GetDeliverySource: deliveries.getDeliverySource,
  DescribeDeliverySources: deliveries.describeDeliverySources,
  DeleteDeliverySource: deliveries.deleteDeliverySource,
  CreateDelivery: deliveries.createDelivery,
  GetDelivery: deliveries.getDelivery,
  DescribeDeliveries: deliveries.describeDeliveries,
  DeleteDelivery: deliveries.deleteDelivery,
  PutDestination: deliveries.putDestination,
  DescribeDestinations: deliveries.describeDestinations,
  PutDestinationPolicy: deliveries.putDestinationPolicy,
  DeleteDestination: deliveries.deleteDestination,
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  PutLogEvents: putLogEvents,
} satisfies Operations<Client>;

export const service: Service = {
  name: "logs",
  operations,
  duties: { retention: expireEvents },
  port,
  needs: ["lambda", "kinesis", "firehose"],
};
