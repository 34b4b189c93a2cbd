/** The properties of AWS::Serverless::GraphQLApi, as it checks them. */
import { type Model, required } from "../model.ts";

const authorizer = {
  Type: required({
    literals: ["AWS_IAM", "API_KEY", "AWS_LAMBDA", "OPENID_CONNECT", "AMAZON_COGNITO_USER_POOLS"],
  }),
  LambdaAuthorizer: {
    members: {
      AuthorizerResultTtlInSeconds: "any",
      AuthorizerUri: required("any"),
      IdentityValidationExpression: "any",
    },
  },
  OpenIDConnect: { members: { AuthTTL: "any", ClientId: "any", IatTTL: "any", Issuer: "any" } },
  UserPool: {
    members: { AppIdClientRegex: "any", AwsRegion: "any", DefaultAction: "any", UserPoolId: required("any") },
  },
} as const;

const runtime: Model = { members: { Name: required("any"), Version: required("any") } };
const sync: Model = {
  members: {
    ConflictDetection: required("any"),
    ConflictHandler: "any",
    LambdaConflictHandlerConfig: { members: { LambdaConflictHandlerArn: required("any") } },
  },
};

const tableSource: Model = {
  members: {
    TableName: required("any"),
    ServiceRoleArn: "any",
    TableArn: "any",
    Permissions: { list: { literals: ["Read", "Write"] } },
    Name: "any",
    Description: "any",
    Region: "any",
    DeltaSync: {
      members: {
        BaseTableTTL: required("any"),
        DeltaSyncTableName: required("any"),
        DeltaSyncTableTTL: required("any"),
      },
    },
    UseCallerCredentials: "any",
    Versioned: "any",
  },
};

const functionModel: Model = {
  members: {
    DataSource: { anyOf: ["map", "string"] },
    Runtime: runtime,
    InlineCode: "any",
    CodeUri: "any",
    Description: "any",
    MaxBatchSize: "any",
    Name: "string",
    Id: "any",
    Sync: sync,
  },
};

const resolver: Model = {
  members: {
    FieldName: "string",
    Caching: { members: { Ttl: required("any"), CachingKeys: { list: "any" } } },
    InlineCode: "any",
    CodeUri: "any",
    MaxBatchSize: "any",
    Pipeline: { list: "string" },
    Runtime: runtime,
    Sync: sync,
  },
};

export const graphQlModel: Model = {
  members: {
    Auth: required({ members: { ...authorizer, Additional: { list: { members: authorizer } } } }),
    Tags: "map",
    Name: "any",
    XrayEnabled: "boolean",
    SchemaInline: "any",
    SchemaUri: "any",
    Logging: {
      anyOf: [
        { members: { CloudWatchLogsRoleArn: "any", ExcludeVerboseContent: "any", FieldLogLevel: "any" } },
        "boolean",
      ],
    },
    DataSources: {
      members: {
        DynamoDb: { mapOf: tableSource },
        Lambda: {
          mapOf: {
            members: { FunctionArn: required("any"), ServiceRoleArn: "any", Name: "any", Description: "any" },
          },
        },
      },
    },
    Functions: { mapOf: functionModel },
    Resolvers: { mapOf: { mapOf: resolver } },
    ApiKeys: { mapOf: { members: { ApiKeyId: "any", Description: "any", ExpiresOn: "any" } } },
    DomainName: {
      members: { CertificateArn: required("any"), DomainName: required("any"), Description: "any" },
    },
    Cache: {
      members: {
        ApiCachingBehavior: required("any"),
        Ttl: required("any"),
        Type: required("any"),
        AtRestEncryptionEnabled: "any",
        TransitEncryptionEnabled: "any",
      },
    },
    Visibility: "any",
    OwnerContact: "any",
    IntrospectionConfig: "any",
    QueryDepthLimit: "any",
    ResolverCountLimit: "any",
  },
};
