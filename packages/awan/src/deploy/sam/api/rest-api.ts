/** AWS::Serverless::Api: a REST API made of its Swagger document, a deployment that changes with it, and a stage. */
import { type Dict, isDict, isIntrinsic, textOf } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { hashedId, longHash, shortHash, stableJson } from "../logical-id.ts";
import { parseS3Uri } from "../s3-location.ts";
import {
  derivedAttributes,
  make,
  type Made,
  ownAttributes,
  ref,
  resolveParameters,
  type Sam,
  type SamResource,
  sub,
  tagList,
} from "../sam.ts";
import { pathsOf } from "./openapi.ts";
import { addResourcePolicy } from "./resource-policy.ts";
import { addApiAuth, authorizersOf } from "./rest-api-auth.ts";
import { refuseDomain } from "./refuse-domain.ts";
import { gatewayResponses } from "./gateway-responses.ts";
import { addCorsMethods, asOpenApi3, isOpenApi3, isSwagger } from "./swagger.ts";
import { usagePlan } from "./usage-plan.ts";

export function transformApi(sam: Sam, resource: SamResource): Made[] {
  const { id, raw } = resource;
  const properties: Dict = {
    ...resource.properties,
    BinaryMediaTypes: resolveParameters(sam, resource.properties["BinaryMediaTypes"]),
    Auth: resolveParameters(sam, resource.properties["Auth"]),
  };
  check(id, properties);
  const body = isDict(properties["DefinitionBody"]) ? properties["DefinitionBody"] : undefined;
  const auth =
    isDict(properties["Auth"]) && Object.keys(properties["Auth"]).length > 0 ? properties["Auth"] : undefined;
  writeBody(sam, { id, properties, body, auth });
  const location = properties["DefinitionUri"] ? bodyLocation(id, properties["DefinitionUri"]) : undefined;
  const api = make(
    id,
    "AWS::ApiGateway::RestApi",
    {
      BinaryMediaTypes: properties["BinaryMediaTypes"],
      MinimumCompressionSize: properties["MinimumCompressionSize"],
      ...endpointOf(id, properties["EndpointConfiguration"]),
      FailOnWarnings: properties["FailOnWarnings"] || undefined,
      BodyS3Location: location,
      Body: location === undefined ? body : undefined,
      Name: properties["Name"] || undefined,
      Description: properties["Description"] || undefined,
      Mode: properties["Mode"] || undefined,
      ApiKeySourceType: properties["ApiKeySourceType"] || undefined,
      Policy: properties["Policy"] || undefined,
      SecurityPolicy: properties["SecurityPolicy"] || undefined,
      EndpointAccessMode: properties["EndpointAccessMode"] || undefined,
      Tags: undefined,
    },
    ownAttributes(raw),
  );
  const deployment = deploymentOf(resource, location ?? body, properties);
  const stage = stageOf(resource, properties, deployment.id);
  sam.references.set(`${id}.Deployment`, deployment.id);
  sam.references.set(`${id}.Stage`, stage.id);
  const made = [api, deployment, stage, ...authorizerPermissions(sam, resource, auth)];
  if (auth !== undefined) made.push(...usagePlan(sam, resource, auth, stage.id));
  return made;
}

function check(id: string, properties: Dict): void {
  if (properties["StageName"] === undefined)
    throw new InvalidResource(id, "Missing required property 'StageName'.");
  refuseDomain(id, properties);
  if (properties["DefinitionUri"] && properties["DefinitionBody"]) {
    throw new InvalidResource(
      id,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    );
  }
  if (properties["DefinitionUri"] && properties["MergeDefinitions"]) {
    throw new InvalidResource(id, "Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.");
  }
  const version = properties["OpenApiVersion"];
  if (version && !/^[2-3](\.\d)(\.\d)?$/.test(versionText(version))) {
    throw new InvalidResource(id, "The OpenApiVersion value must be of the format '3.0.0'.");
  }
}

/** YAML reads 3.0 as a number. */
const versionText = (version: unknown): string =>
  typeof version === "number" && Number.isInteger(version) ? version.toFixed(1) : textOf(version);

/** Documents the transform writes itself become OpenAPI 3 where that is asked for, before anything is written into them. */
export function settleVersions(sam: Sam): void {
  for (const resource of Object.values(sam.resources)) {
    const properties =
      isDict(resource) && resource["Type"] === "AWS::Serverless::Api" ? resource["Properties"] : undefined;
    if (!isDict(properties) || !properties["__MANAGE_SWAGGER"] || properties["OpenApiVersion"] === undefined)
      continue;
    const text = versionText(properties["OpenApiVersion"]);
    properties["OpenApiVersion"] = text;
    const body = properties["DefinitionBody"];
    if (!isDict(body) || !isOpenApi3(text)) continue;
    delete body["swagger"];
    body["openapi"] = text;
  }
}

interface Writing {
  readonly id: string;
  readonly properties: Dict;
  readonly body: Dict | undefined;
  readonly auth: Dict | undefined;
}

const authNames = new Set([
  "Authorizers",
  "DefaultAuthorizer",
  "InvokeRole",
  "AddDefaultAuthorizerToCorsPreflight",
  "AddApiKeyRequiredToCorsPreflight",
  "ApiKeyRequired",
  "ResourcePolicy",
  "UsagePlan",
]);

/** Everything that is written into the document, in the translator's order. */
function writeBody(sam: Sam, { id, properties, body, auth }: Writing): void {
  if (properties["Cors"]) addCors(id, properties["Cors"], body);
  if (auth !== undefined) {
    if (body === undefined) {
      throw new InvalidResource(
        id,
        "Auth works only with inline Swagger specified in 'DefinitionBody' property.",
      );
    }
    if (!Object.keys(auth).every((key) => authNames.has(key))) {
      throw new InvalidResource(id, "Invalid value for 'Auth' property");
    }
    if (!isSwagger(body)) throw invalidSwagger(id, "Auth configuration");
    addApiAuth(sam, id, auth, body);
    const policy = auth["ResourcePolicy"];
    if (isDict(policy)) {
      for (const path of Object.keys(pathsOf(body)))
        addResourcePolicy(body, policy, path, properties["StageName"]);
    }
  }
  if (auth !== undefined && body !== undefined) asOpenApi3(body, properties["OpenApiVersion"]);
  gatewayResponses(id, properties["GatewayResponses"], body);
  if (body === undefined) return;
  if (Array.isArray(properties["BinaryMediaTypes"]) && properties["BinaryMediaTypes"].length > 0) {
    body["x-amazon-apigateway-binary-media-types"] = slashes(properties["BinaryMediaTypes"]);
  }
  const models = properties["Models"];
  if (isDict(models)) {
    const definitions = (body["definitions"] ??= {}) as Dict;
    for (const [name, schema] of Object.entries(models)) {
      if (!isDict(schema)) throw new InvalidResource(id, "Invalid value for 'Models' property");
      definitions[name.toLowerCase()] = schema;
    }
  }
  if (isDict(models)) asOpenApi3(body, properties["OpenApiVersion"]);
  const disable = properties["DisableExecuteApiEndpoint"];
  if (disable !== undefined) disableEndpoint(body, disable);
  asOpenApi3(body, properties["OpenApiVersion"]);
}

const invalidSwagger = (id: string, what: string): InvalidResource =>
  new InvalidResource(
    id,
    `Unable to add ${what} because 'DefinitionBody' does not contain a valid Swagger definition.`,
  );

/** Media types may be written with `~1` for the slash. */
function slashes(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("~1", "/");
  if (Array.isArray(value)) return value.map(slashes);
  if (!isDict(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.replaceAll("~1", "/"), slashes(member)]),
  );
}

function disableEndpoint(body: Dict, disable: unknown): void {
  const key = "x-amazon-apigateway-endpoint-configuration";
  const targets = body["openapi"] === undefined ? [body] : ((body["servers"] ??= [{}]) as Dict[]);
  for (const target of targets) {
    target[key] = { ...(target[key] as Dict | undefined), disableExecuteApiEndpoint: disable };
  }
}

const corsNames = new Set(["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"]);

function addCors(id: string, cors: unknown, body: Dict | undefined): void {
  if (body === undefined) {
    throw new InvalidResource(
      id,
      "Cors works only with inline Swagger specified in 'DefinitionBody' property.",
    );
  }
  const given: unknown = typeof cors === "string" || isIntrinsic(cors) ? { AllowOrigin: cors } : cors;
  if (!isDict(given)) throw new InvalidResource(id, "Invalid value for 'Cors' property");
  const unknown = Object.keys(given).find((key) => !corsNames.has(key));
  if (unknown !== undefined) throw new InvalidResource(id, `Invalid key '${unknown}' for 'Cors' property.`);
  if (!isSwagger(body)) throw invalidSwagger(id, "Cors configuration");
  const origin = given["AllowOrigin"] ?? "'*'";
  if (given["AllowCredentials"] === true && origin === "'*'") {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set",
    );
  }
  addCorsMethods(body, {
    origin,
    headers: given["AllowHeaders"],
    methods: given["AllowMethods"],
    maxAge: given["MaxAge"],
    credentials: given["AllowCredentials"] === true,
  });
}

function bodyLocation(id: string, uri: unknown): Dict {
  const place = isDict(uri) ? uri : parseS3Uri(uri);
  if (place === undefined) {
    throw new InvalidResource(
      id,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  const { Bucket, Key, Version } = place as Dict;
  if (!Bucket || !Key) {
    throw new InvalidResource(id, "'DefinitionUri' requires Bucket and Key properties to be specified.");
  }
  return { Bucket, Key, ...(Version === undefined ? {} : { Version }) };
}

function endpointOf(id: string, value: unknown): Dict {
  if (!value) return {};
  if (!isDict(value) || !value["Type"]) {
    return { EndpointConfiguration: { Types: [value] }, Parameters: { endpointConfigurationTypes: value } };
  }
  if ("VPCEndpointIds" in value && "VpcEndpointIds" in value) {
    throw new InvalidResource(
      id,
      "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.",
    );
  }
  const endpoints = value["VPCEndpointIds"] ?? value["VpcEndpointIds"];
  return {
    Parameters: { endpointConfigurationTypes: value["Type"] },
    EndpointConfiguration: {
      Types: [value["Type"]],
      ...(endpoints === undefined ? {} : { VpcEndpointIds: endpoints }),
      ...("IpAddressType" in value ? { IpAddressType: value["IpAddressType"] } : {}),
    },
  };
}

/** Its logical id changes with the document, because only a new deployment publishes a changed API. */
function deploymentOf({ id, raw }: SamResource, document: unknown, properties: Dict): Made {
  const data = document === undefined ? "" : stableJson([document, properties["OpenApiVersion"]]);
  return make(
    data === "" ? `${id}Deployment` : `${id}Deployment${shortHash(data)}`,
    "AWS::ApiGateway::Deployment",
    {
      RestApiId: ref(id),
      Description: data === "" ? undefined : `RestApi deployment id: ${longHash(data)}`,
      StageName: properties["OpenApiVersion"] ? undefined : "Stage",
    },
    derivedAttributes(raw),
  );
}

function stageOf({ id, raw }: SamResource, properties: Dict, deploymentId: string): Made {
  const name = properties["StageName"];
  const prefix = typeof name === "string" ? name : "";
  const tags = properties["Tags"];
  return make(
    /^[A-Za-z0-9]+$/.test(prefix) ? `${id}${prefix}Stage` : hashedId(`${id}Stage`, prefix),
    "AWS::ApiGateway::Stage",
    {
      RestApiId: ref(id),
      DeploymentId: ref(deploymentId),
      StageName: name,
      CacheClusterEnabled: properties["CacheClusterEnabled"],
      CacheClusterSize: properties["CacheClusterSize"],
      Variables: properties["Variables"],
      MethodSettings: properties["MethodSettings"],
      AccessLogSetting: properties["AccessLogSetting"],
      CanarySetting: properties["CanarySetting"],
      TracingEnabled: properties["TracingEnabled"],
      Tags: isDict(tags) ? tagList(tags) : undefined,
    },
    derivedAttributes(raw),
  );
}

function authorizerPermissions(sam: Sam, { id, raw }: SamResource, auth: Dict | undefined): Made[] {
  if (auth === undefined) return [];
  return Object.entries(authorizersOf(id, auth)).flatMap(([name, authorizer]) =>
    authorizer["FunctionArn"] && !authorizer["DisableFunctionDefaultPermissions"]
      ? [
          make(
            `${id}${name}AuthorizerPermission`,
            "AWS::Lambda::Permission",
            {
              Action: "lambda:InvokeFunction",
              FunctionName: authorizer["FunctionArn"],
              Principal: "apigateway.amazonaws.com",
              SourceArn: sub(
                `arn:${sam.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`,
                { __ApiId__: ref(id) },
              ),
            },
            derivedAttributes(raw),
          ),
        ]
      : [],
  );
}
