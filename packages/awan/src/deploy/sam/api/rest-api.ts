/** AWS::Serverless::Api: a REST API with its deployment, stage, domain, usage plan and permissions. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { ref, sub } from "../intrinsics.ts";
import { suffixedId } from "../logical-id.ts";
import { arnText, hasEdgeApis } from "../partition.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import { dictionary, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { propagateTags, Resource, tagList } from "../resource.ts";
import { definitionLocation } from "../s3-location.ts";
import { resolved, type Sam, type SamResource } from "../sam.ts";
import { deploymentHash } from "./deployment-id.ts";
import { asOpenApi, authorizersOf, isOpenApiVersion, restApiBody } from "./rest-api-body.ts";
import { restDomain } from "./rest-domain.ts";
import { usagePlanOf } from "./usage-plan.ts";

export function transformRestApi(sam: Sam, api: SamResource): Resource[] {
  const { properties } = api;
  for (const name of ["BinaryMediaTypes", "Domain", "Auth"]) {
    if (name in properties) properties[name] = resolved(sam, properties[name]);
  }
  const restApi = restApiOf(sam, api);
  const domain = restDomain(sam, api);
  const { deployment, stage } = stageOf(sam, api, restApi);
  const made = [restApi, deployment, stage, ...authorizerPermissions(sam, api), ...domain];
  const auth = properties["Auth"];
  if (given(auth)) made.push(...usagePlanOf(sam, api, { plan: (auth as Dict)["UsagePlan"], stage }));
  propagateTags(made, properties["Tags"], properties["PropagateTags"]);
  return made;
}

function checkDefinition({ id, properties }: SamResource): void {
  const { DefinitionUri: uri, DefinitionBody: body, OpenApiVersion: version } = properties;
  if (given(uri) && given(body)) {
    throw new InvalidResource(
      id,
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
    );
  }
  if (given(uri) && given(properties["MergeDefinitions"])) {
    throw new InvalidResource(id, "Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.");
  }
  if (given(version) && !isOpenApiVersion(version)) {
    throw new InvalidResource(id, "The OpenApiVersion value must be of the format '3.0.0'.");
  }
}

const passedOn = [
  "FailOnWarnings",
  "Name",
  "Description",
  "Mode",
  "ApiKeySourceType",
  "Policy",
  "SecurityPolicy",
  "EndpointAccessMode",
];

function restApiOf(sam: Sam, api: SamResource): Resource {
  checkDefinition(api);
  const { id, properties } = api;
  const made: Dict = {
    BinaryMediaTypes: properties["BinaryMediaTypes"],
    MinimumCompressionSize: properties["MinimumCompressionSize"],
  };
  const endpoint = properties["EndpointConfiguration"];
  if (given(endpoint)) Object.assign(made, endpointConfiguration(id, endpoint));
  else if (!hasEdgeApis(sam.partition)) Object.assign(made, endpointConfiguration(id, "REGIONAL"));
  const body = restApiBody(sam, api);
  if (given(properties["DefinitionUri"]))
    made["BodyS3Location"] = bodyLocation(id, properties["DefinitionUri"]);
  else if (body !== undefined) made["Body"] = asOpenApi(body, properties["OpenApiVersion"]);
  for (const name of passedOn) if (given(properties[name])) made[name] = properties[name];
  return new Resource(id, "AWS::ApiGateway::RestApi", {
    dependsOn: api.dependsOn,
    attributes: api.attributes,
    properties: made,
  });
}

function bodyLocation(id: string, uri: unknown): Dict {
  const location = dictionary();
  for (const [name, value] of Object.entries(definitionLocation(id, uri)))
    put(location, byteString(name), value);
  return location;
}

function endpointConfiguration(id: string, value: unknown): Dict {
  if (!isDict(value) || !given(value["Type"])) {
    return { EndpointConfiguration: { Types: [value] }, Parameters: { endpointConfigurationTypes: value } };
  }
  const type = value["Type"];
  if ("VPCEndpointIds" in value && "VpcEndpointIds" in value) {
    throw new InvalidResource(
      id,
      "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.",
    );
  }
  const ids = given(value["VPCEndpointIds"]) ? value["VPCEndpointIds"] : value["VpcEndpointIds"];
  return {
    Parameters: { endpointConfigurationTypes: type },
    EndpointConfiguration: {
      Types: [type],
      ...("VPCEndpointIds" in value || "VpcEndpointIds" in value ? { VpcEndpointIds: ids ?? null } : {}),
      ...("IpAddressType" in value ? { IpAddressType: value["IpAddressType"] } : {}),
    },
  };
}

function stageOf(
  sam: Sam,
  { id, properties, shared }: SamResource,
  restApi: Resource,
): { deployment: Resource; stage: Resource } {
  const version = properties["OpenApiVersion"];
  const deployment = new Resource(`${id}Deployment`, "AWS::ApiGateway::Deployment", {
    attributes: shared,
    properties: { RestApiId: ref(id), ...(given(version) ? {} : { StageName: "Stage" }) },
  });
  const name = properties["StageName"];
  const stage = new Resource(stageId(id, name), "AWS::ApiGateway::Stage", {
    attributes: shared,
    properties: {
      RestApiId: ref(id),
      StageName: name,
      CacheClusterEnabled: properties["CacheClusterEnabled"],
      CacheClusterSize: properties["CacheClusterSize"],
      Variables: properties["Variables"],
      MethodSettings: properties["MethodSettings"],
      AccessLogSetting: properties["AccessLogSetting"],
      CanarySetting: properties["CanarySetting"],
      TracingEnabled: properties["TracingEnabled"],
      ...((properties["Tags"] ?? undefined) === undefined ? {} : { Tags: tagList(properties["Tags"]) }),
    },
  });
  const document = (restApi.properties["Body"] ?? restApi.properties["BodyS3Location"]) as Dict | undefined;
  if (document !== undefined && given(document)) {
    const hash = deploymentHash({
      document,
      openApiVersion: version,
      domain: properties["Domain"],
      functionNames: sam.functionNames.get(id),
      ...(given(properties["AlwaysDeploy"]) ? { always: String(sam.nowSeconds) } : {}),
    });
    deployment.id += hash.slice(0, 10);
    deployment.properties["Description"] = `RestApi deployment id: ${hash}`;
  }
  stage.properties["DeploymentId"] = ref(deployment.id);
  return { deployment, stage };
}

function stageId(id: string, name: unknown): string {
  const text = typeof name === "string" ? withoutMark(name) : "";
  return /^[\p{L}\p{N}]+$/u.test(text) ? `${id}${text}Stage` : suffixedId(id, "Stage", text);
}

/** Functions that authorize may be called by the API. */
function authorizerPermissions(sam: Sam, { id, properties, shared }: SamResource): Resource[] {
  const auth = properties["Auth"];
  if (!given(auth)) return [];
  const authorizers = authorizersOf(sam, id, { config: (auth as Dict)["Authorizers"] });
  return [...authorizers].flatMap(([name, { functionArn, noPermission }]) =>
    !given(functionArn) || noPermission
      ? []
      : [
          new Resource(`${id}${withoutMark(name)}AuthorizerPermission`, "AWS::Lambda::Permission", {
            attributes: shared,
            properties: {
              Action: "lambda:InvokeFunction",
              FunctionName: functionArn,
              Principal: "apigateway.amazonaws.com",
              SourceArn: sub(arnText(sam.partition, "execute-api", "${__ApiId__}/authorizers/*"), {
                __ApiId__: ref(id),
              }),
            },
          }),
        ],
  );
}
