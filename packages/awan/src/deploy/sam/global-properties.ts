/** What the Globals section may say about each kind of resource, in the specification's order. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const globalProperties: Readonly<Record<string, readonly string[]>> = {
  Api: words(`
    Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables
    EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses
    AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags
    SecurityPolicy EndpointAccessMode
  `),
  CapacityProvider: words(`
    VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags LoggingConfig
    ManagedResourceTags
  `),
  Function: words(`
    Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags
    PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers DeploymentPreference
    RolePath PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig
    AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart
    EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn
    TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig PublishToLatestPublished
    VersionDeletionPolicy
  `),
  HttpApi: words(`
    Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings
    FailOnWarnings PropagateTags
  `),
  LayerVersion: words(`
    PublishLambdaVersion
  `),
  MicroVMImage: words(`
    BuildRoleArn BaseImageArn BaseImageVersion Logging EgressNetworkConnectors CpuConfigurations Resources
    AdditionalOsCapabilities Hooks EnvironmentVariables Tags PropagateTags
  `),
  NetworkConnector: words(`
    OperatorRole Tags PropagateTags
  `),
  SimpleTable: words(`
    SSESpecification
  `),
  StateMachine: words(`
    PropagateTags
  `),
  WebSocketApi: words(`
    AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint
    DisableSchemaValidation Domain FailOnWarnings IpAddressType PropagateTags RouteSelectionExpression
    RouteSettings StageVariables Tags
  `),
};
