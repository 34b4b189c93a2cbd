/** Schedule, CloudWatchEvent and EventBridgeRule: an EventBridge rule that calls the function. */
import { type Dict, isDict } from "../../template/value.ts";
import { getAtt } from "../intrinsics.ts";
import { arnOf, Resource } from "../resource.ts";
import { shape } from "../shape.ts";
import {
  deadLetters,
  type EventKind,
  type EventKinds,
  permission,
  present,
  ruleState,
  targetIdOf,
} from "./event.ts";

const principal = "events.amazonaws.com";

const schedule: EventKind = {
  shape: shape(`
    Schedule: !string; RuleName: string; Input: string; Enabled: boolean; State: string; Name: string
    Description: string; DeadLetterConfig: map; RetryPolicy: map`),
  make: (_sam, event, { target }) => {
    const { properties } = event;
    const attributes = target.resource.shared;
    const rule = new Resource(event.id, "AWS::Events::Rule", {
      attributes,
      properties: { ScheduleExpression: properties["Schedule"], State: ruleState(event) },
    });
    rule.properties["Name"] = properties["Name"];
    rule.properties["Description"] = properties["Description"];
    const ruleArn = getAtt(rule.id, "Arn");
    const letters = deadLetters(event, { attributes, ruleArn });
    rule.properties["Targets"] = [
      {
        Arn: arnOf(target.resource),
        Id: targetIdOf(event.id, "LambdaTarget"),
        ...targetMembers(properties, letters),
      },
    ];
    return [
      rule,
      ...(letters?.resources ?? []),
      permission(event, target, { principal, SourceArn: ruleArn }),
    ];
  },
};

/** What a target says about input, dead letters and retries. */
export const targetMembers = (properties: Dict, letters: { arn: unknown } | undefined): Dict => ({
  ...present({ Input: properties["Input"], InputPath: properties["InputPath"] }),
  ...(letters === undefined ? {} : { DeadLetterConfig: { Arn: letters.arn } }),
  ...present({ RetryPolicy: properties["RetryPolicy"], InputTransformer: properties["InputTransformer"] }),
});

/** The id the author gives the target, or one of our own. */
export function chosenTargetId(target: unknown, otherwise: string): unknown {
  return isDict(target) && "Id" in target ? target["Id"] : otherwise;
}

const rule: EventKind = {
  shape: shape(`
    EventBusName: string; RuleName: string; Pattern: map; DeadLetterConfig: map; RetryPolicy: map; Input: string
    InputPath: string; Target: map; Enabled: boolean; State: string; InputTransformer: map`),
  make: (_sam, event, { target }) => {
    const { properties } = event;
    const attributes = target.resource.shared;
    const ruleArn = getAtt(event.id, "Arn");
    const letters = deadLetters(event, { attributes, ruleArn });
    const made = new Resource(event.id, "AWS::Events::Rule", {
      attributes,
      properties: {
        EventBusName: properties["EventBusName"],
        EventPattern: properties["Pattern"],
        Name: properties["RuleName"],
        State: ruleState(event),
        Targets: [
          {
            Arn: arnOf(target.resource),
            Id: chosenTargetId(properties["Target"], targetIdOf(event.id, "LambdaTarget")),
            ...targetMembers(properties, letters),
          },
        ],
      },
    });
    return [
      ...(letters?.resources ?? []),
      made,
      permission(event, target, { principal, SourceArn: ruleArn }),
    ];
  },
};

export const ruleEvents: EventKinds = { Schedule: schedule, CloudWatchEvent: rule, EventBridgeRule: rule };
