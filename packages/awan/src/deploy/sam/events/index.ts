/** Every event type a function can have. */
import { apiEvent } from "./api.ts";
import { httpApiEvent } from "./http-api.ts";
import type { EventHandler } from "./owner.ts";
import { pullEvents } from "./pull.ts";
import { alexaEvent, cognitoEvent, iotEvent, logsEvent, s3Event, snsEvent } from "./push.ts";
import { ruleEvent, scheduleEvent, scheduleV2Event } from "./rules.ts";

export const eventHandlers: Readonly<Record<string, EventHandler>> = {
  ...pullEvents,
  AlexaSkill: alexaEvent,
  Api: apiEvent,
  CloudWatchEvent: ruleEvent,
  CloudWatchLogs: logsEvent,
  Cognito: cognitoEvent,
  EventBridgeRule: ruleEvent,
  HttpApi: httpApiEvent,
  IoTRule: iotEvent,
  S3: s3Event,
  SNS: snsEvent,
  Schedule: scheduleEvent,
  ScheduleV2: scheduleV2Event,
};
