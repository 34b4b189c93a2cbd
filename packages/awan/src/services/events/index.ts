/** Amazon EventBridge. A put is `put.ts`, a delivery `deliver.ts`, what each target gets `targets.ts` and `input.ts`. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { forget } from "./archive.ts";
import { authorization } from "./authorization.ts";
import { reached, retry } from "./deliver.ts";
import * as archives from "./operations/archives.ts";
import * as buses from "./operations/buses.ts";
import { putPermission, removePermission } from "./operations/permissions.ts";
import { putEvents, testEventPattern } from "./operations/put-events.ts";
import * as replays from "./operations/replays.ts";
import * as rules from "./operations/rules.ts";
import * as tags from "./operations/tags.ts";
import { listTargetsByRule, putTargets, removeTargets } from "./operations/targets.ts";
import type { EventsPort } from "./port.ts";
import { forward, putEntry } from "./put.ts";
import { replay } from "./replay.ts";
import { tick } from "./schedule.ts";
import type { Events } from "./sdk.ts";
import { start } from "./targets.ts";

const operations = {
  CancelReplay: replays.cancelReplay,
  CreateArchive: archives.createArchive,
  CreateEventBus: buses.createEventBus,
  DeleteArchive: archives.deleteArchive,
  DeleteEventBus: buses.deleteEventBus,
  DeleteRule: rules.deleteRule,
  DescribeArchive: archives.describeArchive,
  DescribeEventBus: buses.describeEventBus,
  DescribeReplay: replays.describeReplay,
  DescribeRule: rules.describeRule,
  DisableRule: rules.disableRule,
  EnableRule: rules.enableRule,
  ListArchives: archives.listArchives,
  ListEventBuses: buses.listEventBuses,
  ListReplays: replays.listReplays,
  ListRuleNamesByTarget: rules.listRuleNamesByTarget,
  ListRules: rules.listRules,
  ListTagsForResource: tags.listTagsForResource,
  ListTargetsByRule: listTargetsByRule,
  PutEvents: putEvents,
  PutPermission: putPermission,
  PutRule: rules.putRule,
  PutTargets: putTargets,
  RemovePermission: removePermission,
  RemoveTargets: removeTargets,
  StartReplay: replays.startReplay,
  TagResource: tags.tagResource,
  TestEventPattern: testEventPattern,
  UntagResource: tags.untagResource,
  UpdateArchive: archives.updateArchive,
  UpdateEventBus: buses.updateEventBus,
} satisfies Operations<Events>;

const port: EventsPort = { put: (call, entries) => entries.map((entry) => putEntry(call, entry)) };

export const service: Service = {
  name: "events",
  operations,
  authorization,
  duties: { forget, replay, retry, tick },
  completions: { reached },
  effects: { forward, start },
  port,
  needs: ["sqs", "sns", "lambda", "logs", "kinesis", "firehose"],
};
