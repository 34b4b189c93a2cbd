/** AWS::Serverless::GraphQLApi: an AppSync API with its schema, keys, cache, domain, data sources, functions and resolvers. */
import { type Dict, isDict } from "../../template/value.ts";
import { transformConnector } from "../connector/connector.ts";
import { InvalidResource } from "../errors.ts";
import { getAtt, ref } from "../intrinsics.ts";
import { deviations } from "../model.ts";
import { assumeRolePolicy } from "../policies.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource, tagList } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";
import { shapes } from "../shapes.ts";
import { authOf } from "./auth.ts";
import { type GraphQlContext, make, present } from "./context.ts";
import { dataSourcesOf } from "./data-sources.ts";
import { functionsOf, resolversOf } from "./functions.ts";
import { graphQlModel } from "./model.ts";

export function transformGraphQlApi(sam: Sam, api: SamResource): Resource[] {
  const { id, properties } = api;
  const known = Object.fromEntries(
    Object.entries(properties).filter(([name]) => shapes.graphQlApi.has(name)),
  );
  const [first] = deviations(known, graphQlModel);
  if (first !== undefined) throw new InvalidResource(id, `Property '${first.path.join(".")}' is invalid.`);
  const context: GraphQlContext = {
    sam,
    api,
    apiId: getAtt(id, "ApiId"),
    dataSourceNames: new Map(),
    functionIds: new Map(),
    none: undefined,
  };
  const auth = authOf(id, properties["Auth"] as Dict);
  const connectors = auth.lambdaArns.map((arn, index) => authConnector(id, arn, index + 1));
  const logging = loggingOf(context);
  const graphQl = apiOf(api, { ...auth.properties, ...logging.properties });
  const schema = schemaOf(context);
  const made = [
    graphQl,
    schema,
    ...connectors.flatMap((each) => transformConnector(sam, each)),
    ...logging.resources,
  ];
  made.push(...apiKeysOf(context), ...cacheOf(context), ...dataSourcesOf(context), ...domainOf(context));
  made.push(...functionsOf(context), ...resolversOf(context, schema.id));
  if (context.none !== undefined) made.push(context.none);
  return made;
}

const passedOn = [
  "Visibility",
  "OwnerContact",
  "IntrospectionConfig",
  "QueryDepthLimit",
  "ResolverCountLimit",
];

function apiOf({ id, properties, attributes, dependsOn }: SamResource, more: Dict): Resource {
  const tags = given(properties["Tags"]) ? (properties["Tags"] as Dict) : {};
  tags["graphqlapi:createdBy"] = "SAM";
  return new Resource(id, "AWS::AppSync::GraphQLApi", {
    dependsOn,
    attributes,
    properties: {
      Name: given(properties["Name"]) ? properties["Name"] : id,
      ...Object.fromEntries(
        passedOn.filter((name) => given(properties[name])).map((name) => [name, properties[name]]),
      ),
      XrayEnabled: properties["XrayEnabled"],
      Tags: tagList(tags),
      ...more,
    },
  });
}

/** A connector for each authorizer function: AppSync may call it. */
function authConnector(apiId: string, functionArn: unknown, number: number): SamResource {
  return {
    id: `${apiId}ToLambdaAuthConnector${number}`,
    type: "AWS::Serverless::Connector",
    properties: {
      Source: { Type: "AWS::AppSync::GraphQLApi", Arn: ref(apiId), ResourceId: getAtt(apiId, "ApiId") },
      Destination: { Type: "AWS::Lambda::Function", Arn: functionArn },
      Permissions: ["Write"],
    },
    attributes: {},
    shared: {},
    dependsOn: undefined,
  };
}

/** Everything is logged, under a role of its own, unless the author says otherwise. */
function loggingOf(context: GraphQlContext): { properties: Dict; resources: Resource[] } {
  const { id, properties } = context.api;
  const logging = properties["Logging"];
  if (logging === false) return { properties: {}, resources: [] };
  const role = make(context, `${id}CloudWatchRole`, "AWS::IAM::Role", {
    AssumeRolePolicyDocument: assumeRolePolicy("appsync.amazonaws.com"),
    ManagedPolicyArns: [
      { "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs" },
    ],
  });
  const config: Dict = { FieldLogLevel: "ALL" };
  if (isDict(logging)) {
    if (given(logging["ExcludeVerboseContent"]))
      config["ExcludeVerboseContent"] = logging["ExcludeVerboseContent"];
    if (given(logging["FieldLogLevel"])) config["FieldLogLevel"] = logging["FieldLogLevel"];
    if (given(logging["CloudWatchLogsRoleArn"])) {
      config["CloudWatchLogsRoleArn"] = logging["CloudWatchLogsRoleArn"];
      return { properties: { LogConfig: config }, resources: [] };
    }
  }
  config["CloudWatchLogsRoleArn"] = arnOf(role);
  return { properties: { LogConfig: config }, resources: [role] };
}

function schemaOf(context: GraphQlContext): Resource {
  const { id, properties } = context.api;
  const { SchemaInline: inline, SchemaUri: uri } = properties;
  if (!given(inline) && !given(uri)) {
    throw new InvalidResource(id, "One of 'SchemaInline' or 'SchemaUri' must be set.");
  }
  if (given(inline) && given(uri)) {
    throw new InvalidResource(id, "Both 'SchemaInline' and 'SchemaUri' cannot be defined at the same time.");
  }
  return make(context, `${id}Schema`, "AWS::AppSync::GraphQLSchema", {
    ApiId: context.apiId,
    Definition: inline,
    DefinitionS3Location: uri,
  });
}

function apiKeysOf(context: GraphQlContext): Resource[] {
  const { id, properties } = context.api;
  return entriesOf((properties["ApiKeys"] ?? {}) as Dict).map(([name, value]) => {
    const { ApiKeyId, Description, ExpiresOn } = value as Dict;
    return make(context, id + name, "AWS::AppSync::ApiKey", {
      ApiId: context.apiId,
      ApiKeyId,
      Description,
      Expires: ExpiresOn,
    });
  });
}

function cacheOf(context: GraphQlContext): Resource[] {
  const { id, properties } = context.api;
  const cache = properties["Cache"];
  if (!given(cache)) return [];
  return [
    make(context, `${id}ApiCache`, "AWS::AppSync::ApiCache", {
      ApiId: context.apiId,
      ...present(cache as Dict),
    }),
  ];
}

function domainOf(context: GraphQlContext): Resource[] {
  const { id, properties } = context.api;
  const domain = properties["DomainName"];
  if (!given(domain)) return [];
  return [
    make(context, `${id}DomainName`, "AWS::AppSync::DomainName", present(domain as Dict)),
    make(context, `${id}DomainNameApiAssociation`, "AWS::AppSync::DomainNameApiAssociation", {
      ApiId: context.apiId,
      DomainName: ref(`${id}DomainName`),
    }),
  ];
}
