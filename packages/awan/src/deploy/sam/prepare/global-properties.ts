/** What `Globals` may hold, by type; types with nothing take part in the merge, but have no section. */

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

export const globalProperties: Readonly<Record<string, readonly string[]>> = {
  Function: names(`
    Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags
    PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers DeploymentPreference
    RolePath PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig
    AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart
    EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn
    TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig PublishToLatestPublished
    VersionDeletionPolicy`),
  Api: names(`
    Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables EndpointConfiguration
    MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses AccessLogSetting CanarySetting
    TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags SecurityPolicy EndpointAccessMode`),
  HttpApi: names(`
    Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings
    FailOnWarnings PropagateTags`),
  SimpleTable: names(`
    SSESpecification`),
  StateMachine: names(`
    PropagateTags`),
  LayerVersion: names(`
    PublishLambdaVersion`),
  CapacityProvider: names(`
    VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags`),
  WebSocketApi: names(`
    AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint
    DisableSchemaValidation Domain FailOnWarnings IpAddressType PropagateTags RouteSelectionExpression
    RouteSettings StageVariables Tags`),
  Application: [],
};
