/** The properties of each SAM resource and event type, in the specification's order. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const resourceProperties: Readonly<Record<string, readonly string[]>> = {
  "AWS::Serverless::Api": words(`
    __MANAGE_SWAGGER Name StageName Tags PropagateTags DefinitionBody DefinitionUri MergeDefinitions
    CacheClusterEnabled CacheClusterSize Variables EndpointConfiguration MethodSettings BinaryMediaTypes
    MinimumCompressionSize Cors Auth GatewayResponses AccessLogSetting CanarySetting TracingEnabled
    OpenApiVersion Models Domain FailOnWarnings Description Mode DisableExecuteApiEndpoint ApiKeySourceType
    AlwaysDeploy Policy SecurityPolicy EndpointAccessMode
  `),
  "AWS::Serverless::Application": words(`
    Location TemplateUrl Parameters NotificationARNs Tags TimeoutInMinutes
  `),
  "AWS::Serverless::Function": words(`
    FunctionName Handler Runtime CodeUri ImageUri PackageType InlineCode DeadLetterQueue Description
    MemorySize Timeout VpcConfig Role AssumeRolePolicyDocument Policies RolePath PermissionsBoundary
    Environment Events Tags PropagateTags Tracing KmsKeyArn DeploymentPreference ReservedConcurrentExecutions
    Layers EventInvokeConfig EphemeralStorage AutoPublishAlias AutoPublishCodeSha256
    AutoPublishAliasAllProperties VersionDescription ProvisionedConcurrencyConfig FileSystemConfigs
    ImageConfig CodeSigningConfigArn Architectures SnapStart FunctionUrlConfig RuntimeManagementConfig
    LoggingConfig RecursiveLoop SourceKMSKeyArn CapacityProviderConfig FunctionScalingConfig
    VersionDeletionPolicy PublishToLatestPublished TenancyConfig DurableConfig
  `),
  "AWS::Serverless::HttpApi": words(`
    __MANAGE_SWAGGER Name StageName Tags PropagateTags DefinitionBody DefinitionUri StageVariables
    CorsConfiguration AccessLogSettings DefaultRouteSettings Auth RouteSettings Domain FailOnWarnings
    Description DisableExecuteApiEndpoint
  `),
  "AWS::Serverless::LayerVersion": words(`
    LayerName Description PublishLambdaVersion ContentUri CompatibleArchitectures CompatibleRuntimes
    LicenseInfo RetentionPolicy
  `),
  "AWS::Serverless::SimpleTable": words(`
    PointInTimeRecoverySpecification PrimaryKey ProvisionedThroughput TableName Tags SSESpecification
  `),
  "AWS::Serverless::StateMachine": words(`
    Definition DefinitionUri Logging Role RolePath DefinitionSubstitutions Events Name Type Tags
    PropagateTags Policies Tracing PermissionsBoundary AutoPublishAlias DeploymentPreference
    UseAliasAsEventTarget
  `),
};
