/** AWS::Events::EventBus, EventBusPolicy, Rule and Archive, through the operations a user would call. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";
import { busArn, placeOf, ruleArn } from "./bus.ts";
import { buses } from "./keys.ts";

type Fields = Record<string, unknown>;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
/** What templates write as an object, the API takes as JSON. */
const json = (value: unknown): string | undefined =>
  value === undefined || typeof value === "string" ? value : JSON.stringify(value);

interface Tag {
  readonly Key: string;
  readonly Value: unknown;
}

const tagsOf = (properties: Properties, stackTags: Readonly<Record<string, string>>): Tag[] => {
  const own = (properties["Tags"] ?? []) as readonly Tag[];
  const all = new Map<string, unknown>(Object.entries(stackTags));
  for (const { Key, Value } of own) all.set(Key, Value);
  return [...all].map(([Key, Value]) => ({ Key, Value: String(Value) }));
};

function updateTags(call: Call, arn: string, tags: readonly Tag[]): void {
  const { Tags } = call.invoke("events", "ListTagsForResource", { ResourceARN: arn });
  const gone = (Tags as readonly Tag[])
    .map(({ Key }) => Key)
    .filter((key) => !tags.some(({ Key }) => Key === key));
  if (gone.length > 0) call.invoke("events", "UntagResource", { ResourceARN: arn, TagKeys: gone });
  if (tags.length > 0) call.invoke("events", "TagResource", { ResourceARN: arn, Tags: tags });
}

/** Deleting what is gone succeeds. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}

const busState = (call: Call, name: string): ResourceState => ({
  physicalId: name,
  attributes: { Arn: busArn(call, name), Name: name, Policy: buses.get(call.tx, [name])?.policy ?? "" },
});

function putWholePolicy(call: Call, name: string, policy: unknown): void {
  if (policy !== undefined) {
    call.invoke("events", "PutPermission", { EventBusName: name, Policy: json(policy) });
  }
}

const eventBus: ResourceProvider = {
  type: "AWS::Events::EventBus",
  properties: {
    DeadLetterConfig: "mutable",
    Description: "mutable",
    KmsKeyIdentifier: "mutable",
    Name: "replace",
    Policy: "mutable",
    Tags: "mutable",
  },
  required: ["Name"],
  create(call, { properties, stack }) {
    const { DeadLetterConfig, Description, KmsKeyIdentifier, Policy } = properties;
    const name = String(properties["Name"]);
    const Tags = tagsOf(properties, stack.tags);
    call.invoke("events", "CreateEventBus", {
      Name: name,
      DeadLetterConfig,
      Description,
      KmsKeyIdentifier,
      Tags,
    });
    putWholePolicy(call, name, Policy);
    return busState(call, name);
  },
  update(call, { physicalId: name, properties, stack }) {
    const { DeadLetterConfig, Description, KmsKeyIdentifier, Policy } = properties;
    call.invoke("events", "UpdateEventBus", {
      Name: name,
      DeadLetterConfig: DeadLetterConfig ?? {},
      Description: Description ?? "",
      KmsKeyIdentifier: KmsKeyIdentifier ?? "",
    });
    if (Policy === undefined) {
      call.invoke("events", "RemovePermission", { EventBusName: name, RemoveAllPermissions: true });
    } else putWholePolicy(call, name, Policy);
    updateTags(call, busArn(call, name), tagsOf(properties, stack.tags));
    return busState(call, name);
  },
  delete(call, { physicalId }) {
    unlessGone(() => call.invoke("events", "DeleteEventBus", { Name: physicalId }));
  },
};

function putPolicy(call: Call, properties: Properties): ResourceState {
  const StatementId = String(properties["StatementId"]);
  const EventBusName = text(properties["EventBusName"]);
  const statement = properties["Statement"];
  if (statement === undefined) {
    const { Action, Principal, Condition } = properties;
    call.invoke("events", "PutPermission", { EventBusName, StatementId, Action, Principal, Condition });
  } else {
    const { Policy } = call.invoke("events", "DescribeEventBus", { Name: EventBusName });
    const known = typeof Policy === "string" ? (JSON.parse(Policy) as { Statement: Fields[] }) : undefined;
    const others = (known?.Statement ?? []).filter(({ Sid }) => Sid !== StatementId);
    const given = (typeof statement === "string" ? JSON.parse(statement) : statement) as Fields;
    const policy = { Version: "2012-10-17", Statement: [...others, { Sid: StatementId, ...given }] };
    call.invoke("events", "PutPermission", { EventBusName, Policy: JSON.stringify(policy) });
  }
  return { physicalId: `${StatementId}|${EventBusName ?? "default"}`, attributes: {} };
}

const eventBusPolicy: ResourceProvider = {
  type: "AWS::Events::EventBusPolicy",
  properties: {
    Action: "mutable",
    Condition: "mutable",
    EventBusName: "replace",
    Principal: "mutable",
    Statement: "mutable",
    StatementId: "replace",
  },
  required: ["StatementId"],
  create: (call, { properties }) => putPolicy(call, properties),
  update: (call, { properties }) => putPolicy(call, properties),
  delete(call, { properties }) {
    const { EventBusName, StatementId } = properties;
    unlessGone(() => call.invoke("events", "RemovePermission", { EventBusName, StatementId }));
  },
};

const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

/** Templates may write numbers as texts, and objects where the API has JSON. */
function targetOf(given: Fields): Fields {
  const retry = given["RetryPolicy"] as Fields | undefined;
  return {
    ...given,
    Input: json(given["Input"]),
    RetryPolicy:
      retry === undefined
        ? undefined
        : {
            MaximumEventAgeInSeconds: number(retry["MaximumEventAgeInSeconds"]),
            MaximumRetryAttempts: number(retry["MaximumRetryAttempts"]),
          },
  };
}

const targetsOf = (properties: Properties): Fields[] =>
  ((properties["Targets"] ?? []) as readonly Fields[]).map(targetOf);

/** `Ref` is the name on the default bus, `bus|name` on others. */
function placeOfRule(physicalId: string): { readonly bus: string; readonly name: string } {
  const at = physicalId.lastIndexOf("|");
  return at < 0
    ? { bus: "default", name: physicalId }
    : { bus: physicalId.slice(0, at), name: physicalId.slice(at + 1) };
}

function putRule(call: Call, name: string, properties: Properties, tags?: readonly Tag[]): ResourceState {
  const { Description, EventBusName, EventPattern, RoleArn, ScheduleExpression, State } = properties;
  const Targets = targetsOf(properties);
  call.invoke("events", "PutRule", {
    Name: name,
    Description,
    EventBusName,
    EventPattern: json(EventPattern),
    RoleArn,
    ScheduleExpression,
    State,
    ...(tags === undefined ? {} : { Tags: tags }),
  });
  if (Targets.length > 0) call.invoke("events", "PutTargets", { Rule: name, EventBusName, Targets });
  const { name: bus } = placeOf(call, text(EventBusName));
  return {
    physicalId: bus === "default" ? name : `${bus}|${name}`,
    attributes: { Arn: ruleArn(call, { bus, name }) },
  };
}

const rule: ResourceProvider = {
  type: "AWS::Events::Rule",
  properties: {
    Description: "mutable",
    EventBusName: "replace",
    EventPattern: "mutable",
    Name: "replace",
    RoleArn: "mutable",
    ScheduleExpression: "mutable",
    State: "mutable",
    Tags: "mutable",
    Targets: "mutable",
  },
  create(call, { properties, stack, generateName }) {
    const name = text(properties["Name"]) ?? generateName({ lengthMax: 64 });
    return putRule(call, name, properties, tagsOf(properties, stack.tags));
  },
  update(call, { physicalId, properties, previousProperties, stack }) {
    const { name } = placeOfRule(physicalId);
    const kept = targetsOf(properties).map(({ Id }) => Id);
    const Ids = targetsOf(previousProperties)
      .map(({ Id }) => Id)
      .filter((id) => !kept.includes(id));
    const EventBusName = properties["EventBusName"];
    if (Ids.length > 0) call.invoke("events", "RemoveTargets", { Rule: name, EventBusName, Ids });
    const state = putRule(call, name, properties);
    updateTags(call, String(state.attributes["Arn"]), tagsOf(properties, stack.tags));
    return state;
  },
  delete(call, { physicalId }) {
    const { bus: EventBusName, name: Name } = placeOfRule(physicalId);
    unlessGone(() => {
      const { Targets } = call.invoke("events", "ListTargetsByRule", { Rule: Name, EventBusName });
      const Ids = (Targets as readonly { readonly Id: string }[]).map(({ Id }) => Id);
      if (Ids.length > 0) call.invoke("events", "RemoveTargets", { Rule: Name, EventBusName, Ids });
      call.invoke("events", "DeleteRule", { Name, EventBusName });
    });
  },
};

const archiveInput = (ArchiveName: string, properties: Properties): Fields => ({
  ArchiveName,
  Description: properties["Description"],
  EventPattern: json(properties["EventPattern"]),
  RetentionDays: Number(properties["RetentionDays"] ?? 0),
});

const archive: ResourceProvider = {
  type: "AWS::Events::Archive",
  properties: {
    ArchiveName: "replace",
    Description: "mutable",
    EventPattern: "mutable",
    RetentionDays: "mutable",
    SourceArn: "replace",
  },
  required: ["SourceArn"],
  create(call, { properties, generateName }) {
    const name = text(properties["ArchiveName"]) ?? generateName({ lengthMax: 48 });
    const { ArchiveArn } = call.invoke("events", "CreateArchive", {
      ...archiveInput(name, properties),
      EventSourceArn: properties["SourceArn"],
    });
    return { physicalId: name, attributes: { Arn: ArchiveArn, ArchiveName: name } };
  },
  update(call, { physicalId, properties }) {
    const { ArchiveArn } = call.invoke("events", "UpdateArchive", archiveInput(physicalId, properties));
    return { physicalId, attributes: { Arn: ArchiveArn, ArchiveName: physicalId } };
  },
  delete(call, { physicalId }) {
    unlessGone(() => call.invoke("events", "DeleteArchive", { ArchiveName: physicalId }));
  },
};

export const providers: readonly ResourceProvider[] = [eventBus, eventBusPolicy, rule, archive];
