/** The properties of each type of SAM resource, in the notation of `shape.ts`. */
import { shape } from "./shape.ts";

export const shapes = {
  function: shape(`
    FunctionName: string|map; Handler: pass; Runtime: pass; CodeUri: pass; ImageUri: pass; PackageType: pass
    InlineCode: pass; DeadLetterQueue: map; Description: pass; MemorySize: pass; Timeout: pass; VpcConfig: pass
    Role: string; AssumeRolePolicyDocument: map; Policies: string|map|[string|map]; RolePath: pass
    PermissionsBoundary: string; Environment: {map}; Events: {map}; Tags: map; PropagateTags: boolean
    Tracing: map|string; KmsKeyArn: pass; DeploymentPreference: map; ReservedConcurrentExecutions: pass
    Layers: [string|map]; EventInvokeConfig: map; EphemeralStorage: pass; AutoPublishAlias: string|string
    AutoPublishCodeSha256: string|string; AutoPublishAliasAllProperties: =boolean; VersionDescription: pass
    ProvisionedConcurrencyConfig: pass; FileSystemConfigs: pass; ImageConfig: pass; CodeSigningConfigArn: pass
    Architectures: pass; SnapStart: map; FunctionUrlConfig: map; RuntimeManagementConfig: pass; LoggingConfig: pass
    RecursiveLoop: pass; SourceKMSKeyArn: pass; CapacityProviderConfig: map; FunctionScalingConfig: map
    VersionDeletionPolicy: 'Delete'|'Retain'; PublishToLatestPublished: pass; TenancyConfig: pass; DurableConfig: map`),
  capacityProvider: shape(`
    CapacityProviderName: =string|map; VpcConfig: !=map; OperatorRole: =string|map; Tags: =map; PropagateTags: =boolean
    InstanceRequirements: =map; ScalingConfig: =map; KmsKeyArn: =string|map`),
  api: shape(`
    __MANAGE_SWAGGER: boolean; Name: string|map; StageName: !string|map; Tags: map; PropagateTags: boolean
    DefinitionBody: map; DefinitionUri: string|map; MergeDefinitions: =boolean; CacheClusterEnabled: boolean
    CacheClusterSize: string; Variables: map; EndpointConfiguration: string|map; MethodSettings: list
    BinaryMediaTypes: list; MinimumCompressionSize: integer; Cors: string|map; Auth: map; GatewayResponses: map
    AccessLogSetting: map; CanarySetting: map; TracingEnabled: boolean; OpenApiVersion: string; Models: map
    Domain: map; FailOnWarnings: boolean; Description: string; Mode: string; DisableExecuteApiEndpoint: boolean
    ApiKeySourceType: string; AlwaysDeploy: =boolean; Policy: string|map; SecurityPolicy: string
    EndpointAccessMode: string`),
  httpApi: shape(`
    __MANAGE_SWAGGER: boolean; Name: pass; StageName: string|map; Tags: map; PropagateTags: boolean
    DefinitionBody: map; DefinitionUri: string|map; StageVariables: map; CorsConfiguration: boolean|map
    AccessLogSettings: map; DefaultRouteSettings: map; Auth: map; RouteSettings: map; Domain: map
    FailOnWarnings: boolean; Description: string; DisableExecuteApiEndpoint: boolean`),
  webSocketApi: shape(`
    ApiKeySelectionExpression: string; AccessLogSettings: map; Auth: map; DefaultRouteSettings: map
    Description: string; DisableExecuteApiEndpoint: boolean; Domain: map; DisableSchemaValidation: boolean
    FailOnWarnings: boolean; IpAddressType: string; Name: string; PropagateTags: boolean; Routes: !map
    RouteSettings: map; RouteSelectionExpression: !string; StageName: string|map; StageVariables: map; Tags: map`),
  simpleTable: shape(`
    PointInTimeRecoverySpecification: pass; PrimaryKey: {string}; ProvisionedThroughput: {integer|map}
    TableName: string|map; Tags: map; SSESpecification: map`),
  application: shape(`
    Location: !string|map; TemplateUrl: string; Parameters: map; NotificationARNs: [string|map]; Tags: map
    TimeoutInMinutes: integer`),
  layerVersion: shape(`
    LayerName: string|map; Description: string; PublishLambdaVersion: boolean; ContentUri: !string|map
    CompatibleArchitectures: [string|map]; CompatibleRuntimes: [string|map]; LicenseInfo: string
    RetentionPolicy: string`),
  stateMachine: shape(`
    Definition: map; DefinitionUri: string|map; Logging: map; Role: string; RolePath: pass
    DefinitionSubstitutions: map; Events: {map}; Name: string; Type: string; Tags: map; PropagateTags: boolean
    Policies: string|[string|map]; Tracing: map; PermissionsBoundary: string; AutoPublishAlias: pass
    DeploymentPreference: pass; UseAliasAsEventTarget: =boolean`),
  connector: shape(`Source: !{any}; Destination: !{any}|[{any}]; Permissions: ![string]`),
  graphQlApi: shape(`
    Name: pass; Tags: =map; XrayEnabled: pass; Auth: !=map; SchemaInline: =string; SchemaUri: =string
    Logging: =map|boolean; DataSources: =map; Functions: =map; Resolvers: =map; ApiKeys: =map; DomainName: =map
    Cache: =map; Visibility: pass; OwnerContact: pass; IntrospectionConfig: pass; QueryDepthLimit: pass
    ResolverCountLimit: pass`),
} as const;
