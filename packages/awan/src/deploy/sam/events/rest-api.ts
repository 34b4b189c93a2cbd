/** Api: a method of a REST API calls the function; it is written into the API's document, if SAM manages that. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { apiIdOf, sub } from "../intrinsics.ts";
import { arnText } from "../partition.ts";
import { withoutMark } from "../python/byte-string.ts";
import { at, copyOf, keysOf, nameIn, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import type { Sam } from "../sam.ts";
import { shape } from "../shape.ts";
import { methodKey } from "../api/document.ts";
import { withGreedyParts } from "../api/resource-policy.ts";
import { emptySwagger, SwaggerDocument } from "../api/swagger-document.ts";
import {
  type EventKind,
  type EventKinds,
  type Link,
  permission,
  type SamEvent,
  type Target,
} from "./event.ts";
import { integrationUri } from "./integration-uri.ts";
import { addRestAuth, integrationCredentials } from "./rest-api-auth.ts";
import { addRequestModel, addRequestParameters } from "./rest-api-request.ts";

/** The API an event refers to: its properties, id and the name of its stage. */
export function linkRestApi(sam: Sam, { name, properties }: SamEvent): Link {
  const id = apiIdOf(properties["RestApiId"]);
  if (typeof id !== "string") return { api: undefined, id, stage: "AllStages" };
  const resource = Object.hasOwn(sam.resources, id) ? sam.resources[id] : undefined;
  expectMap(
    resource,
    { id: name, path: "RestApiId", of: "event" },
    "RestApiId property of Api event must reference a valid resource in the same template.",
  );
  const api = "Properties" in resource ? resource["Properties"] : {};
  expectMap(api, { id, path: "Properties", of: "attribute" });
  const stage = api["StageName"];
  if (stage === "") throw new InvalidResource(id, "StageName cannot be empty.");
  return { api, id, stage: typeof stage === "string" ? stage : "Stage" };
}

export const restApiEvents: EventKinds = {
  Api: {
    shape: shape(`
      Path: !string; Method: !string; RestApiId: !string; Stage: string; Auth: map; RequestModel: map
      RequestParameters: list; TimeoutInMillis: integer; ResponseTransferMode: string`),
    link: linkRestApi,
    make: (sam, event, { target, link }) => {
      const { properties } = event;
      properties["Method"] = (properties["Method"] as string).toLowerCase();
      const made = [invokePermission(sam, event, target, link)];
      const api = link["api"] as Dict | undefined;
      if (api === undefined) {
        throw new InvalidEvent(
          event.name,
          "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.",
        );
      }
      if (given(api["__MANAGE_SWAGGER"]) || given(api["MergeDefinitions"]))
        addIntegration(sam, event, target, link);
      overrideAuth(sam, event, link);
      return made;
    },
  } satisfies EventKind,
};

function invokePermission(
  sam: Sam,
  event: SamEvent,
  target: Target,
  link: Link,
): ReturnType<typeof permission> {
  const { RestApiId: apiId, Path: rawPath, Method: rawMethod } = event.properties;
  const path = withGreedyParts((rawPath as string).replace(/^(.+)\/$/, "$1"));
  const method = rawMethod === "any" ? "*" : (rawMethod as string).toUpperCase();
  const resource = `\${__ApiId__}/\${__Stage__}/${method}${path}`;
  return permission(event, target, {
    principal: "apigateway.amazonaws.com",
    suffix: link["stage"],
    SourceArn: sub(arnText(sam.partition, "execute-api", resource), { __ApiId__: apiId, __Stage__: "*" }),
  });
}

/** Auth of the event over that of a document which the author wrote. */
function overrideAuth(sam: Sam, event: SamEvent, link: Link): void {
  const api = link["api"] as Dict;
  const auth = event.properties["Auth"] as Dict | undefined;
  const body = api["DefinitionBody"];
  if (!given(body) || auth === undefined || !given(auth) || !given(auth["OverrideApiAuth"])) return;
  if (!given(auth["Authorizer"]) && !given(auth["ApiKeyRequired"]) && !given(auth["ResourcePolicy"])) {
    throw new InvalidEvent(
      event.name,
      "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.",
    );
  }
  const document = new SwaggerDocument(body);
  addRestAuth(sam, event, { document, link });
  put(api, "DefinitionBody", document.result());
}

function addIntegration(sam: Sam, event: SamEvent, target: Target, link: Link): void {
  const { name, properties } = event;
  const api = link["api"] as Dict;
  const apiId = link["id"] as string;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const body = api["DefinitionBody"] ?? undefined;
  if (body === undefined) return;
  const merges = given(api["MergeDefinitions"]);
  const mode = properties["ResponseTransferMode"];
  const document = new SwaggerDocument(merges ? emptySwagger() : body);
  if (document.hasIntegration(path, method)) {
    throw new InvalidEvent(name, `API method "${method}" defined multiple times for path "${path}".`);
  }
  const auth = given(properties["Auth"]) ? properties["Auth"] : {};
  expectMap(auth, { id: name, path: "Auth", of: "event" });
  const apiAuth = given(api["Auth"]) ? api["Auth"] : {};
  expectMap(apiAuth, { id: apiId, path: "Auth" });
  document.addLambdaIntegration(path, method, {
    uri: integrationUri(target, { partition: sam.partition, streams: mode === "RESPONSE_STREAM" }),
    credentials: integrationCredentials(sam, { auth, apiAuth }),
    condition: target.resource.attributes["Condition"],
    streams: mode === "RESPONSE_STREAM",
  });
  if (given(properties["Auth"])) addRestAuth(sam, event, { document, link });
  if (given(properties["TimeoutInMillis"])) document.addTimeout(path, method, properties["TimeoutInMillis"]);
  addRequestModel(event, { document, api });
  addRequestParameters(event, document);
  const result = merges
    ? merged(event, { document, apiId, source: api["DefinitionBody"] as Dict })
    : document.result();
  put(api, "DefinitionBody", result);
}

/** The author's document with the generated method in it. */
function merged(
  { properties }: SamEvent,
  { document, apiId, source }: { document: SwaggerDocument; apiId: string; source: Dict },
): Dict {
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const result = copyOf(source);
  const notMap = (where: string): Error =>
    new InvalidResource(apiId, `Property 'DefinitionBody' is invalid: ${where} should be a map`);
  const paths = given(at(result, "paths")) ? at(result, "paths") : {};
  if (!isDict(paths)) throw notMap("It");
  const item = at(paths, path) ?? undefined;
  if (item !== undefined && !isDict(item)) throw notMap(`The value of '${path.replace(/^\.+/, "")}'`);
  const own = item === undefined || !given(at(item, method)) ? {} : at(item, method);
  expectMap(own, { id: apiId, path: `DefinitionBody.paths.${path}.${method}` });
  const generated = at(at(document.result(), "paths") as Dict, path) as Dict;
  const both: Dict = {};
  for (const part of [own, at(generated, methodKey(method)) as Dict]) {
    for (const key of keysOf(part)) both[nameIn(both, key) ?? key] = part[key];
  }
  if (nameIn(paths, path) === undefined) put(paths, path, { [method]: both });
  put(at(paths, path) as Dict, withoutMark(method), both);
  return result;
}
