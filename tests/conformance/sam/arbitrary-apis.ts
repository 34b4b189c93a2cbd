/** Random properties of APIs. */
import { choice, flag, map, text } from "./arbitrary-values.ts";

const functionArn = choice(
  { "Fn::GetAtt": ["Hello", "Arn"] },
  "arn:aws:lambda:us-east-1:123456789012:function:f",
);

const lambdas = map(
  {
    FunctionArn: functionArn,
    FunctionPayloadType: choice("TOKEN", "REQUEST"),
    Identity: map({
      Header: choice("X-Token"),
      Headers: choice(["X-A"]),
      QueryStrings: choice(["q"]),
      ReauthorizeEvery: choice(0, 30),
      ValidationExpression: choice("a.*"),
    }),
    FunctionInvokeRole: choice("arn:aws:iam::123456789012:role/r", "NONE"),
    AuthorizerPayloadFormatVersion: choice("2.0", 2),
    EnableSimpleResponses: flag,
    EnableFunctionDefaultPermissions: flag,
    DisableFunctionDefaultPermissions: flag,
  },
  ["FunctionArn"],
);
const users = map(
  {
    UserPoolArn: choice({ "Fn::GetAtt": ["Pool", "Arn"] }, ["a", "b"]),
    AuthorizationScopes: choice(["a"]),
    Identity: map({ Header: choice("X-Token") }),
  },
  ["UserPoolArn"],
);
const tokens = map(
  {
    JwtConfiguration: choice({ issuer: "i", audience: ["a"] }),
    IdentitySource: choice("$request.header.A"),
    AuthorizationScopes: choice(["a"]),
  },
  ["JwtConfiguration", "IdentitySource"],
);

const resourcePolicy = map({
  CustomStatements: choice([{ Action: "execute-api:Invoke", Resource: ["execute-api:/*"] }]),
  AwsAccountWhitelist: choice(["123456789012"]),
  IpRangeBlacklist: choice(["1.2.3.4"]),
  IntrinsicVpceWhitelist: choice([{ Ref: "Stage" }]),
  SourceVpcBlacklist: choice(["vpc-1", "vpce-1"]),
});

const domain = map(
  {
    DomainName: choice("example.com", { Ref: "Stage" }),
    CertificateArn: choice("arn"),
    EndpointConfiguration: choice("REGIONAL", "EDGE", "PRIVATE"),
    BasePath: choice(["/"], ["a", "b-c"], "x"),
    NormalizeBasePath: flag,
    Route53: map({
      HostedZoneId: choice("Z1"),
      HostedZoneName: choice("example.com."),
      IpV6: flag,
      EvaluateTargetHealth: flag,
      Region: choice("us-east-1"),
      SetIdentifier: choice("s"),
    }),
    SecurityPolicy: choice("TLS_1_2"),
    MutualTlsAuthentication: choice({ TruststoreUri: "s3://a/b" }),
    OwnershipVerificationCertificateArn: choice("arn"),
  },
  ["DomainName", "CertificateArn"],
);

const methods = (extra: object) => ({
  "/items": { get: { responses: { "200": { description: "fine" } }, ...extra }, post: { responses: {} } },
});

export const api = {
  Name: text,
  StageName: choice("prod", { Ref: "Stage" }),
  DefinitionUri: choice("s3://bucket/key", "local"),
  DefinitionBody: choice(
    { swagger: "2.0", info: { title: "t" }, paths: methods({}) },
    { openapi: "3.0.1", info: { title: "t" }, paths: methods({ security: [{ Users: [] }] }) },
    { swagger: "2.0", paths: {} },
    {},
  ),
  CacheClusterEnabled: flag,
  Variables: choice({ a: "b" }),
  EndpointConfiguration: choice("REGIONAL", { Type: "PRIVATE", VPCEndpointIds: ["v"] }),
  BinaryMediaTypes: choice(["image~1png"]),
  MinimumCompressionSize: choice(10),
  Cors: choice(
    "'*'",
    { AllowOrigin: "'*'", AllowMethods: "'GET'", AllowCredentials: true },
    { AllowHeaders: "'A'", MaxAge: "'3'" },
  ),
  Auth: map({
    DefaultAuthorizer: choice("Lambdas", "Users", "AWS_IAM", "Missing"),
    Authorizers: map({ Lambdas: lambdas, Users: users }, ["Lambdas", "Users"]),
    ApiKeyRequired: flag,
    AddDefaultAuthorizerToCorsPreflight: flag,
    AddApiKeyRequiredToCorsPreflight: flag,
    InvokeRole: choice("NONE"),
    ResourcePolicy: resourcePolicy,
    UsagePlan: map(
      {
        CreateUsagePlan: choice("PER_API", "SHARED", "NONE", "OTHER"),
        UsagePlanName: text,
        Quota: choice({ Limit: 1 }),
      },
      ["CreateUsagePlan"],
    ),
  }),
  GatewayResponses: choice(
    { DEFAULT_4XX: { StatusCode: 400, ResponseParameters: { Headers: { A: "'b'" } } } },
    { A: { Wrong: 1 } },
  ),
  AccessLogSetting: choice({ DestinationArn: "arn" }),
  TracingEnabled: flag,
  OpenApiVersion: choice("2.0", "3.0.1", "3.0", "4"),
  Models: choice({ User: { type: "object" } }),
  Domain: domain,
  Description: text,
  FailOnWarnings: flag,
  AlwaysDeploy: flag,
  PropagateTags: flag,
  Tags: choice({ A: "b" }),
  Mode: choice("overwrite"),
  DisableExecuteApiEndpoint: flag,
  MergeDefinitions: flag,
};

export const httpApi = {
  Name: text,
  StageName: choice("prod", { Ref: "Stage" }),
  DefinitionBody: choice(
    { openapi: "3.0.1", info: { title: "t" }, paths: methods({}) },
    { swagger: "2.0", paths: {} },
  ),
  DefinitionUri: choice("s3://bucket/key"),
  Auth: map({
    DefaultAuthorizer: choice("Lambdas", "Users", "Missing", "AWS_IAM"),
    Authorizers: map({ Lambdas: lambdas, Users: tokens }, ["Lambdas", "Users"]),
    EnableIamAuthorizer: flag,
  }),
  CorsConfiguration: choice(true, { AllowOrigins: ["*"], AllowCredentials: true, MaxAge: 3 }),
  AccessLogSettings: choice({ DestinationArn: "arn" }),
  DefaultRouteSettings: choice({ ThrottlingBurstLimit: 1 }),
  RouteSettings: choice({ "GET /items": { ThrottlingBurstLimit: 1 } }),
  StageVariables: choice({ a: "b" }),
  Domain: domain,
  Description: text,
  FailOnWarnings: flag,
  PropagateTags: flag,
  Tags: choice({ A: "b" }),
  DisableExecuteApiEndpoint: flag,
};

const route = map(
  { FunctionArn: functionArn, IntegrationTimeout: choice(3000), ApiKeyRequired: flag, OperationName: text },
  ["FunctionArn"],
);

export const webSocketApi = {
  Name: text,
  StageName: choice("prod"),
  RouteSelectionExpression: choice("$request.body.action"),
  Routes: map({ $connect: route, $default: route, send: route }, ["$connect"]),
  Auth: map({
    AuthType: choice("NONE", "AWS_IAM", "CUSTOM"),
    AuthArn: functionArn,
    IdentitySource: choice(["route.request.header.A"]),
  }),
  ApiKeySelectionExpression: choice("$request.header.x-api-key"),
  Domain: domain,
  Tags: choice({ A: "b" }),
  PropagateTags: flag,
  StageVariables: choice({ a: "b" }),
  DefaultRouteSettings: choice({ ThrottlingBurstLimit: 1 }),
};
