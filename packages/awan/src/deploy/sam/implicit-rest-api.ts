/** Api events that name no API share one, `ServerlessRestApi`, with the stage `Prod`. */
import { type Dict, isDict, textOf } from "../template/value.ts";
import { pathsOf, methodKey } from "./api/openapi.ts";
import { emptySwagger, isSwagger } from "./api/swagger.ts";
import { InvalidEvent, InvalidResource } from "./errors.ts";
import { addOr, joinConditions } from "./implicit-conditions.ts";
import type { Sam } from "./sam.ts";

export const implicitRestApi = "ServerlessRestApi";

type Conditions = Map<string, Map<string, (string | undefined)[]>>;

/** Gives every REST API a document to write methods into, and events their API. */
export function prepareRestApis(sam: Sam, problems: string[]): void {
  for (const resource of Object.values(sam.resources)) {
    if (!isDict(resource) || resource["Type"] !== "AWS::Serverless::Api") continue;
    const properties = (resource["Properties"] ??= {}) as Dict;
    if (isDict(properties) && !properties["DefinitionBody"] && !properties["DefinitionUri"]) {
      properties["DefinitionBody"] = emptySwagger();
      properties["__MANAGE_SWAGGER"] = true;
    }
  }
  const conditions: Conditions = new Map();
  const policies: Dict[] = [];
  for (const [logicalId, resource] of Object.entries(sam.resources)) {
    if (!isDict(resource) || !/^AWS::Serverless::(Function|StateMachine)$/.test(textOf(resource["Type"])))
      continue;
    const events = isDict(resource["Properties"]) ? resource["Properties"]["Events"] : undefined;
    if (!isDict(events)) continue;
    try {
      for (const [eventId, event] of Object.entries(events)) {
        if (!isDict(event) || event["Type"] !== "Api") continue;
        if (prepareEvent(sam, { eventId, event, owner: resource }, conditions)) policies.push(resource);
      }
    } catch (error) {
      if (!(error instanceof InvalidEvent)) throw error;
      problems.push(new InvalidResource(logicalId, error.message).report);
    }
  }
  const implicit = sam.resources[implicitRestApi];
  if (implicit !== undefined) setAttributes(sam, implicit, conditions, policies);
  makePathsConditional(sam, conditions);
}

interface Prepared {
  readonly eventId: string;
  readonly event: Dict;
  readonly owner: Dict;
}

/** True when the event uses the shared API. */
function prepareEvent(sam: Sam, { eventId, event, owner }: Prepared, conditions: Conditions): boolean {
  const properties = event["Properties"];
  if (!properties) return false;
  if (!isDict(properties)) throw new InvalidEvent(eventId, "Properties should be a map.");
  const implicit = !("RestApiId" in properties);
  if (implicit) {
    sam.resources[implicitRestApi] ??= {
      Type: "AWS::Serverless::Api",
      Properties: { StageName: "Prod", DefinitionBody: emptySwagger(), __MANAGE_SWAGGER: true },
    };
    properties["RestApiId"] = { Ref: implicitRestApi };
  }
  const { Path: path, Method: method, RestApiId: given } = properties;
  for (const [name, value] of [
    ["Path", path],
    ["Method", method],
  ] as const) {
    if (value === undefined || value === null)
      throw new InvalidEvent(eventId, `Property '${name}' is required.`);
    if (typeof value !== "string") throw new InvalidEvent(eventId, `Property '${name}' should be a string.`);
  }
  const apiId = isDict(given) && "Ref" in given ? given["Ref"] : given;
  if (typeof apiId !== "string") throw new InvalidEvent(eventId, "Property 'RestApiId' should be a string.");
  const api = sam.resources[apiId];
  if (api === undefined || api["Type"] === "AWS::Serverless::HttpApi") {
    throw new InvalidEvent(
      eventId,
      "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.",
    );
  }
  const own = isDict(api["Properties"]) ? api["Properties"] : {};
  const body = own["DefinitionBody"];
  const paths = conditions.get(apiId) ?? new Map<string, (string | undefined)[]>();
  conditions.set(apiId, paths);
  const condition = owner["Condition"];
  paths.set(path as string, [
    ...(paths.get(path as string) ?? []),
    typeof condition === "string" ? condition : undefined,
  ]);
  if (own["__MANAGE_SWAGGER"] && isSwagger(body)) {
    const item = (pathsOf(body)[path as string] ??= {}) as Dict;
    item[methodKey(method as string)] ??= {};
  }
  return implicit;
}

function setAttributes(sam: Sam, implicit: Dict, conditions: Conditions, owners: readonly Dict[]): void {
  const all = [...(conditions.get(implicitRestApi)?.values() ?? [])].flat();
  const condition = joinConditions(sam, implicitRestApi, all);
  if (condition !== undefined) implicit["Condition"] = condition;
  for (const [attribute, order] of [
    ["DeletionPolicy", ["Retain", "Delete"]],
    ["UpdateReplacePolicy", ["Retain", "Snapshot", "Delete"]],
  ] as const) {
    const found = order.find((value) => owners.some((owner) => owner[attribute] === value));
    if (found !== undefined) implicit[attribute] = found;
  }
}

/** A path all of whose methods are conditional is itself. */
function makePathsConditional(sam: Sam, conditions: Conditions): void {
  for (const [apiId, paths] of conditions) {
    const own = sam.resources[apiId]?.["Properties"];
    const body = isDict(own) ? own["DefinitionBody"] : undefined;
    if (!isDict(own) || !own["__MANAGE_SWAGGER"] || !isDict(body)) continue;
    for (const [path, names] of paths) {
      if (names.includes(undefined) || !(path in pathsOf(body))) continue;
      const unique = [...new Set(names as string[])].toSorted();
      let name = unique[0] as string;
      if (unique.length > 1) {
        name = `${apiId}${path.replaceAll("/", "SLASH").replaceAll("{", "OB").replaceAll("}", "CB")}PathCondition`;
        addOr(sam.conditions, name, unique);
      }
      pathsOf(body)[path] = { "Fn::If": [name, pathsOf(body)[path], { Ref: "AWS::NoValue" }] };
    }
  }
}
