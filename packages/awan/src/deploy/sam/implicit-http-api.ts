/** HTTP API events that name no API share one, `ServerlessHttpApi`, which exists when somebody needs it. */
import { type Dict, isDict } from "../template/value.ts";
import { anyMethod, defaultPath, emptyOpenApi, pathsOf } from "./api/openapi.ts";
import { InvalidEvent, InvalidResource } from "./errors.ts";
import { joinConditions } from "./implicit-conditions.ts";
import type { Sam } from "./sam.ts";

export const implicitHttpApi = "ServerlessHttpApi";

/** Gives every HTTP API a document to write routes into, and events their API. */
export function prepareHttpApis(sam: Sam): void {
  for (const resource of Object.values(sam.resources)) {
    if (resource["Type"] !== "AWS::Serverless::HttpApi") continue;
    const properties = (resource["Properties"] ??= {}) as Dict;
    if (!properties["DefinitionBody"] && !properties["DefinitionUri"]) {
      properties["DefinitionBody"] = emptyOpenApi();
      properties["__MANAGE_SWAGGER"] = true;
    }
  }
  const conditions: (string | undefined)[] = [];
  for (const [logicalId, resource] of Object.entries(sam.resources)) {
    if (resource["Type"] !== "AWS::Serverless::Function") continue;
    const events = isDict(resource["Properties"]) ? resource["Properties"]["Events"] : undefined;
    if (!isDict(events)) continue;
    let used = false;
    for (const [eventId, event] of Object.entries(events)) {
      if (!isDict(event) || event["Type"] !== "HttpApi") continue;
      try {
        used = prepareEvent(sam, eventId, event) || used;
      } catch (error) {
        if (error instanceof InvalidEvent) throw new InvalidResource(logicalId, error.message);
        throw error;
      }
    }
    if (used) conditions.push(typeof resource["Condition"] === "string" ? resource["Condition"] : undefined);
  }
  const condition = joinConditions(sam, implicitHttpApi, conditions);
  const implicit = sam.resources[implicitHttpApi];
  if (condition !== undefined && implicit !== undefined) implicit["Condition"] = condition;
}

/** True when the event uses the shared API. */
function prepareEvent(sam: Sam, eventId: string, event: Dict): boolean {
  const properties = (event["Properties"] ??= {}) as Dict;
  if (!isDict(properties))
    throw new InvalidEvent(
      eventId,
      "Event 'Properties' must be an Object. If you're using YAML, this may be an indentation issue.",
    );
  let implicit = false;
  if (!("ApiId" in properties)) {
    sam.resources[implicitHttpApi] ??= {
      Type: "AWS::Serverless::HttpApi",
      Properties: { DefinitionBody: emptyOpenApi(), __MANAGE_SWAGGER: true },
    };
    properties["ApiId"] = { Ref: implicitHttpApi };
    implicit = true;
  }
  const { Path: path, Method: method } = properties;
  if (path === undefined && method === undefined) {
    properties["Path"] = defaultPath;
    properties["Method"] = anyMethod;
  } else if (path === undefined) throw new InvalidEvent(eventId, "Event is missing key 'Path'.");
  else if (method === undefined) throw new InvalidEvent(eventId, "Event is missing key 'Method'.");
  const apiId = properties["ApiId"];
  const name = isDict(apiId) ? apiId["Ref"] : apiId;
  const api = typeof name === "string" ? sam.resources[name] : undefined;
  if (api === undefined || api["Type"] !== "AWS::Serverless::HttpApi") {
    throw new InvalidEvent(
      eventId,
      "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template.",
    );
  }
  const body = isDict(api["Properties"]) ? api["Properties"]["DefinitionBody"] : undefined;
  if (isDict(body)) pathsOf(body);
  return implicit;
}
