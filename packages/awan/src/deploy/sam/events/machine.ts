/** Events of state machines: rules, schedules and API methods that start an execution, each with a role of its own. */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import { conditional } from "../api/openapi.ts";
import { hasIntegration, integrationKey, methodKey, openMethod } from "../api/swagger.ts";
import { addMethodAuth, requireDefinedAuthorizer } from "../api/rest-api-auth.ts";
import { addResourcePolicy } from "../api/resource-policy.ts";
import { InvalidEvent } from "../errors.ts";
import { assumeRolePolicy, getAtt, make, type Made, resolveParameters, type Sam, sub } from "../sam.ts";
import { required, type SamEvent } from "./owner.ts";
import { deadLetters, ruleTarget, schedulerSchedule, stateOf, targetId } from "./rules.ts";

export interface MachineTarget {
  readonly sam: Sam;
  readonly id: string;
  readonly arn: Dict;
  readonly attributes: Dict;
  readonly condition: string | undefined;
  readonly permissionsBoundary: unknown;
}

type MachineEvent = (target: MachineTarget, event: SamEvent) => Made[];

function startRole(target: MachineTarget, event: SamEvent, service: string): Made {
  const id = `${event.logicalId}Role`;
  return make(
    id,
    "AWS::IAM::Role",
    {
      AssumeRolePolicyDocument: assumeRolePolicy(service),
      Policies: [
        {
          PolicyName: `${id}StartExecutionPolicy`,
          PolicyDocument: {
            Statement: [{ Action: "states:StartExecution", Effect: "Allow", Resource: target.arn }],
          },
        },
      ],
      PermissionsBoundary: target.permissionsBoundary,
    },
    target.attributes,
  );
}

const rule =
  (scheduled: boolean): MachineEvent =>
  (target, event) => {
    if (scheduled) required(event, "Schedule");
    const { properties, logicalId } = event;
    const letters = deadLetters(event, getAtt(logicalId, "Arn"), target.attributes);
    const given = scheduled ? properties["RoleArn"] : undefined;
    const role = given === undefined ? startRole(target, event, "events.amazonaws.com") : undefined;
    const wanted = properties["Target"];
    const id =
      isDict(wanted) && typeof wanted["Id"] === "string"
        ? wanted["Id"]
        : targetId(logicalId, "StepFunctionsTarget");
    const own = scheduled
      ? {
          ScheduleExpression: properties["Schedule"],
          Name: properties["Name"],
          Description: properties["Description"],
        }
      : {
          EventBusName: properties["EventBusName"],
          EventPattern: properties["Pattern"],
          Name: properties["RuleName"],
        };
    const made = make(
      logicalId,
      "AWS::Events::Rule",
      {
        ...own,
        State: stateOf(event) || undefined,
        Targets: [
          {
            ...ruleTarget(event, target.arn, id, letters),
            RoleArn: role === undefined ? given : getAtt(role.id, "Arn"),
          },
        ],
      },
      target.attributes,
    );
    return [made, ...(role === undefined ? [] : [role]), ...letters.made];
  };

const apiEvent: MachineEvent = (target, event) => {
  required(event, "Path", "Method", "RestApiId");
  const { properties } = event;
  const role = startRole(target, event, "apigateway.amazonaws.com");
  const given = properties["RestApiId"];
  const apiId = isDict(given) ? given["Ref"] : given;
  const own = typeof apiId === "string" ? target.sam.resources[apiId]?.["Properties"] : undefined;
  const body = isDict(own) ? own["DefinitionBody"] : undefined;
  if (!isDict(own) || !own["__MANAGE_SWAGGER"] || !isDict(body)) return [role];
  const path = textOf(properties["Path"]);
  const method = textOf(properties["Method"]).toLowerCase();
  if (hasIntegration(body, path, method)) {
    throw new InvalidEvent(event.id, `API method "${method}" defined multiple times for path "${path}".`);
  }
  for (const item of openMethod(body, path, method)) {
    const key = methodKey(method);
    const definition = isDict(item[key]) ? item[key] : {};
    definition[integrationKey] = {
      type: "aws",
      httpMethod: "POST",
      uri: conditional(
        target.condition,
        sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"),
      ),
      responses: { "200": { statusCode: "200" }, "400": { statusCode: "400" } },
      credentials: getAtt(role.id, "Arn"),
      requestTemplates: {
        "application/json": sub(requestTemplate(target.id, Boolean(properties["UnescapeMappingTemplate"]))),
      },
    };
    definition["responses"] ??= { "200": { description: "OK" }, "400": { description: "Bad Request" } };
    item[key] = conditional(target.condition, definition);
  }
  const auth = properties["Auth"];
  if (isDict(auth)) {
    const apiAuth = resolveParameters(target.sam, own["Auth"]);
    requireDefinedAuthorizer({
      eventId: event.id,
      apiId: textOf(apiId),
      auth,
      apiAuth,
      path,
      method,
    });
    if (auth["Authorizer"] || auth["ApiKeyRequired"] !== undefined)
      addMethodAuth(body, { path, method, auth, apiAuth });
    if (isDict(auth["ResourcePolicy"]))
      addResourcePolicy(body, auth["ResourcePolicy"], path, own["StageName"]);
  }
  return [role];
};

/** Velocity that starts an execution with the request's body, quotes escaped as JSON needs them. */
function requestTemplate(machineId: string, unescape: boolean): string {
  const input = "$util.escapeJavaScript($input.json('$'))";
  return unescape
    ? `{"input": "${input}.replaceAll("\\\\'","'")", "stateMachineArn": "\${${machineId}}"}`
    : `{"input": "${input}", "stateMachineArn": "\${${machineId}}"}`;
}

export const machineEvents: Readonly<Record<string, MachineEvent>> = {
  Api: apiEvent,
  CloudWatchEvent: rule(false),
  EventBridgeRule: rule(false),
  Schedule: rule(true),
  ScheduleV2: (target, event) =>
    schedulerSchedule(event, { arn: target.arn, attributes: target.attributes, kind: "stateMachine" }),
};
