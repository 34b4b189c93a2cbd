/** ScheduleV2: a schedule of EventBridge Scheduler for a function or state machine, with the role it takes on. */
import { type Dict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import {
  assumeRolePolicy,
  invokeFunctionPolicy,
  sendMessagePolicy,
  startExecutionPolicy,
} from "../policies.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import { shape } from "../shape.ts";
import { deadLetters, type EventKind, present, type SamEvent, type Target } from "./event.ts";

const passedOn = [
  "Description",
  "StartDate",
  "EndDate",
  "ScheduleExpressionTimezone",
  "GroupName",
  "KmsKeyArn",
];

export const scheduleV2: EventKind = {
  shape: shape(`
    PermissionsBoundary: string; ScheduleExpression: !string; FlexibleTimeWindow: map; Name: string; State: string
    Description: string; StartDate: string; EndDate: string; ScheduleExpressionTimezone: string; GroupName: string
    KmsKeyArn: string; Input: string; RoleArn: string; DeadLetterConfig: map; RetryPolicy: map; OmitName: =boolean`),
  make: (_sam, event, { target }) => {
    const { id, properties } = event;
    const attributes = target.resource.shared;
    const schedule = new Resource(id, "AWS::Scheduler::Schedule", {
      attributes,
      properties: scheduleProperties(event),
    });
    const letters = deadLetters(event, { attributes });
    const role = given(properties["RoleArn"]) ? undefined : roleOf(event, target, letters?.arn);
    schedule.properties["Target"] = {
      Arn: arnOf(target.resource),
      RoleArn: role === undefined ? properties["RoleArn"] : arnOf(role),
      ...present({ Input: properties["Input"] }),
      ...(letters === undefined ? {} : { DeadLetterConfig: { Arn: letters.arn } }),
      ...present({ RetryPolicy: properties["RetryPolicy"] }),
    };
    return [schedule, ...(letters?.resources ?? []), ...(role === undefined ? [] : [role])];
  },
};

function scheduleProperties({ id, properties }: SamEvent): Dict {
  if (given(properties["OmitName"]) && given(properties["Name"])) {
    throw new InvalidEvent(id, "Name cannot be set when OmitName is True");
  }
  const window = properties["FlexibleTimeWindow"];
  return {
    ScheduleExpression: properties["ScheduleExpression"],
    ...(given(properties["State"]) ? { State: properties["State"] } : {}),
    ...(given(properties["OmitName"]) ? {} : { Name: given(properties["Name"]) ? properties["Name"] : id }),
    ...Object.fromEntries(passedOn.map((name) => [name, properties[name]])),
    FlexibleTimeWindow: given(window) ? window : { Mode: "OFF" },
  };
}

function roleOf({ id, properties }: SamEvent, { resource }: Target, deadLetterArn: unknown): Resource {
  const arn = arnOf(resource);
  const isFunction = resource.type.startsWith("AWS::Lambda::");
  const policies = [isFunction ? invokeFunctionPolicy(id, arn) : startExecutionPolicy(id, arn)];
  if (given(deadLetterArn)) policies.push(sendMessagePolicy(id, deadLetterArn));
  return new Resource(`${id}Role`, "AWS::IAM::Role", {
    attributes: resource.shared,
    properties: {
      AssumeRolePolicyDocument: assumeRolePolicy("scheduler.amazonaws.com"),
      Policies: policies,
      ...(given(properties["PermissionsBoundary"])
        ? { PermissionsBoundary: properties["PermissionsBoundary"] }
        : {}),
    },
  });
}
