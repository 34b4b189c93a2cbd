/** AWS::Serverless::HttpApi: an API made of its OpenAPI document, and its stage. */
import { type Dict, isDict, isIntrinsic } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { hashedId } from "../logical-id.ts";
import {
  derivedAttributes,
  make,
  type Made,
  ownAttributes,
  ref,
  type Sam,
  type SamResource,
  sub,
} from "../sam.ts";
import { parseS3Uri } from "../s3-location.ts";
import { addAuthorizers, authorizersOf } from "./http-api-auth.ts";
import { refuseDomain } from "./refuse-domain.ts";
import { addTags, defaultPath, isOpenApi, pathsOf } from "./openapi.ts";

export function transformHttpApi(sam: Sam, resource: SamResource): Made[] {
  const { id, raw, properties } = resource;
  refuseDomain(id, properties);
  const body = isDict(properties["DefinitionBody"]) ? properties["DefinitionBody"] : undefined;
  if (properties["DefinitionUri"] && body !== undefined) {
    throw new InvalidResource(
      id,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    );
  }
  if (properties["CorsConfiguration"]) addCors(id, properties["CorsConfiguration"], body);
  const auth = properties["Auth"];
  if (isDict(auth) && Object.keys(auth).length > 0) {
    if (body === undefined) {
      throw new InvalidResource(
        id,
        "Auth works only with inline OpenApi specified in the 'DefinitionBody' property.",
      );
    }
    checkAuth(id, auth, body);
    addAuthorizers(sam, id, auth, body);
  }
  const tags = addApiTags(id, properties, body);
  const disable = properties["DisableExecuteApiEndpoint"];
  if (disable !== undefined) {
    if (body === undefined) {
      throw new InvalidResource(id, "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
    }
    addEndpointConfiguration(body, disable);
  }
  addTitle(id, properties["Name"], body);
  addDescription(id, properties["Description"], body);
  if (properties["FailOnWarnings"] && body !== undefined) renameDefaultPath(body);
  const api = make(
    id,
    "AWS::ApiGatewayV2::Api",
    {
      FailOnWarnings: properties["FailOnWarnings"],
      BodyS3Location: properties["DefinitionUri"] ? bodyLocation(id, properties["DefinitionUri"]) : undefined,
      Body: properties["DefinitionUri"] ? undefined : body,
    },
    ownAttributes(raw),
  );
  if (!properties["DefinitionUri"] && body === undefined) {
    throw new InvalidResource(
      id,
      "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'. Add a value for one of these properties or add a 'HttpApi' event to an 'AWS::Serverless::Function'.",
    );
  }
  const stage = stageOf(sam, resource, tags);
  return [api, stage, ...authorizerPermissions(resource, auth)];
}

function checkAuth(id: string, auth: Dict, body: Dict): void {
  const names = ["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];
  if (!Object.keys(auth).every((key) => names.includes(key))) {
    throw new InvalidResource(id, "Invalid value for 'Auth' property");
  }
  if (!isOpenApi(body)) {
    throw new InvalidResource(
      id,
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
}

const corsNames = [
  "AllowMethods",
  "AllowHeaders",
  "AllowOrigins",
  "MaxAge",
  "ExposeHeaders",
  "AllowCredentials",
];

function addCors(id: string, cors: unknown, body: Dict | undefined): void {
  if (body === undefined) {
    throw new InvalidResource(
      id,
      "Cors works only with inline OpenApi specified in 'DefinitionBody' property.",
    );
  }
  const given: Dict =
    cors === true
      ? { AllowOrigins: ["*"] }
      : isIntrinsic(cors)
        ? { AllowOrigins: cors }
        : isDict(cors)
          ? cors
          : refuseCors(id);
  const unknown = Object.keys(given).find((key) => !corsNames.includes(key));
  if (unknown !== undefined) throw new InvalidResource(id, `Invalid key '${unknown}' for 'Cors' property.`);
  if (!isOpenApi(body)) {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  const origins = given["AllowOrigins"];
  if (
    given["AllowCredentials"] === true &&
    Array.isArray(origins) &&
    origins.length === 1 &&
    origins[0] === "*"
  ) {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
    );
  }
  const key = "x-amazon-apigateway-cors";
  const before = isDict(body[key]) ? body[key] : {};
  const pairs: readonly (readonly [string, string])[] = [
    ["allowOrigins", "AllowOrigins"],
    ["allowHeaders", "AllowHeaders"],
    ["allowMethods", "AllowMethods"],
    ["exposeHeaders", "ExposeHeaders"],
    ["maxAge", "MaxAge"],
    ["allowCredentials", "AllowCredentials"],
  ];
  body[key] = {
    ...before,
    ...Object.fromEntries(pairs.flatMap(([own, name]) => (given[name] ? [[own, given[name]]] : []))),
  };
}

const refuseCors = (id: string): never => {
  throw new InvalidResource(id, "Invalid value for 'Cors' property.");
};

function addApiTags(id: string, properties: Dict, body: Dict | undefined): Dict | undefined {
  const tags = isDict(properties["Tags"]) ? properties["Tags"] : undefined;
  if (tags !== undefined && body === undefined) {
    throw new InvalidResource(
      id,
      "Tags works only with inline OpenApi specified in the 'DefinitionBody' property.",
    );
  }
  if (body === undefined) return tags;
  if (tags !== undefined && !isOpenApi(body)) {
    throw new InvalidResource(
      id,
      "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  if (!isOpenApi(body)) return tags;
  const all = { ...tags, "httpapi:createdBy": "SAM" };
  addTags(body, all);
  return all;
}

function addEndpointConfiguration(body: Dict, disable: unknown): void {
  const servers = Array.isArray(body["servers"]) ? (body["servers"] as Dict[]) : [];
  const key = "x-amazon-apigateway-endpoint-configuration";
  if (servers.length === 0) servers.push({ [key]: {} });
  for (const server of servers) {
    const configuration = isDict(server[key]) ? server[key] : {};
    server[key] = { ...configuration, disableExecuteApiEndpoint: disable };
  }
  body["servers"] = servers;
}

function infoOf(body: Dict): Dict {
  if (!isDict(body["info"])) body["info"] = {};
  return body["info"] as Dict;
}

function addTitle(id: string, name: unknown, body: Dict | undefined): void {
  if (!name) return;
  if (body === undefined) {
    throw new InvalidResource(
      id,
      "Name works only with inline OpenApi specified in the 'DefinitionBody' property.",
    );
  }
  const title = infoOf(body)["title"];
  if (!isDict(title) || title["Ref"] !== "AWS::StackName") {
    throw new InvalidResource(
      id,
      "Unable to set Name because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
    );
  }
  infoOf(body)["title"] = name;
}

function addDescription(id: string, description: unknown, body: Dict | undefined): void {
  if (!description) return;
  if (body === undefined) {
    throw new InvalidResource(
      id,
      "Description works only with inline OpenApi specified in the 'DefinitionBody' property.",
    );
  }
  if (infoOf(body)["description"]) {
    throw new InvalidResource(
      id,
      "Unable to set Description because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
    );
  }
  infoOf(body)["description"] = description;
}

/** A document may not have `$default` as a path when warnings are failures. */
function renameDefaultPath(body: Dict): void {
  const paths = pathsOf(body);
  if (!(defaultPath in paths)) return;
  paths[`/${defaultPath}`] = paths[defaultPath];
  delete paths[defaultPath];
}

function bodyLocation(id: string, uri: unknown): Dict {
  if (isDict(uri)) {
    if (!uri["Bucket"] || !uri["Key"]) {
      throw new InvalidResource(id, "'DefinitionUri' requires Bucket and Key properties to be specified.");
    }
    return {
      Bucket: uri["Bucket"],
      Key: uri["Key"],
      ...("Version" in uri ? { Version: uri["Version"] } : {}),
    };
  }
  const parsed = parseS3Uri(uri);
  if (parsed === undefined) {
    throw new InvalidResource(
      id,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  return { ...parsed };
}

function stageOf(sam: Sam, { id, raw, properties }: SamResource, tags: Dict | undefined): Made {
  const name = properties["StageName"] ?? defaultPath;
  const stageId =
    name === defaultPath
      ? `${id}ApiGatewayDefaultStage`
      : typeof name === "string" && /^[A-Za-z0-9]+$/.test(name)
        ? `${id}${name}Stage`
        : hashedId(`${id}Stage`, typeof name === "string" ? name : "");
  sam.references.set(`${id}.Stage`, stageId);
  return make(
    stageId,
    "AWS::ApiGatewayV2::Stage",
    {
      ApiId: ref(id),
      StageName: name,
      StageVariables: properties["StageVariables"],
      AccessLogSettings: properties["AccessLogSettings"],
      DefaultRouteSettings: properties["DefaultRouteSettings"],
      Tags: tags,
      AutoDeploy: true,
      RouteSettings: properties["RouteSettings"],
    },
    derivedAttributes(raw),
  );
}

function authorizerPermissions({ id, raw }: SamResource, auth: unknown): Made[] {
  if (!isDict(auth)) return [];
  return Object.entries(authorizersOf(id, auth)).flatMap(([name, authorizer]) =>
    authorizer["FunctionArn"] && authorizer["EnableFunctionDefaultPermissions"]
      ? [
          make(
            `${id}${name}AuthorizerPermission`,
            "AWS::Lambda::Permission",
            {
              Action: "lambda:InvokeFunction",
              FunctionName: authorizer["FunctionArn"],
              Principal: "apigateway.amazonaws.com",
              SourceArn: sub(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*",
                { __ApiId__: ref(id) },
              ),
            },
            derivedAttributes(raw),
          ),
        ]
      : [],
  );
}
