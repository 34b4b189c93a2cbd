/** AWS::Serverless::HttpApi: an HTTP API from its document, with stage, domain and permissions. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectString } from "../expect.ts";
import { isFunction, isNoValue, ref, sub } from "../intrinsics.ts";
import { hashedId, isAlphanumeric } from "../logical-id.ts";
import { arnText } from "../partition.ts";
import { at, keysOf, nameIn, put, remove } from "../python/dictionary.ts";
import { byteString } from "../python/byte-string.ts";
import { given } from "../python/text.ts";
import { propagateTags, Resource } from "../resource.ts";
import { definitionLocation } from "../s3-location.ts";
import { resolved, type Sam, type SamResource } from "../sam.ts";
import { httpAuthorizersOf } from "./http-authorizer.ts";
import { isDefaultTitle, isOpenApi, OpenApiDocument } from "./open-api-document.ts";
import { v2Domain } from "./v2-domain.ts";

const defaultStage = "$default";
const tagName = "httpapi:createdBy";
const corsMembers = [
  "AllowMethods",
  "AllowHeaders",
  "AllowOrigins",
  "MaxAge",
  "ExposeHeaders",
  "AllowCredentials",
];
const authMembers = ["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];

export function transformHttpApi(sam: Sam, api: SamResource): Resource[] {
  const { id, properties } = api;
  for (const name of ["CorsConfiguration", "Domain"]) {
    if (name in properties) properties[name] = resolved(sam, properties[name]);
  }
  const hasBody = (properties["DefinitionBody"] ?? undefined) !== undefined;
  const { resource, tags } = httpApiOf(sam, api);
  const domain = v2Domain(sam, api, { config: properties["Domain"], tag: tagName });
  const made = [resource, ...authorizerPermissions(sam, api)];
  if (domain !== undefined) {
    made.push(domain.domain, ...domain.mappings, ...(domain.records === undefined ? [] : [domain.records]));
  }
  made.push(stageOf(id, api, tags));
  propagateTags(made, properties["Tags"], hasBody);
  return made;
}

/** Edits of the document, each refused with its own text when there is none. */
function httpApiOf(sam: Sam, api: SamResource): { resource: Resource; tags: unknown } {
  const { id, properties } = api;
  const uri = properties["DefinitionUri"];
  let body = properties["DefinitionBody"];
  if (given(uri) && given(body)) {
    throw new InvalidResource(
      id,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    );
  }
  if (given(properties["CorsConfiguration"])) body = withCors(id, body, properties["CorsConfiguration"]);
  body = withAuth(sam, api, body);
  const tags = tagsOf(id, body, properties);
  if (given(tags) && isOpenApi(body)) {
    const editor = new OpenApiDocument(body);
    editor.addTags(tags as Dict);
    body = editor.result();
  }
  const disabled = properties["DisableExecuteApiEndpoint"] ?? undefined;
  if (disabled !== undefined) {
    body = edited(
      id,
      body,
      "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.",
      (editor) => editor.setEndpointDisabled(disabled),
    );
  }
  body = withInfo(id, body, properties);
  if (given(properties["FailOnWarnings"]) && given(body)) renameDefaultPath(body as Dict);
  const made: Dict = given(properties["FailOnWarnings"])
    ? { FailOnWarnings: properties["FailOnWarnings"] }
    : {};
  if (given(uri)) made["BodyS3Location"] = definitionLocation(id, uri);
  else if (given(body)) made["Body"] = body;
  else {
    throw new InvalidResource(
      id,
      "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'. Add a value for one of these properties or add a 'HttpApi' event to an 'AWS::Serverless::Function'.",
    );
  }
  const { dependsOn, attributes } = api;
  return {
    resource: new Resource(id, "AWS::ApiGatewayV2::Api", { dependsOn, attributes, properties: made }),
    tags,
  };
}

function edited(id: string, body: unknown, refusal: string, edit: (document: OpenApiDocument) => void): Dict {
  if (!given(body)) throw new InvalidResource(id, refusal);
  const document = new OpenApiDocument(body);
  edit(document);
  return document.result();
}

function withCors(id: string, body: unknown, cors: unknown): Dict {
  if (!given(body)) {
    throw new InvalidResource(
      id,
      "Cors works only with inline OpenApi specified in 'DefinitionBody' property.",
    );
  }
  let settings: Dict;
  if (typeof cors === "boolean") settings = { AllowOrigins: ["*"] };
  else if (isFunction(cors)) settings = { AllowOrigins: cors };
  else if (isDict(cors)) {
    const unknown = keysOf(cors).find((key) => !corsMembers.includes(key));
    if (unknown !== undefined) throw new InvalidResource(id, `Invalid key '${unknown}' for 'Cors' property.`);
    settings = cors;
  } else throw new InvalidResource(id, "Invalid value for 'Cors' property.");
  if (!isOpenApi(body)) {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  const origins = settings["AllowOrigins"];
  if (
    settings["AllowCredentials"] === true &&
    Array.isArray(origins) &&
    origins.length === 1 &&
    origins[0] === "*"
  ) {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
    );
  }
  const document = new OpenApiDocument(body);
  document.addCors(settings);
  return document.result();
}

function withAuth(sam: Sam, { id, properties }: SamResource, body: unknown): unknown {
  const auth = properties["Auth"];
  if (!given(auth)) return body;
  if (!given(body)) {
    throw new InvalidResource(
      id,
      "Auth works only with inline OpenApi specified in the 'DefinitionBody' property.",
    );
  }
  const config = auth as Dict;
  if (!keysOf(config).every((key) => authMembers.includes(key))) {
    throw new InvalidResource(id, "Invalid value for 'Auth' property");
  }
  if (!isOpenApi(body)) {
    throw new InvalidResource(
      id,
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  const document = new OpenApiDocument(body);
  const authorizers = httpAuthorizersOf(id, sam.partition, {
    config: config["Authorizers"],
    iam: config["EnableIamAuthorizer"],
  });
  document.addAuthorizers(authorizers);
  const name = config["DefaultAuthorizer"];
  if (given(name) && !isNoValue(name)) {
    expectString(name, { id, path: "Auth.DefaultAuthorizer" });
    if (!authorizers.has(name)) {
      throw new InvalidResource(
        id,
        `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
      );
    }
    for (const path of document.pathNames()) document.setDefaultAuthorizer(path, name, authorizers);
  }
  return document.result();
}

/** The author's tags and our own, which are written into the same object. */
function tagsOf(id: string, body: unknown, properties: Dict): unknown {
  const tags = properties["Tags"];
  if (given(tags) && !given(body)) {
    throw new InvalidResource(
      id,
      "Tags works only with inline OpenApi specified in the 'DefinitionBody' property.",
    );
  }
  if (!given(body)) return tags;
  if (!isOpenApi(body)) {
    if (!given(tags)) return tags;
    throw new InvalidResource(
      id,
      "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  const all = given(tags) ? (tags as Dict) : {};
  put(all, byteString(tagName), byteString("SAM"));
  return all;
}

function withInfo(id: string, body: unknown, { Name: name, Description: description }: Dict): unknown {
  let result = body;
  if (given(name)) {
    const refusal = "Name works only with inline OpenApi specified in the 'DefinitionBody' property.";
    if (given(result) && !isDefaultTitle(infoMember(id, result as Dict, "title", "."))) {
      throw new InvalidResource(
        id,
        "Unable to set Name because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
      );
    }
    result = edited(id, result, refusal, (document) => document.setTitle(name));
  }
  if (given(description)) {
    const refusal = "Description works only with inline OpenApi specified in the 'DefinitionBody' property.";
    if (given(result) && given(infoMember(id, result as Dict, "description", "'."))) {
      throw new InvalidResource(
        id,
        "Unable to set Description because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
      );
    }
    result = edited(id, result, refusal, (document) => document.setDescription(description));
  }
  return result;
}

function infoMember(id: string, body: Dict, name: string, end: string): unknown {
  const info = at(body, "info") ?? undefined;
  if (info === undefined) return undefined;
  if (isDict(info)) return at(info, name);
  throw new InvalidResource(id, `Invalid 'DefinitionBody': The value of 'info' should be a map${end}`);
}

/** API Gateway warns of a path without a slash, and warnings would be failures. */
function renameDefaultPath(body: Dict): void {
  const paths = at(body, "paths");
  if (!isDict(paths) || nameIn(paths, defaultStage) === undefined) return;
  const item = at(paths, defaultStage);
  remove(paths, defaultStage);
  put(paths, `/${defaultStage}`, item);
}

function stageOf(id: string, { properties, shared }: SamResource, tags: unknown): Resource {
  const name = given(properties["StageName"]) ? properties["StageName"] : defaultStage;
  const text = typeof name === "string" ? name : "";
  const stageId = isAlphanumeric(text)
    ? `${id}${text}Stage`
    : text === defaultStage
      ? `${id}ApiGatewayDefaultStage`
      : hashedId(`${id}Stage`, text);
  return new Resource(stageId, "AWS::ApiGatewayV2::Stage", {
    attributes: shared,
    properties: {
      ApiId: ref(id),
      StageName: name,
      StageVariables: properties["StageVariables"],
      AccessLogSettings: properties["AccessLogSettings"],
      DefaultRouteSettings: properties["DefaultRouteSettings"],
      Tags: tags,
      AutoDeploy: true,
      RouteSettings: properties["RouteSettings"],
    },
  });
}

/** For functions that authorize and whose author asked for it. */
function authorizerPermissions(sam: Sam, { id, properties, shared }: SamResource): Resource[] {
  const auth = properties["Auth"];
  if (!given(auth)) return [];
  const { Authorizers: config, EnableIamAuthorizer: iam } = auth as Dict;
  return [...httpAuthorizersOf(id, sam.partition, { config, iam })].flatMap(
    ([name, { functionArn, mayInvoke }]) =>
      given(functionArn) && mayInvoke
        ? [
            authorizerPermission(`${id}${name}AuthorizerPermission`, {
              functionArn,
              apiId: id,
              attributes: shared,
            }),
          ]
        : [],
  );
}

export const authorizerPermission = (
  logicalId: string,
  { functionArn, apiId, attributes }: { functionArn: unknown; apiId: string; attributes: Dict },
): Resource =>
  new Resource(logicalId, "AWS::Lambda::Permission", {
    attributes,
    properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: functionArn,
      Principal: "apigateway.amazonaws.com",
      SourceArn: sub(arnText("${AWS::Partition}", "execute-api", "${__ApiId__}/authorizers/*"), {
        __ApiId__: ref(apiId),
      }),
    },
  });
