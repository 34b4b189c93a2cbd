/** `DataSources` of a GraphQL API: tables and functions, each with a role and a connector unless the author gives a role. */
import { type Dict } from "../../template/value.ts";
import { transformConnector } from "../connector/connector.ts";
import { getAtt, ref, sub } from "../intrinsics.ts";
import { assumeRolePolicy } from "../policies.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import { type GraphQlContext, make } from "./context.ts";

export function dataSourcesOf(context: GraphQlContext): Resource[] {
  const sources = context.api.properties["DataSources"];
  if (!given(sources)) return [];
  const { DynamoDb: tables, Lambda: functions } = sources as Dict;
  return [
    ...entriesOf((tables ?? {}) as Dict).flatMap(([name, value]) =>
      tableSource(context, name, value as Dict),
    ),
    ...entriesOf((functions ?? {}) as Dict).flatMap(([name, value]) =>
      functionSource(context, name, value as Dict),
    ),
  ];
}

function tableSource(context: GraphQlContext, name: string, source: Dict): Resource[] {
  const region = given(source["Region"]) ? source["Region"] : ref("AWS::Region");
  const arn = given(source["TableArn"])
    ? source["TableArn"]
    : sub("arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}", {
        __TableName__: source["TableName"],
        __Region__: region,
      });
  const config: Dict = { AwsRegion: region, TableName: source["TableName"] };
  for (const member of ["UseCallerCredentials", "Versioned"]) {
    if (given(source[member])) config[member] = source[member];
  }
  if (given(source["DeltaSync"])) config["DeltaSyncConfig"] = source["DeltaSync"];
  const permissions = given(source["Permissions"]) ? source["Permissions"] : ["Read", "Write"];
  return sourceOf(context, {
    id: `${context.api.id}${name}DynamoDBDataSource`,
    name,
    source,
    properties: { Type: "AMAZON_DYNAMODB", DynamoDBConfig: config },
    connector: {
      suffix: "ToTableConnector",
      destination: { Type: "AWS::DynamoDB::Table", Arn: arn },
      permissions,
    },
  });
}

const functionSource = (context: GraphQlContext, name: string, source: Dict): Resource[] =>
  sourceOf(context, {
    id: `${context.api.id}${name}LambdaDataSource`,
    name,
    source,
    properties: { Type: "AWS_LAMBDA", LambdaConfig: { LambdaFunctionArn: source["FunctionArn"] } },
    connector: {
      suffix: "ToLambdaConnector",
      destination: { Type: "AWS::Lambda::Function", Arn: source["FunctionArn"] },
      permissions: ["Write"],
    },
  });

interface SourceInput {
  readonly id: string;
  readonly name: string;
  readonly source: Dict;
  readonly properties: Dict;
  readonly connector: { readonly suffix: string; readonly destination: Dict; readonly permissions: unknown };
}

function sourceOf(
  context: GraphQlContext,
  { id, name, source, properties, connector }: SourceInput,
): Resource[] {
  context.dataSourceNames.set(name, getAtt(id, "Name"));
  const ownRole = source["ServiceRoleArn"];
  const role = given(ownRole)
    ? undefined
    : make(context, `${id}Role`, "AWS::IAM::Role", {
        AssumeRolePolicyDocument: assumeRolePolicy("appsync.amazonaws.com"),
      });
  const made = make(context, id, "AWS::AppSync::DataSource", {
    Name: given(source["Name"]) ? source["Name"] : name,
    ApiId: context.apiId,
    Description: source["Description"],
    ServiceRoleArn: role === undefined ? ownRole : arnOf(role),
    ...properties,
  });
  if (role === undefined) return [made];
  const policies = transformConnector(context.sam, {
    id: id + connector.suffix,
    type: "AWS::Serverless::Connector",
    properties: {
      Source: { Type: "AWS::AppSync::DataSource", Arn: getAtt(id, "DataSourceArn"), RoleName: ref(role.id) },
      Destination: connector.destination,
      Permissions: connector.permissions,
    },
    attributes: {},
    shared: {},
    dependsOn: undefined,
  });
  return [made, role, ...policies];
}
