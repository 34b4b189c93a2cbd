/** AlexaSkill, IoTRule and CloudWatchLogs. */
import { ref, sub } from "../intrinsics.ts";
import { arnText } from "../partition.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import { shape } from "../shape.ts";
import { type EventKind, type EventKinds, permission } from "./event.ts";

const alexaSkill: EventKind = {
  shape: shape(`SkillId: string`),
  make: (_sam, event, { target }) => [
    permission(event, target, {
      principal: "alexa-appkit.amazon.com",
      EventSourceToken: event.properties["SkillId"],
    }),
  ],
};

const iotRule: EventKind = {
  shape: shape(`Sql: !string; AwsIotSqlVersion: string`),
  make: ({ partition }, event, { target }) => {
    const { Sql, AwsIotSqlVersion: version } = event.properties;
    return [
      permission(event, target, {
        principal: "iot.amazonaws.com",
        SourceArn: sub(arnText(partition, "iot", "rule/${RuleName}"), { RuleName: ref(event.id) }),
        SourceAccount: sub("${AWS::AccountId}"),
      }),
      new Resource(event.id, "AWS::IoT::TopicRule", {
        attributes: target.resource.shared,
        properties: {
          TopicRulePayload: {
            Sql,
            RuleDisabled: false,
            Actions: [{ Lambda: { FunctionArn: arnOf(target.resource) } }],
            ...(given(version) ? { AwsIotSqlVersion: version } : {}),
          },
        },
      }),
    ];
  },
};

const logs: EventKind = {
  shape: shape(`LogGroupName: !string; FilterPattern: !string`),
  make: ({ partition }, event, { target }) => {
    const { LogGroupName, FilterPattern } = event.properties;
    const allowed = permission(event, target, {
      principal: "logs.amazonaws.com",
      SourceArn: sub(arnText(partition, "logs", "log-group:${__LogGroupName__}:*"), {
        __LogGroupName__: LogGroupName,
      }),
    });
    const filter = new Resource(event.id, "AWS::Logs::SubscriptionFilter", {
      dependsOn: [allowed.id],
      attributes: target.resource.shared,
      properties: { LogGroupName, FilterPattern, DestinationArn: arnOf(target.resource) },
    });
    return [allowed, filter];
  },
};

export const otherEvents: EventKinds = { AlexaSkill: alexaSkill, IoTRule: iotRule, CloudWatchLogs: logs };
