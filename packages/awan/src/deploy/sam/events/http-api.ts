/** HttpApi: a route of an HTTP API calls the function; it is written into the API's document. */
import { type Dict, isDict } from "../../template/value.ts";
import { anyMethod } from "../api/document.ts";
import { defaultPath, OpenApiDocument } from "../api/open-api-document.ts";
import { InvalidDocument, InvalidEvent, InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { apiIdOf, sub } from "../intrinsics.ts";
import { arnText } from "../partition.ts";
import { withoutMark } from "../python/byte-string.ts";
import { put } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import type { Resource } from "../resource.ts";
import { shape } from "../shape.ts";
import { type EventKinds, type Link, permission, type SamEvent, type Target } from "./event.ts";
import { integrationUri } from "./integration-uri.ts";

export const httpApiEvents: EventKinds = {
  HttpApi: {
    shape: shape(`
      Path: string; Method: string; ApiId: string; Stage: string; Auth: map; TimeoutInMillis: integer
      RouteSettings: map; PayloadFormatVersion: string`),
    link: (sam, { name, properties }) => {
      const id = apiIdOf(properties["ApiId"]);
      const resource =
        typeof id === "string" && Object.hasOwn(sam.resources, id) ? sam.resources[id] : undefined;
      if (resource === undefined) {
        throw new InvalidEvent(
          name,
          "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template.",
        );
      }
      return { api: "Properties" in resource ? resource["Properties"] : {}, id };
    },
    make: (_sam, event, { target, link }) => {
      event.properties["Method"] = String(event.properties["Method"]).toLowerCase();
      const allowed = invokePermission(event, target, link);
      addIntegration(event, target, link);
      return allowed === undefined ? [] : [allowed];
    },
  },
};

const withGreedyParts = (path: string): string => path.replaceAll(/{([a-zA-Z0-9._-]+|proxy\+)}/g, "*");

function invokePermission(event: SamEvent, target: Target, link: Link): Resource | undefined {
  const { properties } = event;
  const method = withoutMark(properties["Method"] as string);
  let path = withoutMark(properties["Path"] as string).replace(/^(.+)\/$/, "$1");
  const document = documentOf(event, link);
  if (path === defaultPath) path = "";
  else if (document?.isAnsweredBy(defaultPath, anyMethod, target.resource.id) === true) return undefined;
  path = withGreedyParts(path);
  const verb = method === "any" || method === anyMethod ? "*" : method.toUpperCase();
  const route = method === "any" && path === `/${defaultPath}` ? path : `/${verb}${path}`;
  const resource = `\${__ApiId__}/\${__Stage__}${route}`;
  return permission(event, target, {
    principal: "apigateway.amazonaws.com",
    SourceArn: sub(arnText("${AWS::Partition}", "execute-api", resource), {
      __ApiId__: properties["ApiId"],
      __Stage__: "*",
    }),
  });
}

function documentOf(event: SamEvent, link: Link): OpenApiDocument | undefined {
  const body = (link["api"] as Dict)["DefinitionBody"];
  if (!given(body)) return undefined;
  try {
    return new OpenApiDocument(body);
  } catch (error) {
    if (!(error instanceof InvalidDocument)) throw error;
    throw new InvalidResource(
      shown(apiIdOf(event.properties["ApiId"])),
      error.causes.map((cause) => cause.report).join(" "),
    );
  }
}

function addIntegration(event: SamEvent, target: Target, link: Link): void {
  const { name, properties } = event;
  const api = link["api"] as Dict;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const body = api["DefinitionBody"] ?? undefined;
  if (body === undefined) return;
  const document = new OpenApiDocument(body);
  if (given(api["__MANAGE_SWAGGER"]) && document.hasIntegration(path, method)) {
    throw new InvalidEvent(
      name,
      `API method '${withoutMark(method)}' defined multiple times for path '${withoutMark(path)}'.`,
    );
  }
  document.addLambdaIntegration(path, method, {
    uri: integrationUri(target, { partition: "${AWS::Partition}" }),
    condition: target.resource.attributes["Condition"],
  });
  if (given(properties["Auth"])) addAuth(event, { document, api, apiId: link["id"] as string });
  if (given(properties["TimeoutInMillis"])) document.addTimeout(path, method, properties["TimeoutInMillis"]);
  const parameters = [...path.matchAll(/{(.*?)}/g)].map((match) => match[1] ?? "");
  if (parameters.length > 0) document.addPathParameters(path, method, parameters);
  const version = properties["PayloadFormatVersion"];
  if (given(version)) document.setPayloadVersion(path, method, version);
  put(api, "DefinitionBody", document.result());
}

function addAuth(
  { name, properties }: SamEvent,
  { document, api, apiId }: { document: OpenApiDocument; api: Dict; apiId: string },
): void {
  const auth = properties["Auth"] as Dict;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const refuse = (message: string): never => {
    throw new InvalidEvent(name, message);
  };
  const apiAuth = "Auth" in api ? api["Auth"] : {};
  expectMap(apiAuth, { id: apiId, path: "Auth" });
  if (!given(auth["Authorizer"])) {
    if (!given(apiAuth["DefaultAuthorizer"])) {
      refuse(
        "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
      );
    }
    put(auth, "Authorizer", apiAuth["DefaultAuthorizer"]);
  }
  const authorizer = auth["Authorizer"];
  const authorizers = given(apiAuth) ? apiAuth["Authorizers"] : apiAuth;
  const isIam = authorizer === "AWS_IAM" && apiAuth["EnableIamAuthorizer"] === true;
  const on = `on API method [${withoutMark(method)}] for path [${withoutMark(path)}]`;
  const unable = `Unable to set Authorizer [${shown(authorizer)}] ${on}`;
  if (authorizer === "NONE") {
    if (!given(apiAuth["DefaultAuthorizer"])) {
      refuse(
        `Unable to set Authorizer ${on} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
      );
    }
  } else if (!isIam) {
    if (typeof authorizer === "string" && !given(authorizers) && isDict(authorizers)) {
      refuse(`${unable} because the related API does not define any Authorizers.`);
    }
    if (typeof authorizer !== "string" || !isDict(authorizers)) {
      return refuse(
        `${unable}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
      );
    }
    if (!given(authorizers[authorizer]))
      refuse(`${unable} because it wasn't defined in the API's Authorizers.`);
  }
  const scopes = auth["AuthorizationScopes"];
  if (given(scopes) && !Array.isArray(scopes)) {
    refuse(`Unable to set Authorizer ${on} because 'AuthorizationScopes' must be a list of strings.`);
  }
  document.setMethodAuth(path, method, { authorizer, scopes, authorizers });
}
