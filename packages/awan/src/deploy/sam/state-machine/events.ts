/** Events that start a state machine: rules, schedules and methods of a REST API, each with the role for it. */
import { type Dict } from "../../template/value.ts";
import { SwaggerDocument } from "../api/swagger-document.ts";
import {
  deadLetters,
  type EventKind,
  type EventKinds,
  type Link,
  ruleState,
  type SamEvent,
  targetIdOf,
} from "../events/event.ts";
import { linkRestApi } from "../events/rest-api.ts";
import { addRestAuth } from "../events/rest-api-auth.ts";
import { chosenTargetId, targetMembers } from "../events/rules.ts";
import { scheduleV2 } from "../events/schedule-v2.ts";
import { InvalidEvent } from "../errors.ts";
import { getAtt } from "../intrinsics.ts";
import { assumeRolePolicy, startExecutionPolicy } from "../policies.ts";
import { byteStrings } from "../python/byte-string.ts";
import { put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import type { Sam } from "../sam.ts";
import { shape } from "../shape.ts";

const targetSuffix = "StepFunctionsTarget";

/** The role under which a service starts the machine. */
function startRole(
  { id }: SamEvent,
  machine: Resource,
  { principal, link }: { principal: string; link: Link },
): Resource {
  const roleId = `${id}Role`;
  return new Resource(roleId, "AWS::IAM::Role", {
    attributes: machine.shared,
    properties: {
      AssumeRolePolicyDocument: assumeRolePolicy(principal),
      Policies: [startExecutionPolicy(roleId, arnOf(machine))],
      ...(given(link["permissionsBoundary"]) ? { PermissionsBoundary: link["permissionsBoundary"] } : {}),
    },
  });
}

function ruleWithTarget(
  event: SamEvent,
  machine: Resource,
  { link, rule, roleArn }: { link: Link; rule: Dict; roleArn?: unknown },
): Resource[] {
  const attributes = machine.shared;
  const made = new Resource(event.id, "AWS::Events::Rule", { attributes, properties: rule });
  const role =
    roleArn === undefined || roleArn === null
      ? startRole(event, machine, { principal: "events.amazonaws.com", link })
      : undefined;
  const letters = deadLetters(event, { attributes, ruleArn: getAtt(made.id, "Arn") });
  made.properties["Targets"] = [
    {
      Arn: arnOf(machine),
      Id: chosenTargetId(event.properties["Target"], targetIdOf(event.id, targetSuffix)),
      RoleArn: role === undefined ? roleArn : arnOf(role),
      ...targetMembers(event.properties, letters),
    },
  ];
  return [made, ...(role === undefined ? [] : [role]), ...(letters?.resources ?? [])];
}

const schedule: EventKind = {
  shape: shape(`
    Schedule: !string; Input: string; Enabled: boolean; State: string; Name: string; Description: string
    DeadLetterConfig: map; RetryPolicy: map; Target: =map; RoleArn: =string`),
  make: (_sam, event, { target, link }) => {
    const { Schedule, Name, Description, RoleArn } = event.properties;
    const rule = { ScheduleExpression: Schedule, State: ruleState(event), Name, Description };
    return ruleWithTarget(event, target.resource, { link, rule, roleArn: RoleArn });
  },
};

const rule: EventKind = {
  shape: shape(`
    EventBusName: string; RuleName: string; Pattern: map; Input: string; InputPath: string; DeadLetterConfig: map
    RetryPolicy: map; State: string; Target: =map; InputTransformer: map`),
  make: (_sam, event, { target, link }) => {
    const { EventBusName, RuleName, Pattern, State } = event.properties;
    const made = { EventBusName, EventPattern: Pattern, Name: RuleName, ...(given(State) ? { State } : {}) };
    return ruleWithTarget(event, target.resource, { link, rule: made });
  },
};

const api: EventKind = {
  shape: shape(`
    Path: !string; Method: !string; RestApiId: !string; Stage: string; Auth: map; UnescapeMappingTemplate: =boolean`),
  link: linkRestApi,
  make: (sam, event, { target, link }) => {
    event.properties["Method"] = (event.properties["Method"] as string).toLowerCase();
    const role = startRole(event, target.resource, { principal: "apigateway.amazonaws.com", link });
    const properties = link["api"] as Dict | undefined;
    if (properties === undefined) {
      throw new InvalidEvent(
        event.name,
        "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.",
      );
    }
    if (given(properties["__MANAGE_SWAGGER"]))
      addIntegration(sam, event, { machine: target.resource, role, link });
    return [role];
  },
};

function addIntegration(
  sam: Sam,
  event: SamEvent,
  { machine, role, link }: { machine: Resource; role: Resource; link: Link },
): void {
  const { name, properties } = event;
  const own = link["api"] as Dict;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const body = own["DefinitionBody"] ?? undefined;
  if (body === undefined) return;
  const document = new SwaggerDocument(body);
  if (document.hasIntegration(path, method)) {
    throw new InvalidEvent(name, `API method "${method}" defined multiple times for path "${path}".`);
  }
  const template = given(properties["UnescapeMappingTemplate"]) ? unescapedTemplate : escapedTemplate;
  document.addStateMachineIntegration(path, method, {
    uri: byteStrings({
      "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution",
    }) as Dict,
    credentials: byteStrings({ "Fn::GetAtt": [role.id, "Arn"] }) as Dict,
    templates: byteStrings({ "application/json": { "Fn::Sub": template(machine.id) } }) as Dict,
    condition: machine.attributes["Condition"],
  });
  // No stage is known to the event of a state machine.
  if (given(properties["Auth"])) addRestAuth(sam, event, { document, link: { ...link, stage: undefined } });
  put(own, "DefinitionBody", document.result());
}

const escapedTemplate = (machine: string): string =>
  `{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "\${${machine}}"}`;
const unescapedTemplate = (machine: string): string =>
  `{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\\\'","'")", "stateMachineArn": "\${${machine}}"}`;

export const stateMachineEvents: EventKinds = {
  Schedule: schedule,
  CloudWatchEvent: rule,
  EventBridgeRule: rule,
  Api: api,
  ScheduleV2: scheduleV2,
};
