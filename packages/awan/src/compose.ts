/**
 * The only file that knows every service: how each is loaded, which provides which CloudFormation types, and which
 * answers HTTP that is no AWS API call. Everything is imported when first needed.
 */
import type { PolicySource } from "./host/authorization.ts";
import type { Address } from "./wire/host-address.ts";
import type { HttpRequest } from "./host/http.ts";
import type { FunctionRunner } from "./host/functions.ts";
import type { ServiceLoaders } from "./host/registry.ts";
import type { Shell } from "./host/service.ts";
import type { ResourceProvider } from "./host/resource.ts";

type Providers = { readonly providers: readonly ResourceProvider[] };

interface Family {
  /** The service whose operations the providers call; it is loaded with them. */
  readonly service: string;
  readonly load: () => Promise<Providers>;
}

/** Who provides `AWS::<key>::*`. */
const families: Readonly<Record<string, Family>> = {
  ApiGatewayV2: { service: "apigatewayv2", load: () => import("./services/apigatewayv2/resource.ts") },
  CertificateManager: { service: "acm", load: () => import("./services/acm/resource.ts") },
  CloudWatch: { service: "cloudwatch", load: () => import("./services/cloudwatch/resource.ts") },
  DynamoDB: { service: "dynamodb", load: () => import("./services/dynamodb/resource.ts") },
  EC2: { service: "ec2", load: () => import("./services/ec2/resource.ts") },
  ECR: { service: "ecr", load: () => import("./services/ecr/resource.ts") },
  Events: { service: "events", load: () => import("./services/events/resource.ts") },
  IAM: { service: "iam", load: () => import("./services/iam/resource.ts") },
  Kinesis: { service: "kinesis", load: () => import("./services/kinesis/resource.ts") },
  KinesisFirehose: { service: "firehose", load: () => import("./services/firehose/resource.ts") },
  KMS: { service: "kms", load: () => import("./services/kms/resource.ts") },
  Lambda: { service: "lambda", load: () => import("./services/lambda/resource.ts") },
  Logs: { service: "logs", load: () => import("./services/logs/resource.ts") },
  Route53: { service: "route53", load: () => import("./services/route53/resource.ts") },
  S3: { service: "s3", load: () => import("./services/s3/resource.ts") },
  SecretsManager: { service: "secretsmanager", load: () => import("./services/secretsmanager/resource.ts") },
  SNS: { service: "sns", load: () => import("./services/sns/resource.ts") },
  SQS: { service: "sqs", load: () => import("./services/sqs/resource.ts") },
  SSM: { service: "ssm", load: () => import("./services/ssm/resource.ts") },
};

export interface Parts {
  /** Where functions run. */
  readonly runner: () => Promise<FunctionRunner>;
  /** Loads a service into the platform that is being composed. */
  readonly load: (service: string) => Promise<unknown>;
}

async function provider(parts: Parts, type: string): Promise<ResourceProvider | undefined> {
  const [vendor, name = ""] = type.split("::");
  const family = vendor === "AWS" && Object.hasOwn(families, name) ? families[name] : undefined;
  if (family === undefined) return undefined;
  const [{ providers }] = await Promise.all([family.load(), parts.load(family.service)]);
  return providers.find((each) => each.type === type);
}

/** Every service Awan has, by the name of its table. */
export function composeServices(parts: Parts): ServiceLoaders {
  return {
    acm: async () => (await import("./services/acm/index.ts")).service,
    apigatewayv2: async () => (await import("./services/apigatewayv2/index.ts")).service,
    cloudformation: async () =>
      (await import("./deploy/index.ts")).createCloudFormation({ provider: (type) => provider(parts, type) }),
    cloudwatch: async () => (await import("./services/cloudwatch/index.ts")).service,
    dynamodb: async () => (await import("./services/dynamodb/index.ts")).service,
    "dynamodb-streams": async () => (await import("./services/dynamodb-streams/index.ts")).service,
    ec2: async () => (await import("./services/ec2/index.ts")).service,
    events: async () => (await import("./services/events/index.ts")).service,
    firehose: async () => (await import("./services/firehose/index.ts")).service,
    ecr: async () => (await import("./services/ecr/index.ts")).service,
    iam: async () => (await import("./services/iam/index.ts")).service,
    kinesis: async () => (await import("./services/kinesis/index.ts")).service,
    kms: async () => (await import("./services/kms/index.ts")).service,
    lambda: async () => (await import("./services/lambda/index.ts")).createLambda(await parts.runner()),
    logs: async () => (await import("./services/logs/index.ts")).service,
    resourcegroupstaggingapi: async () =>
      (await import("./services/resourcegroupstaggingapi/index.ts")).service,
    route53: async () => (await import("./services/route53/index.ts")).service,
    s3: async () => (await import("./services/s3/index.ts")).service,
    "s3-control": async () => (await import("./services/s3-control/index.ts")).service,
    secretsmanager: async () => (await import("./services/secretsmanager/index.ts")).service,
    sns: async () => (await import("./services/sns/index.ts")).service,
    sqs: async () => (await import("./services/sqs/index.ts")).service,
    ssm: async () => (await import("./services/ssm/index.ts")).service,
    sts: async () => (await import("./services/sts/index.ts")).service,
  };
}

/** What decides for a caller when IAM is enforced: its policies, as IAM and, for a role's session, STS know them. */
export const policiesOfCaller: PolicySource = (call) => {
  const { accessKeyId } = call.principal;
  const session = accessKeyId === undefined ? undefined : call.ports.sts.sessionOf(call, accessKeyId);
  return call.ports.iam.policiesOf(call, session);
};

/** The service that answers a host name somebody registered for an API. */
export async function frontOfDomain(platform: Shell, domainName: string): Promise<string | undefined> {
  const owner = await platform.run({ name: "apigatewayv2.OwnerOfDomain" }, (call) => ({
    scope: call.ports.apigatewayv2.ownerOfDomain(call, domainName),
  }));
  return owner.scope === undefined ? undefined : "apigatewayv2";
}

/** The service whose data plane a request is for: an API's stage, a function's URL, a website, a certificate. */
export function frontOf(request: HttpRequest, address: Address): string | undefined {
  switch (address.kind) {
    case "execute-api":
      return "apigatewayv2";
    case "lambda-url":
      return "lambda";
    case "s3-website":
      return "s3";
    default:
      return ownPath(request) ?? browsersPath(request, address);
  }
}

/** What browsers send to buckets that is no API call: forms, and preflights. */
function browsersPath(request: HttpRequest, address: Address): string | undefined {
  const { method, headers, target } = request;
  const isBucket = address.kind === "bucket" || (address.kind === "endpoint" && /^\/[^/?]/.test(target));
  if (!isBucket) return undefined;
  if (method === "OPTIONS") return "s3";
  return method === "POST" && headers["content-type"]?.startsWith("multipart/form-data") === true
    ? "s3"
    : undefined;
}

function ownPath(request: HttpRequest): string | undefined {
  if (request.target.startsWith("/_awan/cloudformation/")) return "cloudformation";
  if (request.target.startsWith("/SimpleNotificationService-")) return "sns";
  if (request.target.startsWith("/awan-lambda-code/")) return "lambda";
  return undefined;
}
