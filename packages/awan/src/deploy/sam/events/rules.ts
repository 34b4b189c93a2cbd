/** EventBridge rules and schedules that call a function, with the dead-letter queues they may bring along. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { assumeRolePolicy, getAtt, make, type Made, ref } from "../sam.ts";
import { type EventHandler, permission, required, type SamEvent } from "./owner.ts";
import { destinationPolicy } from "./pull.ts";

const targetIdMax = 64;
export const targetId = (logicalId: string, suffix: string): string =>
  logicalId.slice(0, targetIdMax - suffix.length) + suffix;

export function stateOf(event: SamEvent): unknown {
  const { State: state, Enabled: enabled } = event.properties;
  if (state && enabled !== undefined) {
    throw new InvalidEvent(event.id, "State and Enabled Properties cannot both be specified.");
  }
  return enabled === undefined ? state : enabled ? "ENABLED" : "DISABLED";
}

export interface DeadLetters {
  readonly arn: unknown;
  readonly made: readonly Made[];
}

/** The queue of a rule's undelivered events: given, or made with a policy that lets the rule send. */
export function deadLetters(event: SamEvent, ruleArn: unknown, attributes: Dict): DeadLetters {
  const config = event.properties["DeadLetterConfig"];
  if (!isDict(config)) return { arn: undefined, made: [] };
  const { Arn: arn, Type: type, QueueLogicalId: queueId } = config;
  if ("Arn" in config && "Type" in config) {
    throw new InvalidEvent(
      event.logicalId,
      "You can either define 'Arn' or 'Type' property of DeadLetterConfig.",
    );
  }
  if ("Type" in config && type !== "SQS") {
    throw new InvalidEvent(
      event.logicalId,
      "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.",
    );
  }
  if (!("Arn" in config) && !("Type" in config)) {
    throw new InvalidEvent(event.logicalId, "No 'Arn' or 'Type' property provided for DeadLetterConfig.");
  }
  if (arn !== undefined) return { arn, made: [] };
  if (queueId !== undefined && typeof queueId !== "string") {
    throw new InvalidEvent(event.logicalId, "QueueLogicalId must be a string");
  }
  const queue = make(queueId ?? `${event.logicalId}Queue`, "AWS::SQS::Queue", {}, attributes);
  const queueArn = getAtt(queue.id, "Arn");
  if (ruleArn === undefined) return { arn: queueArn, made: [queue] };
  const policy = make(
    `${event.logicalId}QueuePolicy`,
    "AWS::SQS::QueuePolicy",
    {
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "sqs:SendMessage",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Resource: queueArn,
            Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
          },
        ],
      },
      Queues: [ref(queue.id)],
    },
    attributes,
  );
  return { arn: queueArn, made: [queue, policy] };
}

const given = (values: Dict): Dict =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

/** What the rule calls and how; shared with state machines. */
export function ruleTarget(event: SamEvent, arn: unknown, id: string, letters: DeadLetters): Dict {
  const { Input, InputPath, InputTransformer, RetryPolicy } = event.properties;
  return given({
    Arn: arn,
    Id: id,
    Input,
    InputPath,
    DeadLetterConfig: letters.arn === undefined ? undefined : { Arn: letters.arn },
    RetryPolicy,
    InputTransformer,
  });
}

export const scheduleEvent: EventHandler = (owner, event) => {
  required(event, "Schedule");
  const { properties, logicalId } = event;
  const arn = getAtt(logicalId, "Arn");
  const letters = deadLetters(event, arn, owner.attributes);
  const rule = make(
    logicalId,
    "AWS::Events::Rule",
    {
      ScheduleExpression: properties["Schedule"],
      State: stateOf(event),
      Name: properties["Name"],
      Description: properties["Description"],
      Targets: [ruleTarget(event, owner.arn, targetId(logicalId, "LambdaTarget"), letters)],
    },
    owner.attributes,
  );
  return [
    rule,
    ...letters.made,
    permission(owner, event, { principal: "events.amazonaws.com", sourceArn: arn }),
  ];
};

export const ruleEvent: EventHandler = (owner, event) => {
  const { properties, logicalId } = event;
  const arn = getAtt(logicalId, "Arn");
  const letters = deadLetters(event, arn, owner.attributes);
  const target = properties["Target"];
  const id =
    isDict(target) && typeof target["Id"] === "string" ? target["Id"] : targetId(logicalId, "LambdaTarget");
  const rule = make(
    logicalId,
    "AWS::Events::Rule",
    {
      EventBusName: properties["EventBusName"],
      EventPattern: properties["Pattern"],
      Name: properties["RuleName"],
      State: stateOf(event),
      Targets: [ruleTarget(event, owner.arn, id, letters)],
    },
    owner.attributes,
  );
  return [
    ...letters.made,
    rule,
    permission(owner, event, { principal: "events.amazonaws.com", sourceArn: arn }),
  ];
};

export interface Scheduled {
  readonly arn: unknown;
  readonly attributes: Dict;
  readonly kind: "function" | "stateMachine";
}

/** ScheduleV2: a schedule of EventBridge Scheduler with the role it assumes. */
export function schedulerSchedule(event: SamEvent, target: Scheduled): Made[] {
  required(event, "ScheduleExpression");
  const { properties, logicalId } = event;
  if (properties["OmitName"] && properties["Name"]) {
    throw new InvalidEvent(logicalId, "Name cannot be set when OmitName is True");
  }
  const letters = deadLetters(event, undefined, target.attributes);
  const roleId = `${logicalId}Role`;
  const calls =
    target.kind === "function"
      ? destinationPolicy("Lambda", target.arn, logicalId)
      : {
          PolicyName: `${logicalId}StartExecutionPolicy`,
          PolicyDocument: {
            Statement: [{ Action: "states:StartExecution", Effect: "Allow", Resource: target.arn }],
          },
        };
  const role = make(
    roleId,
    "AWS::IAM::Role",
    {
      AssumeRolePolicyDocument: assumeRolePolicy("scheduler.amazonaws.com"),
      Policies: [
        calls,
        ...(letters.arn === undefined ? [] : [destinationPolicy("SQS", letters.arn, logicalId)]),
      ],
      PermissionsBoundary: properties["PermissionsBoundary"],
    },
    target.attributes,
  );
  const schedule = make(
    logicalId,
    "AWS::Scheduler::Schedule",
    {
      ScheduleExpression: properties["ScheduleExpression"],
      State: properties["State"] || undefined,
      Name: properties["OmitName"] ? undefined : (properties["Name"] ?? logicalId),
      Description: properties["Description"],
      FlexibleTimeWindow: properties["FlexibleTimeWindow"] ?? { Mode: "OFF" },
      StartDate: properties["StartDate"],
      EndDate: properties["EndDate"],
      ScheduleExpressionTimezone: properties["ScheduleExpressionTimezone"],
      GroupName: properties["GroupName"],
      KmsKeyArn: properties["KmsKeyArn"],
      Target: given({
        Arn: target.arn,
        RoleArn: properties["RoleArn"] ?? getAtt(roleId, "Arn"),
        Input: properties["Input"],
        DeadLetterConfig: letters.arn === undefined ? undefined : { Arn: letters.arn },
        RetryPolicy: properties["RetryPolicy"],
      }),
    },
    target.attributes,
  );
  return [schedule, ...letters.made, ...(properties["RoleArn"] ? [] : [role])];
}

export const scheduleV2Event: EventHandler = (owner, event) =>
  schedulerSchedule(event, { arn: owner.arn, attributes: owner.attributes, kind: "function" });
