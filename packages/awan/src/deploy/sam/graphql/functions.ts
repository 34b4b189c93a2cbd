/** `Functions` and `Resolvers` of a GraphQL API: pipelines of AppSync functions in JavaScript. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { getAtt } from "../intrinsics.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import { Resource } from "../resource.ts";
import { type GraphQlContext, make, present } from "./context.ts";

/** What a pipeline does around its functions when the author does not say: nothing. */
const defaultCode = `
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
`;
const defaultRuntime = { Name: "APPSYNC_JS", RuntimeVersion: "1.0.0" };

export function functionsOf(context: GraphQlContext): Resource[] {
  const { id, properties } = context.api;
  return entriesOf((properties["Functions"] ?? {}) as Dict).flatMap(([name, value]) => {
    const config = value as Dict;
    if (given(config["Id"])) {
      if (Object.keys(present(config)).length !== 1) {
        throw new InvalidResource(name, "'Id' cannot be defined with other properties in Function.");
      }
      context.functionIds.set(name, config["Id"]);
      return [];
    }
    const { InlineCode: inline, CodeUri: uri } = config;
    if (given(inline) && given(uri)) throw bothCodes(name);
    if (!given(inline) && !given(uri)) {
      throw new InvalidResource(name, "One of 'InlineCode' or 'CodeUri' must be set.");
    }
    const made = make(context, id + name, "AWS::AppSync::FunctionConfiguration", {
      ApiId: context.apiId,
      Name: given(config["Name"]) ? config["Name"] : name,
      ...(given(inline) ? { Code: inline } : { CodeS3Location: uri }),
      DataSourceName: dataSourceName(context, name, config["DataSource"]),
      MaxBatchSize: config["MaxBatchSize"],
      Description: config["Description"],
      Runtime: runtimeOf(name, config["Runtime"]),
      ...(given(config["Sync"]) ? { SyncConfig: present(config["Sync"] as Dict) } : {}),
    });
    context.functionIds.set(name, getAtt(made.id, "FunctionId"));
    return [made];
  });
}

const bothCodes = (name: string): InvalidResource =>
  new InvalidResource(name, "Both 'InlineCode' and 'CodeUri' cannot be defined at the same time.");

function runtimeOf(name: string, runtime: unknown): Dict {
  if (!given(runtime)) {
    throw new InvalidResource(name, `'Runtime' must be defined as a property in ${name}.`);
  }
  const { Name, Version } = runtime as Dict;
  return { Name, RuntimeVersion: Version };
}

function dataSourceName(context: GraphQlContext, name: string, source: unknown): unknown {
  if (!given(source)) throw new InvalidResource(name, "'DataSource' must be set.");
  if (isDict(source)) return source;
  const wanted = shown(source);
  if (wanted.toLowerCase() === "none") {
    const noneId = `${context.api.id}NoneDataSource`;
    context.none ??= make(context, noneId, "AWS::AppSync::DataSource", {
      ApiId: context.apiId,
      Name: noneId,
      Type: "NONE",
    });
    return getAtt(noneId, "Name");
  }
  const known = context.dataSourceNames.get(wanted);
  if (known !== undefined) return known;
  throw new InvalidResource(
    name,
    `Either define DataSource '${wanted}' in 'DataSources' or use intrinsic function like GetAtt, ImportValue, Sub or another one to reference a DataSource defined outside of this GraphQLApi resource.`,
  );
}

export function resolversOf(context: GraphQlContext, schemaId: string): Resource[] {
  const { properties } = context.api;
  return entriesOf((properties["Resolvers"] ?? {}) as Dict).flatMap(([typeName, fields]) =>
    entriesOf(fields as Dict).map(([name, value]) =>
      resolverOf(context, { typeName, name, config: value as Dict, schemaId }),
    ),
  );
}

function resolverOf(
  context: GraphQlContext,
  { typeName, name, config, schemaId }: { typeName: string; name: string; config: Dict; schemaId: string },
): Resource {
  const { id, attributes } = context.api;
  const { InlineCode: inline, CodeUri: uri } = config;
  if (given(inline) && given(uri)) throw bothCodes(name);
  const hasCode = given(inline) || given(uri);
  const runtime = hasCode ? runtimeOf(name, config["Runtime"]) : defaultRuntime;
  if (!given(config["Pipeline"])) {
    throw new InvalidResource(
      name,
      `Resolver '${name}' must have Pipeline defined. Unit resolvers are not supported. If you need a Unit resolver you can use AppSync resource.`,
    );
  }
  const functions = (config["Pipeline"] as unknown[]).map(shown).map((each) => {
    if (context.functionIds.has(each)) return context.functionIds.get(each);
    throw new InvalidResource(name, `Function '${each}' does not exist.`);
  });
  return new Resource(id + typeName + name, "AWS::AppSync::Resolver", {
    dependsOn: [schemaId],
    attributes,
    properties: {
      Code: hasCode ? inline : defaultCode,
      CodeS3Location: uri,
      Runtime: runtime,
      ApiId: context.apiId,
      FieldName: given(config["FieldName"]) ? config["FieldName"] : name,
      TypeName: typeName,
      Kind: "PIPELINE",
      PipelineConfig: { Functions: functions },
      ...(given(config["Caching"]) ? { CachingConfig: present(config["Caching"] as Dict) } : {}),
      ...(given(config["MaxBatchSize"]) ? { MaxBatchSize: config["MaxBatchSize"] } : {}),
    },
  });
}
